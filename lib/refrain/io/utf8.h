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
size_t EncodeUtf8(uint32_t code_point, char* out);

}  // namespace refrain

#endif  // REFRAIN_IO_UTF8_H_
