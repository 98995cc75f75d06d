// The hash of a window of tokens that slides by one token at a time: a polynomial in an odd number, mod 2^64.
//
// Token ids are strong hashes already, so sums of their multiples are spread well; Mix64 makes the bits depend on each
// other. Equal windows give equal hashes; who needs certainty compares the tokens.
#ifndef REFRAIN_PASSAGE_ROLLING_HASH_H_
#define REFRAIN_PASSAGE_ROLLING_HASH_H_

#include <cstdint>

#include "refrain/base/mix.h"

namespace refrain {

class RollingHash {
 public:
  explicit RollingHash(uint32_t length) {
    for (uint32_t i = 0; i < length; ++i) leaving_ *= kBase;
  }

  void Add(uint64_t id) { sum_ = sum_ * kBase + id; }
  void Slide(uint64_t out, uint64_t in) { sum_ = sum_ * kBase + in - out * leaving_; }
  uint64_t hash() const { return Mix64(sum_); }

 private:
  static constexpr uint64_t kBase = 0x9fb21c651e98df25;
  uint64_t sum_ = 0;
  uint64_t leaving_ = 1;
};

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_ROLLING_HASH_H_
