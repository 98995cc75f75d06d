// The id of a word of up to 16 bytes, which is not longer than two numbers (see word_hash.h).
#ifndef REFRAIN_SIMD_SHORT_WORD_H_
#define REFRAIN_SIMD_SHORT_WORD_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "refrain/base/mix.h"
#include "refrain/simd/word_hash.h"

namespace refrain::simd {

// Bytes of words are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

// Sixteen bytes of ones, then sixteen of zeros: what is read from 16 - length on keeps the first `length` bytes.
alignas(32) inline constexpr uint64_t kKeepFirst[4] = {~uint64_t{0}, ~uint64_t{0}, 0, 0};

// Sets the bits of `raised` in each eight bytes first. Without a branch on the length, which is what a processor predicts
// worst. REQUIRES: sixteen bytes that may be read, whatever the length.
inline uint64_t HashShortWord(const uint8_t* word, size_t length, uint64_t raised) {
  uint64_t parts[2], keep[2];
  std::memcpy(parts, word, sizeof(parts));
  std::memcpy(keep, reinterpret_cast<const uint8_t*>(kKeepFirst) + kHashedWordMost - length,
              sizeof(keep));
  return FoldedProduct((parts[0] | raised) & keep[0], (parts[1] | raised) & keep[1]);
}

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SHORT_WORD_H_
