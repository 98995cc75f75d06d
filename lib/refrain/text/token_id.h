// The id of a token from its normalised text: the same whichever path produced it, on any machine,
// for ever.
#ifndef REFRAIN_TEXT_TOKEN_ID_H_
#define REFRAIN_TEXT_TOKEN_ID_H_

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "refrain/base/mix.h"
#include "refrain/simd/word_hash.h"

namespace refrain::internal {

inline uint64_t FromLittleEndian(uint64_t x) {
  if constexpr (std::endian::native == std::endian::big) return __builtin_bswap64(x);
  return x;
}

// A token that is one standing-alone code point: a bijection of 64 bits, so that two of them never collide.
inline uint64_t IdOfSingle(char32_t c) { return SplitMix64(c, 0); }

inline constexpr size_t kShortWordMost = simd::kHashedWordMost;

// A word of 1 to 16 bytes as two numbers: the first byte the lowest of `low`, zeros above the last. No word has a zero
// byte or one of 0xFF, so that two words never give the same numbers and neither factor of the product is ever zero.
inline uint64_t IdOfShortWord(uint64_t low, uint64_t high) { return FoldedProduct(low, high); }

// Any other token: its UTF-8.
inline uint64_t IdOfWord(const uint8_t* utf8, size_t length) {
  if (length > kShortWordMost) return XXH3_64bits(utf8, length);
  uint64_t words[2] = {};
  std::memcpy(words, utf8, length);
  return IdOfShortWord(FromLittleEndian(words[0]), FromLittleEndian(words[1]));
}

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_ID_H_
