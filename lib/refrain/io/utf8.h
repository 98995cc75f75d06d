// UTF-8 that is whole: checks it, and repairs what is broken.
#ifndef REFRAIN_IO_UTF8_H_
#define REFRAIN_IO_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace refrain {

inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

bool IsValidUtf8(std::string_view bytes);

// Appends `bytes` with U+FFFD for each maximal part of a broken sequence (Unicode 3.9, table 3-8),
// and returns how many there were.
uint64_t AppendRepairedUtf8(std::string_view bytes, std::string* out);

// Writes 1 to 4 bytes and returns how many. REQUIRES: code_point is a scalar value.
inline size_t EncodeUtf8(uint32_t code_point, char* out) {
  const auto tail = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  const auto head = [code_point](int shift, uint32_t mark) {
    return static_cast<char>(mark | (code_point >> shift));
  };
  size_t n = 0;
  if (code_point < 0x80) {
    out[n++] = static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out[n++] = head(6, 0xC0);
  } else if (code_point < 0x10000) {
    out[n++] = head(12, 0xE0);
    out[n++] = tail(6);
  } else {
    out[n++] = head(18, 0xF0);
    out[n++] = tail(12);
    out[n++] = tail(6);
  }
  if (code_point >= 0x80) out[n++] = tail(0);
  return n;
}

}  // namespace refrain

#endif  // REFRAIN_IO_UTF8_H_
