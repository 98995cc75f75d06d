// Log-normal lengths, the same on every platform.
//
// Input: a median, the standard deviation of the logarithm, bounds that lengths are clamped to.
// Output: a length. Cost: 20 ns. Threads: any. Errors: none.
#ifndef REFRAIN_SYNTH_DRAW_LENGTH_H_
#define REFRAIN_SYNTH_DRAW_LENGTH_H_

#include <cstdint>

#include "refrain/synth/random.h"

namespace refrain {

struct LengthOptions {
  double median;
  double sigma;
  uint64_t least;
  uint64_t most;
};

uint64_t DrawLength(const LengthOptions& options, Random* random);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_DRAW_LENGTH_H_
