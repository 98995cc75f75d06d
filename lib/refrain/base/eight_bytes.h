// Eight bytes of a text in one number: which of them are of a kind, by arithmetic.
//
// Output: the highest bit of each byte that is, the first byte lowest. Exact up to the first that is: bytes behind it may be
// marked too, by what is carried. So the lowest bit of a result, or of the union of several, is right.
// Cost: a few instructions. Threads: pure functions. Errors: none.
// Source: Anderson, "Bit twiddling hacks", haszero and hasless.
// Example:
//   const uint64_t quotes = BytesEqual(EightBytes(text), '"');
//   const size_t length = quotes == 0 ? 8 : static_cast<size_t>(std::countr_zero(quotes)) / 8;
#ifndef REFRAIN_BASE_EIGHT_BYTES_H_
#define REFRAIN_BASE_EIGHT_BYTES_H_

#include <bit>
#include <cstdint>
#include <cstring>

namespace refrain {

static_assert(std::endian::native == std::endian::little);

inline constexpr uint64_t kEachByte = 0x0101010101010101;
inline constexpr uint64_t kHighBits = 0x80 * kEachByte;

inline uint64_t EightBytes(const char* text) {
  uint64_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return bytes;
}

// REQUIRES: bound is at most 128.
inline uint64_t BytesBelow(uint64_t bytes, uint8_t bound) {
  return (bytes - kEachByte * bound) & ~bytes & kHighBits;
}

inline uint64_t BytesEqual(uint64_t bytes, char c) {
  return BytesBelow(bytes ^ kEachByte * static_cast<uint8_t>(c), 1);
}

}  // namespace refrain

#endif  // REFRAIN_BASE_EIGHT_BYTES_H_
