// The id of a token from its normalised text: the same whichever path produced it, on any machine, for ever.
#ifndef REFRAIN_TEXT_TOKEN_ID_H_
#define REFRAIN_TEXT_TOKEN_ID_H_

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstddef>
#include <cstdint>

namespace refrain::internal {

// A token that is one standing-alone code point: a bijection of 64 bits (the finaliser of splitmix64), so that two of
// them never collide.
inline uint64_t IdOfSingle(char32_t c) {
  uint64_t x = c + 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// Any other token: its UTF-8.
inline uint64_t IdOfWord(const uint8_t* utf8, size_t length) { return XXH3_64bits(utf8, length); }

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_ID_H_
