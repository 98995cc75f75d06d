// Log-normal lengths, the same on every platform.
//
// Input: a median, the standard deviation of the logarithm, bounds that lengths are clamped to.
// Output: a length. Cost: 20 ns. Threads: any. Errors: those of CheckLengths.
#ifndef REFRAIN_SYNTH_DRAW_LENGTH_H_
#define REFRAIN_SYNTH_DRAW_LENGTH_H_

#include <cstdint>

#include "absl/status/status.h"
#include "refrain/synth/random.h"

namespace refrain {

struct LengthOptions {
  double median;
  double sigma;
  uint64_t least;
  uint64_t most;
};

// InvalidArgument, in the words of the command line, for what no length can be drawn of, or more than `allowed` tokens.
absl::Status CheckLengths(const LengthOptions& options, uint64_t allowed);

uint64_t DrawLength(const LengthOptions& options, Random* random);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_DRAW_LENGTH_H_
