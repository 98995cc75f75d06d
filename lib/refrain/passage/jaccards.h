// The exact Jaccard similarity of pairs of token sequences, on their sets of shingles.
//
// Input: sequences, and pairs of their numbers. Output: a figure each, in the order of the pairs.
// Cost: shingling and sorting each sequence once (15 ns a token, 8 bytes each while it runs), then about 2 ns a shingle
//   of the smaller set, more where sizes are alike. Threads: uses all that are allowed.
// Example:
//   const std::vector<double> figures = ExactJaccards(sequences, {{0, 1}}, Shingler(5, 1));
#ifndef REFRAIN_PASSAGE_JACCARDS_H_
#define REFRAIN_PASSAGE_JACCARDS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "refrain/shingle/shingler.h"

namespace refrain {

struct NumberPair {
  uint32_t a;
  uint32_t b;
};

std::vector<double> ExactJaccards(std::span<const std::span<const uint64_t>> sequences,
                                  const std::vector<NumberPair>& pairs, const Shingler& shingler);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_JACCARDS_H_
