// A seeded permutation of 0..size-1 that is computed, not stored: shuffles a corpus in constant memory.
//
// A balanced Feistel network of four rounds over the next even power of two; results outside the range are mapped again
// (cycle walking), fewer than four times on average. Cost: about 30 ns, no memory. Threads: const.
// Example:
//   const Permutation shuffle(documents, seed);
//   const bool back = shuffle.Inverse(shuffle.Forward(i)) == i;   // always true
#ifndef REFRAIN_SYNTH_PERMUTATION_H_
#define REFRAIN_SYNTH_PERMUTATION_H_

#include <cstdint>

namespace refrain {

class Permutation {
 public:
  // REQUIRES: size < 2^62.
  Permutation(uint64_t size, uint64_t seed);

  // REQUIRES: index < size.
  uint64_t Forward(uint64_t index) const;
  uint64_t Inverse(uint64_t index) const;

 private:
  uint64_t EncryptOnce(uint64_t block) const;
  uint64_t DecryptOnce(uint64_t block) const;
  uint64_t RoundKey(int round, uint64_t half) const;

  uint64_t size_;
  uint64_t seed_;
  unsigned half_bits_;
  uint64_t half_mask_;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_PERMUTATION_H_
