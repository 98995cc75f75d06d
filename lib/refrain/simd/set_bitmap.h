// The inner loops of bitmaps of sets (sketch/set_bitmap.h).
//
// Cost: a store a hash, and half a cycle for each 8 bits of the bitmap; 8 words a cycle to compare two with AVX-512.
// Threads: pure functions. Errors: none. Every instruction set gives the same.
// Example:
//   std::vector<uint8_t> marks(256);
//   uint64_t x[4];
//   simd::MakeBitmap(hashes.data(), hashes.size(), marks, x);
//   const size_t unshared = simd::CountUnsharedBits(x, y, 4).only_x;
#ifndef REFRAIN_SIMD_SET_BITMAP_H_
#define REFRAIN_SIMD_SET_BITMAP_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace refrain::simd {

// Sets the bits (hash >> 32) % marks.size() of the words, and clears all others.
// REQUIRES: marks, one for each bit, are zero, and a power of two from 64 on; they are zero again afterwards.
void MakeBitmap(const uint64_t* hashes, size_t n, std::span<uint8_t> marks, uint64_t* words);

struct UnsharedBits {
  size_t only_x = 0;
  size_t only_y = 0;
};

// How many bits only one of two bitmaps has.
UnsharedBits CountUnsharedBits(const uint64_t* x, const uint64_t* y, size_t words);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_SET_BITMAP_H_
