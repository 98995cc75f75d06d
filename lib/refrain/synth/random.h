// Random numbers that are the same on every platform: integers only, no library distribution, no libm.
//
// Random is splitmix64 (Steele, Lea, Flood 2014): 64 bits of state, about 1 ns a number. A value that is derived from
// several (seed, purpose, number of a document) starts from MixSeeds, so that any document can be made at any time
// without those before it. Shares come as 64-bit thresholds (see ShareThreshold). Threads: one Random a thread.
// Example:
//   Random random(MixSeeds(seed, kPurpose, document));
//   const bool chosen = random.Chance(ShareThreshold(0.2));   // one time in five
#ifndef REFRAIN_SYNTH_RANDOM_H_
#define REFRAIN_SYNTH_RANDOM_H_

#include <cstdint>

namespace refrain {

inline uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

inline uint64_t MixSeeds(uint64_t seed, uint64_t purpose, uint64_t number) {
  return MixBits(MixBits(MixBits(seed) + purpose) + number);
}

// Upper half of the 128-bit product: scales a 64-bit random number to [0, bound).
inline uint64_t ScaleBits(uint64_t bits, uint64_t bound) {
  return static_cast<uint64_t>((static_cast<unsigned __int128>(bits) * bound) >> 64);
}

// A share in [0, 1] as the threshold under which a 64-bit random number falls with that
// probability.
inline uint64_t ShareThreshold(double share) {
  if (share >= 1) return UINT64_MAX;
  return share > 0 ? static_cast<uint64_t>(share * 18446744073709551616.0) : 0;
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t Next() { return MixBits(state_ += 0x9E3779B97F4A7C15u); }

  // In [0, bound). REQUIRES: bound > 0.
  uint64_t Below(uint64_t bound) { return ScaleBits(Next(), bound); }

  // In [low, high].
  uint64_t Between(uint64_t low, uint64_t high) { return low + Below(high - low + 1); }

  bool Chance(uint64_t threshold) { return Next() < threshold || threshold == UINT64_MAX; }

  // In [0, 1): 53 random bits, exact.
  double Unit() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_RANDOM_H_
