// The inner loops of MinHash.
//
// A shingle h walks through the slots as (lo + slot * (hi | 1)) mod 2^32, lo and hi its halves: its
// progression. Values are exact: every instruction set gives the same.
// Cost: MinOfProgressions 0.02 ns a shingle and slot with AVX-512, about the double with AVX2.
// Threads: pure functions. Errors: none. No allocation; 5 KB of stack.
// Example:
//   uint32_t mins[simd::kSlotBlock];
//   simd::MinOfProgressions(shingles.data(), shingles.size(), /*first=*/0, /*count=*/64, mins);
#ifndef REFRAIN_SIMD_MIN_HASH_KERNELS_H_
#define REFRAIN_SIMD_MIN_HASH_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace refrain::simd {

inline constexpr uint32_t kSlotBlock = 64;

// mins[j] = min over shingles of the progression at slot first + j, for j < count.
// REQUIRES: n >= 1, 1 <= count <= kSlotBlock.
void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins);

// The same for `count` slots anywhere: mins[j] for slots[j].
void MinOfProgressionsAt(const uint64_t* shingles, size_t n, const uint32_t* slots, size_t count,
                         uint32_t* mins);

// Bit j is the highest bit of words[j] * factor. REQUIRES: n <= 64.
uint64_t HighBitsOfProducts(const uint64_t* words, size_t n, uint64_t factor);

// Bit j tells whether words[j] is below the bound. REQUIRES: n <= 64.
uint64_t BitsOfBelow(const uint64_t* words, size_t n, uint64_t bound);

// Writes the shingles <= bound to kept, in order, and returns how many. REQUIRES: room for n.
size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept);

// Writes the values that have fewer than `count` smaller ones beside them to kept, in order, and returns how many: `count`,
// if none is repeated. A comparison a pair. REQUIRES: n <= kSmallestOfMost; room for n.
inline constexpr size_t kSmallestOfMost = 256;
size_t KeepSmallest(size_t count, const uint64_t* values, size_t n, uint64_t* kept);

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_MIN_HASH_KERNELS_H_
