// The inner loop of shingling.
//
// Input: token ids. Output: Mix64 (base/mix.h) of start + the sum of tokens[i + j] * multipliers[j], for each window i.
// Values are exact: every instruction set gives the same.
// Cost: about 1 ns a window of five with AVX-512. Threads: pure function. Errors: none.
// Example:
//   simd::HashWindows(tokens.data(), tokens.size() - 4, multipliers, start, shingles.data());
#ifndef REFRAIN_SIMD_SHINGLE_KERNELS_H_
#define REFRAIN_SIMD_SHINGLE_KERNELS_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace refrain::simd {

// REQUIRES: windows + multipliers.size() - 1 tokens, room for `windows` shingles.
void HashWindows(const uint64_t* tokens, size_t windows, std::span<const uint64_t> multipliers,
                 uint64_t start, uint64_t* shingles);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SHINGLE_KERNELS_H_
