// Precision, recall and F1 of found pairs against true ones, and whether the figures of both agree.
//
// Input: pairs of dense document numbers, unordered (a, b) = (b, a), in any order, repeats allowed (the first counts).
//   A pair may carry its Jaccard.
// Output: PairScores. With a threshold, rows whose own figure is below it do not count, on either side; rows without a
//   figure always count. Precision is 1 if nothing was found, recall is 1 if there was nothing to find.
// Cost: a sort, 16 bytes a pair. Threads: plain function. Errors: none.
// Example:
//   const PairScores scores = ScorePairs(truth, found, 0.8);   // scores.recall
#ifndef REFRAIN_EVAL_PAIR_SCORES_H_
#define REFRAIN_EVAL_PAIR_SCORES_H_

#include <cstdint>
#include <limits>
#include <vector>

namespace refrain {

inline constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

struct ScoredPair {
  uint32_t a;
  uint32_t b;
  double jaccard = kNoFigure;
};

struct PairScores {
  uint64_t truth = 0;  // distinct pairs
  uint64_t found = 0;
  uint64_t common = 0;
  uint64_t repeated = 0;  // rows of `found` that name a pair again
  double precision = 1;
  double recall = 1;
  double f1 = 1;
  uint64_t figures_compared = 0;   // common pairs with a figure on both sides
  uint64_t figures_differing = 0;  // of these, not the same when rounded to six decimals
  double largest_difference = 0;
};

PairScores ScorePairs(std::vector<ScoredPair> truth, std::vector<ScoredPair> found,
                      double threshold);

// 2PR / (P + R); 0 if both are 0.
double HarmonicMean(double precision, double recall);

}  // namespace refrain

#endif  // REFRAIN_EVAL_PAIR_SCORES_H_
