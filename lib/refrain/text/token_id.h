// The id of a token from its normalised text: the same whichever path produced it, on any machine,
// for ever.
#ifndef REFRAIN_TEXT_TOKEN_ID_H_
#define REFRAIN_TEXT_TOKEN_ID_H_

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace refrain::internal {

// A token that is one standing-alone code point: a bijection of 64 bits (the finaliser of
// splitmix64), so that two of them never collide.
inline uint64_t IdOfSingle(char32_t c) {
  uint64_t x = c + 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// Any other token: its UTF-8.
inline uint64_t IdOfWord(const uint8_t* utf8, size_t length) { return XXH3_64bits(utf8, length); }

// IdOfWord of 1 to 8 bytes, given as a number (the first the lowest, zero above the last). Both of
// XXH3's formulas for such lengths without a branch between them: the length of the next word is
// what a processor predicts worst. Source: xxHash's doc/xxhash_spec.md, XXH3, small inputs, seed 0.
inline uint64_t IdOfShortWord(uint64_t bytes, uint32_t length) {
  const uint64_t middle = bytes >> (8 * (length >> 1)) & 0xFF;
  const uint64_t last = bytes >> (8 * (length - 1)) & 0xFF;
  uint64_t tiny =
      ((bytes & 0xFF) << 16 | middle << 24 | last | uint64_t{length} << 8) ^ 0x87275A9Bu;
  tiny = (tiny ^ tiny >> 33) * 0xC2B2AE3D27D4EB4Fu;
  tiny = (tiny ^ tiny >> 29) * 0x165667B19E3779F9u;
  tiny ^= tiny >> 32;

  const uint64_t tail = bytes >> (8 * (length - 4) & 63) & 0xFFFFFFFFu;
  uint64_t small = (tail + (bytes << 32)) ^ 0xC73AB174C5ECD5A2u;
  small ^= std::rotl(small, 49) ^ std::rotl(small, 24);
  small *= 0x9FB21C651E98DF25u;
  small = (small ^ ((small >> 35) + length)) * 0x9FB21C651E98DF25u;
  small ^= small >> 28;

  const uint64_t is_tiny = uint64_t{0} - uint64_t{length < 4};
  return small ^ ((small ^ tiny) & is_tiny);
}

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_ID_H_
