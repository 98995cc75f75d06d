#include "refrain/io/json_writer.h"

#include <array>
#include <cassert>
#include <charconv>

#include "refrain/base/eight_bytes.h"
#include "refrain/io/utf8.h"

namespace refrain {
namespace {

bool MustBeEscaped(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

bool AnyMustBeEscaped(uint64_t bytes) {
  return (BytesBelow(bytes, ' ') | BytesEqual(bytes, '"') | BytesEqual(bytes, '\\')) != 0;
}

// The length of the head that can be copied as it stands; no byte of it has bits of `but`, eight times the same byte.
size_t CleanHead(std::string_view value, uint64_t but = 0) {
  size_t i = 0;
  for (; i + 8 <= value.size(); i += 8) {
    const uint64_t bytes = EightBytes(value.data() + i);
    if ((bytes & but) != 0 || AnyMustBeEscaped(bytes)) break;
  }
  while (i < value.size() && (static_cast<uint8_t>(value[i]) & but & 0xFF) == 0 &&
         !MustBeEscaped(value[i])) {
    ++i;
  }
  return i;
}

void AppendEscaped(char c, std::string* out) {
  static constexpr std::string_view kNames = "btn?fr";  // of the codes 8 to 13
  static constexpr std::string_view kHex = "0123456789abcdef";
  const size_t code = static_cast<unsigned char>(c);
  out->push_back('\\');
  if (code >= 0x20) {
    out->push_back(c);
  } else if (code >= 8 && code <= 13 && code != 11) {
    out->push_back(kNames[code - 8]);
  } else {
    out->append("u00");
    out->push_back(kHex[code >> 4]);
    out->push_back(kHex[code & 15]);
  }
}

void AppendValidString(std::string_view value, std::string* out) {
  out->push_back('"');
  while (true) {
    const size_t clean = CleanHead(value);
    out->append(value, 0, clean);
    if (clean == value.size()) break;
    AppendEscaped(value[clean], out);
    value.remove_prefix(clean + 1);
  }
  out->push_back('"');
}

// ASCII that stands in JSON as it is: nearly all names, ids and paths. One look at a short string costs less than the call
// that validates it.
bool IsPlain(std::string_view value) { return CleanHead(value, kHighBits) == value.size(); }

void AppendPlainString(std::string_view value, std::string* out) {
  out->push_back('"');
  out->append(value);
  out->push_back('"');
}

void AppendString(std::string_view value, std::string* out) {
  if (IsPlain(value)) return AppendPlainString(value, out);
  if (IsValidUtf8(value)) return AppendValidString(value, out);
  std::string repaired;
  AppendRepairedUtf8(value, &repaired);
  AppendValidString(repaired, out);
}

template <typename T>
void AppendNumber(T value, std::string* out) {
  std::array<char, 32> digits;
  const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out->append(digits.data(), result.ptr);
}

}  // namespace

void JsonWriter::BeforeValue() {
  if (need_comma_) out_->push_back(',');
  need_comma_ = true;
}

JsonWriter& JsonWriter::BeginObject() {
  BeforeValue();
  out_->push_back('{');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  out_->push_back('}');
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  BeforeValue();
  out_->push_back('[');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  out_->push_back(']');
  need_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::Key(std::string_view name) {
  assert(IsPlain(name));
  BeforeValue();
  AppendPlainString(name, out_);
  out_->push_back(':');
  need_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::String(std::string_view value) {
  BeforeValue();
  AppendString(value, out_);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  BeforeValue();
  out_->append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::Null() {
  BeforeValue();
  out_->append("null");
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  BeforeValue();
  AppendNumber(value, out_);
  return *this;
}

JsonWriter& JsonWriter::Integer(int64_t value) {
  BeforeValue();
  AppendNumber(value, out_);
  return *this;
}

JsonWriter& JsonWriter::Unsigned(uint64_t value) {
  BeforeValue();
  AppendNumber(value, out_);
  return *this;
}

}  // namespace refrain
