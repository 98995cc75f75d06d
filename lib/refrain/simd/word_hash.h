// The ids of the words that a scan has found.
//
// A word of up to kHashedWordMost bytes is two numbers, its first byte the lowest of the first, zeros above its last byte;
// its id is FoldedProduct of them (base/mix.h). The id of a longer word is XXH3_64bits of its bytes.
// Input: a scan's buffer and how many words it has. Output: an id for each.
// Cost: 1 ns a word with AVX-512, about 4 without. Threads: safe. Errors: none.
// Example:
//   std::vector<uint64_t> ids(scan.words);
//   simd::HashWords(buffer, scan.words, ids.data());
#ifndef REFRAIN_SIMD_WORD_HASH_H_
#define REFRAIN_SIMD_WORD_HASH_H_

#include <cstddef>
#include <cstdint>

#include "refrain/simd/word_scan.h"

namespace refrain::simd {

inline constexpr size_t kHashedWordMost = 16;

// REQUIRES: room for `words` ids.
void HashWords(const WordBuffer& buffer, size_t words, uint64_t* ids);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_WORD_HASH_H_
