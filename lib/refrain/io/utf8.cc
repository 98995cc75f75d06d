#include "refrain/io/utf8.h"

#include <simdjson.h>

namespace refrain {
namespace {

struct Sequence {
  size_t length;  // of the sequence, or of the maximal part of a broken one
  bool valid;
};

// The range that the second byte of a sequence may have depends on the first (Unicode table 3-7).
struct Lead {
  size_t length;
  uint8_t second_low;
  uint8_t second_high;
};

Lead LeadOf(uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte < 0xC2) return {0, 0, 0};
  if (byte < 0xE0) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte < 0xF0) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte < 0xF4) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

Sequence SequenceAt(std::string_view bytes) {
  const Lead lead = LeadOf(static_cast<uint8_t>(bytes[0]));
  if (lead.length == 0) return {1, false};
  for (size_t i = 1; i < lead.length; ++i) {
    if (i == bytes.size()) return {i, false};
    const uint8_t byte = static_cast<uint8_t>(bytes[i]);
    const uint8_t low = i == 1 ? lead.second_low : 0x80;
    const uint8_t high = i == 1 ? lead.second_high : 0xBF;
    if (byte < low || byte > high) return {i, false};
  }
  return {lead.length, true};
}

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

uint64_t AppendRepairedUtf8(std::string_view bytes, std::string* out) {
  uint64_t replaced = 0;
  size_t clean = 0;  // [clean, i) is valid and not copied yet
  for (size_t i = 0; i < bytes.size();) {
    const Sequence sequence = SequenceAt(bytes.substr(i));
    if (!sequence.valid) {
      out->append(bytes, clean, i - clean);
      out->append(kReplacementCharacter);
      clean = i + sequence.length;
      ++replaced;
    }
    i += sequence.length;
  }
  out->append(bytes, clean);
  return replaced;
}

}  // namespace refrain
