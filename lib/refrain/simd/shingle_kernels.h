// The inner loop of shingling.
//
// Input: token ids. Output: a hash of each window of `length` tokens, x_length of
//   x_1 = token 1, x_j+1 = (x_j, by Mix64 if j is a multiple of kWindowPart, rotated left by one bit) XOR token j+1,
// and in the end Mix64(x_length + start); Mix64 is that of base/mix.h. Every instruction set gives the same.
// Cost: about 0.5 ns a window of five with AVX-512. Threads: pure function. Errors: none.
// Example:
//   simd::HashWindows(tokens.data(), tokens.size() - 4, /*length=*/5, start, shingles.data());
#ifndef REFRAIN_SIMD_SHINGLE_KERNELS_H_
#define REFRAIN_SIMD_SHINGLE_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

inline constexpr size_t kWindowPart = 8;

// REQUIRES: length >= 1, windows + length - 1 tokens, room for `windows` shingles.
void HashWindows(const uint64_t* tokens, size_t windows, size_t length, uint64_t start,
                 uint64_t* shingles);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SHINGLE_KERNELS_H_
