#include "refrain/eval/pair_scores.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace refrain {
namespace {

std::pair<uint32_t, uint32_t> KeyOf(const ScoredPair& pair) { return {pair.a, pair.b}; }

// Sorted, a < b, each pair once, none below the threshold. Returns how many rows were repeats.
uint64_t Tidy(std::vector<ScoredPair>* pairs, double threshold) {
  for (ScoredPair& pair : *pairs) {
    if (pair.a > pair.b) std::swap(pair.a, pair.b);
  }
  std::stable_sort(pairs->begin(), pairs->end(),
                   [](const ScoredPair& x, const ScoredPair& y) { return KeyOf(x) < KeyOf(y); });
  const auto repeats =
      std::unique(pairs->begin(), pairs->end(),
                  [](const ScoredPair& x, const ScoredPair& y) { return KeyOf(x) == KeyOf(y); });
  const auto repeated = static_cast<uint64_t>(pairs->end() - repeats);
  pairs->erase(repeats, pairs->end());
  std::erase_if(*pairs, [&](const ScoredPair& pair) { return pair.jaccard < threshold; });
  return repeated;
}

void CompareFigures(const ScoredPair& truth, const ScoredPair& found, PairScores* scores) {
  if (std::isnan(truth.jaccard) || std::isnan(found.jaccard)) return;
  ++scores->figures_compared;
  // Ties to even, as six decimals are printed: 0.7890625 is 0.789062.
  scores->figures_differing +=
      std::nearbyint(truth.jaccard * 1e6) != std::nearbyint(found.jaccard * 1e6);
  scores->largest_difference =
      std::max(scores->largest_difference, std::abs(truth.jaccard - found.jaccard));
}

double Share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 1 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

PairScores ScorePairs(std::vector<ScoredPair> truth, std::vector<ScoredPair> found,
                      double threshold) {
  PairScores scores;
  Tidy(&truth, threshold);
  scores.repeated = Tidy(&found, threshold);
  for (size_t t = 0, f = 0; t < truth.size() && f < found.size();) {
    const auto truth_key = KeyOf(truth[t]), found_key = KeyOf(found[f]);
    if (truth_key == found_key) {
      ++scores.common;
      CompareFigures(truth[t], found[f], &scores);
    }
    t += truth_key <= found_key;
    f += found_key <= truth_key;
  }
  scores.truth = truth.size();
  scores.found = found.size();
  scores.precision = Share(scores.common, scores.found);
  scores.recall = Share(scores.common, scores.truth);
  scores.f1 = HarmonicMean(scores.precision, scores.recall);
  return scores;
}

double HarmonicMean(double precision, double recall) {
  const double sum = precision + recall;
  return sum == 0 ? 0 : 2 * precision * recall / sum;
}

}  // namespace refrain
