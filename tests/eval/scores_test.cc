#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "refrain/eval/cluster_scores.h"
#include "refrain/eval/pair_scores.h"

namespace refrain {
namespace {

TEST(ScorePairs, CountsUnorderedDistinctPairs) {
  const PairScores scores =
      ScorePairs({{1, 2, 0.9}, {4, 3, 0.8}, {5, 6, 0.85}},
                 {{2, 1, 0.9}, {1, 2, 0.9}, {3, 4, 0.8}, {7, 8, 0.95}, {8, 9, 0.9}}, 0);
  EXPECT_EQ(scores.truth, 3u);
  EXPECT_EQ(scores.found, 4u);
  EXPECT_EQ(scores.common, 2u);
  EXPECT_EQ(scores.repeated, 1u);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  EXPECT_DOUBLE_EQ(scores.recall, 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.f1, 4.0 / 7);
}

TEST(ScorePairs, ThresholdCountsRowsByTheirOwnFigure) {
  const PairScores scores =
      ScorePairs({{1, 2, 0.8}, {3, 4, 0.79}}, {{1, 2}, {3, 4, 0.79}, {5, 6}}, 0.8);
  EXPECT_EQ(scores.truth, 1u);
  EXPECT_EQ(scores.found, 2u);
  EXPECT_EQ(scores.common, 1u);
  EXPECT_EQ(scores.figures_compared, 0u);
}

TEST(ScorePairs, FiguresAgreeAtSixDecimals) {
  const PairScores scores = ScorePairs({{1, 2, 0.733333}, {3, 4, 0.5}, {5, 6, 1}},
                                       {{1, 2, 11.0 / 15}, {3, 4, 0.500001}, {5, 6}}, 0);
  EXPECT_EQ(scores.figures_compared, 2u);
  EXPECT_EQ(scores.figures_differing, 1u);
  EXPECT_NEAR(scores.largest_difference, 1e-6, 1e-12);
}

TEST(ScorePairs, NothingFoundIsPreciseAndNothingWantedIsComplete) {
  EXPECT_EQ(ScorePairs({{1, 2}}, {}, 0).precision, 1);
  EXPECT_EQ(ScorePairs({{1, 2}}, {}, 0).recall, 0);
  EXPECT_EQ(ScorePairs({{1, 2}}, {}, 0).f1, 0);
  EXPECT_EQ(ScorePairs({}, {{1, 2}}, 0).recall, 1);
  EXPECT_EQ(ScorePairs({}, {}, 0).f1, 1);
}

// Hand-computed: truth {a b c}{d e f}, found {a b}{c d}{e f}.
TEST(ScoreClusters, ByHand) {
  const ClusterScores scores = ScoreClusters({0, 0, 0, 1, 1, 1}, {0, 0, 1, 1, 2, 2});
  EXPECT_EQ(scores.truth_pairs, 6u);
  EXPECT_EQ(scores.found_pairs, 3u);
  EXPECT_EQ(scores.common_pairs, 2u);
  EXPECT_EQ(scores.truth_clusters, 2u);
  EXPECT_EQ(scores.found_clusters, 3u);
  EXPECT_DOUBLE_EQ(scores.pairwise_precision, 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.pairwise_recall, 1.0 / 3);
  // Chance: 6 * 3 / 15 = 1.2; (2 - 1.2) / (4.5 - 1.2).
  EXPECT_NEAR(scores.ari, 0.8 / 3.3, 1e-12);
  // Precision 1, 1, 1/2, 1/2, 1, 1; recall 2/3, 2/3, 1/3, 1/3, 2/3, 2/3.
  EXPECT_NEAR(scores.bcubed_precision, 5.0 / 6, 1e-12);
  EXPECT_NEAR(scores.bcubed_recall, 5.0 / 9, 1e-12);
}

TEST(ScoreClusters, EqualClusteringsScoreOneWhateverTheLabels) {
  for (const std::vector<uint32_t>& labels :
       {std::vector<uint32_t>{}, {3}, {1, 2, 3}, {5, 5, 5}, {1, 1, 2, 2, 3}}) {
    std::vector<uint32_t> renamed;
    for (const uint32_t label : labels) renamed.push_back(100 - label);
    const ClusterScores scores = ScoreClusters(labels, renamed);
    EXPECT_EQ(scores.ari, 1);
    EXPECT_EQ(scores.bcubed_f1, 1);
    EXPECT_EQ(scores.pairwise_f1, 1);
  }
}

// By the definitions, over all pairs of documents.
ClusterScores Quadratic(const std::vector<uint32_t>& truth, const std::vector<uint32_t>& found) {
  ClusterScores scores;
  double pairs = 0, precision = 0, recall = 0;
  const size_t n = truth.size();
  for (size_t i = 0; i < n; ++i) {
    double both = 0, in_truth = 0, in_found = 0;
    for (size_t j = 0; j < n; ++j) {
      const bool t = truth[i] == truth[j], f = found[i] == found[j];
      both += t && f, in_truth += t, in_found += f;
      if (j >= i) continue;
      ++pairs;
      scores.truth_pairs += t;
      scores.found_pairs += f;
      scores.common_pairs += t && f;
    }
    precision += both / in_found;
    recall += both / in_truth;
  }
  scores.bcubed_precision = precision / static_cast<double>(n);
  scores.bcubed_recall = recall / static_cast<double>(n);
  const double t = static_cast<double>(scores.truth_pairs),
               f = static_cast<double>(scores.found_pairs);
  const double chance = t * f / pairs;
  scores.ari = (static_cast<double>(scores.common_pairs) - chance) / ((t + f) / 2 - chance);
  return scores;
}

TEST(ScoreClusters, AgreesWithTheQuadraticDefinition) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 200; ++round) {
    const size_t n = 2 + random() % 60;
    const uint64_t labels = 2 + random() % n;
    std::vector<uint32_t> truth(n), found(n);
    for (size_t i = 0; i < n; ++i) {
      truth[i] = static_cast<uint32_t>(random() % labels);
      found[i] = random() % 3 == 0 ? static_cast<uint32_t>(random() % labels) : truth[i];
    }
    const ClusterScores fast = ScoreClusters(truth, found), slow = Quadratic(truth, found);
    EXPECT_EQ(fast.truth_pairs, slow.truth_pairs);
    EXPECT_EQ(fast.found_pairs, slow.found_pairs);
    EXPECT_EQ(fast.common_pairs, slow.common_pairs);
    EXPECT_NEAR(fast.bcubed_precision, slow.bcubed_precision, 1e-12);
    EXPECT_NEAR(fast.bcubed_recall, slow.bcubed_recall, 1e-12);
    if (!std::isnan(slow.ari)) {
      EXPECT_NEAR(fast.ari, slow.ari, 1e-9);
    }
  }
}

}  // namespace
}  // namespace refrain
