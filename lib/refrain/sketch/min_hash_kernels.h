// The inner loops of min_hash.cc: plain functions over pointers, so that vector versions can stand
// in for them.
//
// A shingle h walks through the slots as (lo + slot * (hi | 1)) mod 2^32, lo and hi its halves: its
// progression. Values are exact: every version of a kernel gives the same.
// Threads: pure functions. Errors: none. No allocation; 2 KB of stack.
#ifndef REFRAIN_SKETCH_MIN_HASH_KERNELS_H_
#define REFRAIN_SKETCH_MIN_HASH_KERNELS_H_

#include <cstddef>
#include <cstdint>

namespace refrain::internal {

inline constexpr uint32_t kSlotBlock = 64;

// mins[j] = min over shingles of the progression at slot first + j, for j < count.
// REQUIRES: n >= 1, 1 <= count <= kSlotBlock.
void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins);

// The same for one slot.
uint32_t MinOfProgressionsAt(const uint64_t* shingles, size_t n, uint32_t slot);

// slots[bin] = min(slots[bin], shingle >> 7), bin being the low bits of the shingle if num_bins is
// a power of two, else (lo * num_bins) >> 32.
void MinOfBins(const uint64_t* shingles, size_t n, uint32_t num_bins, uint64_t* slots);

// Writes the shingles <= bound to kept, in order, and returns how many. REQUIRES: room for n.
size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept);

}  // namespace refrain::internal

#endif  // REFRAIN_SKETCH_MIN_HASH_KERNELS_H_
