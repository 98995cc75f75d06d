// UTF-8, one code point at a time: forwards, backwards and out again.
//
// A broken sequence is a maximal subpart in the sense of Unicode 15, section 3.9 (U+FFFD
// substitution), so that counts agree with ICU's and Python's. A lead byte always begins a
// sequence, which makes reading backwards exact.
#ifndef REFRAIN_TEXT_UTF8_H_
#define REFRAIN_TEXT_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "refrain/io/utf8.h"

namespace refrain::internal {

struct Decoded {
  char32_t code_point;
  uint32_t length;
  bool broken;
};

inline constexpr char32_t kReplacement = 0xFFFD;

inline bool IsContinuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

// REQUIRES: p < end.
inline Decoded DecodeAt(const uint8_t* p, const uint8_t* end) {
  const uint8_t lead = *p;
  if (lead < 0x80) return {lead, 1, false};
  if (lead < 0xC2 || lead > 0xF4) return {kReplacement, 1, true};
  const uint32_t following = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  // The second byte's range is narrower where a wide one would let in overlong forms, surrogates or
  // > U+10FFFF.
  uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  char32_t code_point = lead & (0x3Fu >> following);
  for (uint32_t i = 1; i <= following; ++i) {
    if (p + i == end || p[i] < low || p[i] > high) return {kReplacement, i, true};
    code_point = code_point << 6 | (p[i] & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {code_point, following + 1, false};
}

// The code point that ends at p; broken if no well-formed one does. REQUIRES: begin < p.
inline Decoded DecodeBefore(const uint8_t* begin, const uint8_t* p) {
  const uint8_t* lead = p - 1;
  while (lead > begin && p - lead < 4 && IsContinuation(*lead)) --lead;
  const Decoded decoded = DecodeAt(lead, p);
  const bool ends_here = lead + decoded.length == p;
  return ends_here ? decoded : Decoded{kReplacement, 1, true};
}

inline constexpr uint32_t Utf8Length(char32_t c) {
  return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

// Writes 1 to 4 bytes and returns how many. REQUIRES: c is a scalar value.
inline uint32_t EncodeUtf8(char32_t c, uint8_t* out) {
  return static_cast<uint32_t>(refrain::EncodeUtf8(c, reinterpret_cast<char*>(out)));
}

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_UTF8_H_
