// A small set in 64 bits: for each, whether an odd number of its shingles falls on it.
//
// The sketches of two sets differ in no more bits than the sets have shingles that are not shared, so what they rule out
// is ruled out for certain: no estimate, no pair missed. It rules out the more, the fewer shingles the sets have.
// Input: distinct shingles, strong hashes, in any order. Output: 64 bits.
// Cost: half a nanosecond a shingle; no allocation. Threads: pure functions. Errors: none. The same on every machine.
// Source: Mitzenmacher, Pagh, Pham, "Efficient estimation for high similarities using odd sketches", WWW 2014; as a filter
//   without misses in Sandes, Teodoro, Melo, "Bitmap filter: speeding up exact set similarity joins", Inf. Systems 88, 2020.
// Example:
//   const OddSketch sketch_a = MakeOddSketch(a);
//   const OddSketch sketch_b = MakeOddSketch(b);
//   const bool may_be = OddSketchesCanReach(a.size(), sketch_a, b.size(), sketch_b, 0.8);
#ifndef REFRAIN_SKETCH_ODD_SKETCH_H_
#define REFRAIN_SKETCH_ODD_SKETCH_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace refrain {

using OddSketch = uint64_t;

// REQUIRES: none is repeated.
OddSketch MakeOddSketch(std::span<const uint64_t> shingles);

// Whether the Jaccard of two sets with these sizes and sketches may reach the threshold: sets that reach it have at most
// (1-t)/(1+t) of their shingles, counted in both, unshared.
inline bool OddSketchesCanReach(size_t size_x, OddSketch x, size_t size_y, OddSketch y,
                                double threshold) {
  constexpr double kSlack = 1e-6;  // of sums of doubles: a proof will tell
  const double unshared = std::popcount(x ^ y);
  return unshared * (1 + threshold) <=
         (1 - threshold) * static_cast<double>(size_x + size_y) + kSlack;
}

}  // namespace refrain

#endif  // REFRAIN_SKETCH_ODD_SKETCH_H_
