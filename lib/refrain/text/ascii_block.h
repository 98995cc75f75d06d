// Eight bytes at once in one machine word: which are ASCII letters or digits, which are plain
// separators.
//
// Masks have bit 7 of each byte set or clear; the first byte of the text is the lowest.
#ifndef REFRAIN_TEXT_ASCII_BLOCK_H_
#define REFRAIN_TEXT_ASCII_BLOCK_H_

#include <bit>
#include <cstdint>
#include <cstring>

namespace refrain::internal {

inline constexpr uint64_t EachByte(uint8_t value) { return 0x0101010101010101u * value; }

inline uint64_t SwapOnBigEndian(uint64_t x) {
  if constexpr (std::endian::native == std::endian::big) return __builtin_bswap64(x);
  return x;
}

inline uint64_t LoadBlock(const uint8_t* p) {
  uint64_t x;
  std::memcpy(&x, p, sizeof(x));
  return SwapOnBigEndian(x);
}

inline void StoreBlock(uint64_t x, uint8_t* p) {
  x = SwapOnBigEndian(x);
  std::memcpy(p, &x, sizeof(x));
}

struct AsciiBlock {
  uint64_t lower;  // the bytes, letters lower-cased
  uint64_t words;  // mask of letters and digits
  uint64_t
      stops;  // mask of what is not plain ASCII: bytes from 0x80 on and '(', which may open pinyin

  // Letters and digits before the first other byte: 0 to 8.
  uint32_t WordLength() const {
    return static_cast<uint32_t>(std::countr_zero(~words & EachByte(0x80))) / 8;
  }

  // Separators from `from` on, before the first other byte. REQUIRES: from < 8.
  uint32_t SeparatorLength(uint32_t from) const {
    const auto length = static_cast<uint32_t>(std::countr_zero((words | stops) >> (8 * from))) / 8;
    return length < 8 - from ? length : 8 - from;
  }
};

// Bit 7 where the byte, below 0x80, is at least `bound`.
inline uint64_t AtLeast(uint64_t bytes, uint8_t bound) {
  return bytes + EachByte(static_cast<uint8_t>(0x80 - bound));
}

inline AsciiBlock ClassifyBlock(uint64_t x) {
  const uint64_t high = EachByte(0x80);
  const uint64_t low = x & ~high;
  const uint64_t folded = low | EachByte(0x20);
  const uint64_t ascii = ~x & high;
  const uint64_t letters = AtLeast(folded, 'a') & ~AtLeast(folded, 'z' + 1) & ascii;
  const uint64_t digits = AtLeast(low, '0') & ~AtLeast(low, '9' + 1) & ascii;
  const uint64_t brackets = ~AtLeast(low ^ EachByte('('), 1) & ascii;
  return {x | letters >> 2, letters | digits, (x & high) | brackets};
}

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_ASCII_BLOCK_H_
