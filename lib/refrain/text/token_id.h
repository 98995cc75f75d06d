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

namespace refrain::internal {

inline uint64_t FromLittleEndian(uint64_t x) {
  if constexpr (std::endian::native == std::endian::big) return __builtin_bswap64(x);
  return x;
}

// A token that is one standing-alone code point: a bijection of 64 bits, so that two of them never collide.
inline uint64_t IdOfSingle(char32_t c) { return SplitMix64(c, 0); }

inline constexpr size_t kShortWordMost = 16;

// A word of 1 to 16 bytes as two numbers: the first byte the lowest of `low`, zeros above the last. No word has a zero
// byte or one of 0xFF, so that two words never give the same numbers and neither factor is ever zero. One product
// folded (as in wyhash and XXH3), one more step so that every bit depends on all.
inline uint64_t IdOfShortWord(uint64_t low, uint64_t high) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{low ^ 0xFF51AFD7ED558CCDu} * (high ^ 0xFFCEB9FE1A85EC53u);
  uint64_t x = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  x = (x ^ x >> 32) * 0xD6E8FEB86659FD93u;
  return x ^ x >> 32;
}

// Any other token: its UTF-8.
inline uint64_t IdOfWord(const uint8_t* utf8, size_t length) {
  if (length > kShortWordMost) return XXH3_64bits(utf8, length);
  uint64_t words[2] = {};
  std::memcpy(words, utf8, length);
  return IdOfShortWord(FromLittleEndian(words[0]), FromLittleEndian(words[1]));
}

// Sixteen bytes of ones, then sixteen of zeros: what is read from 16 - length on keeps the first `length` bytes.
alignas(32) inline constexpr uint64_t kKeepFirst[4] = {~uint64_t{0}, ~uint64_t{0}, 0, 0};

// The same, if 16 bytes from `utf8` on may be read: without a branch on the length, which is what a processor predicts
// worst.
inline uint64_t IdOfWordIn(const uint8_t* utf8, size_t length) {
  if (length > kShortWordMost) return XXH3_64bits(utf8, length);
  uint64_t words[2], keep[2];
  std::memcpy(words, utf8, sizeof(words));
  std::memcpy(keep, reinterpret_cast<const uint8_t*>(kKeepFirst) + kShortWordMost - length,
              sizeof(keep));
  return IdOfShortWord(FromLittleEndian(words[0] & keep[0]), FromLittleEndian(words[1] & keep[1]));
}

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_ID_H_
