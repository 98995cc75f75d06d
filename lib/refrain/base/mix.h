// The project's own bit mixing: what signatures are made of, so it may never change.
//
// Input/Output: 64-bit words. Cost: 2-4 cycles each. Threads: pure functions. Errors: none.
// Determinism: plain arithmetic mod 2^64, the same on every machine; golden vectors in
//   tests/shingle.
// Source: the xor-shift-multiply finaliser of the MurmurHash3 family with the constants of mx3
//   (J. Maiga) and of Degski's hash; SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
// Example:
//   const uint64_t bucket = Mix64(word) >> 54;   // 1024 buckets
#ifndef REFRAIN_BASE_MIX_H_
#define REFRAIN_BASE_MIX_H_

#include <cstdint>

namespace refrain {

// The factors of Mix64, for those who compute it many at a time.
inline constexpr uint64_t kMixFirst = 0xbea225f9eb34556d;
inline constexpr uint64_t kMixSecond = 0xd6e8feb86659fd93;

// A bijection in which every bit of the result depends on every bit of the word. Mix64(0) == 0.
constexpr uint64_t Mix64(uint64_t word) {
  word ^= word >> 32;
  word *= kMixFirst;
  word ^= word >> 29;
  word *= kMixSecond;
  return word ^ (word >> 32);
}

// The step and the factors of SplitMix64, for the same.
inline constexpr uint64_t kSplitMixStep = 0x9e3779b97f4a7c15;
inline constexpr uint64_t kSplitMixFirst = 0xbf58476d1ce4e5b9;
inline constexpr uint64_t kSplitMixSecond = 0x94d049bb133111eb;

// The index-th number of the SplitMix64 stream of a seed.
constexpr uint64_t SplitMix64(uint64_t seed, uint64_t index) {
  uint64_t word = seed + (index + 1) * kSplitMixStep;
  word = (word ^ (word >> 30)) * kSplitMixFirst;
  word = (word ^ (word >> 27)) * kSplitMixSecond;
  return word ^ (word >> 31);
}

// What FoldedProduct adds to its arguments, and its last factor, for the same.
inline constexpr uint64_t kFoldedLow = 0xff51afd7ed558ccd;
inline constexpr uint64_t kFoldedHigh = 0xffceb9fe1a85ec53;
inline constexpr uint64_t kFoldedLast = 0xd6e8feb86659fd93;

// Two words become one: a product of 128 bits folded (as in wyhash and XXH3), and one more step so that every bit
// depends on all.
inline uint64_t FoldedProduct(uint64_t low, uint64_t high) {
  __extension__ using Product = unsigned __int128;
  const Product product = Product{low ^ kFoldedLow} * (high ^ kFoldedHigh);
  uint64_t x = static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  x = (x ^ x >> 32) * kFoldedLast;
  return x ^ x >> 32;
}

}  // namespace refrain

#endif  // REFRAIN_BASE_MIX_H_
