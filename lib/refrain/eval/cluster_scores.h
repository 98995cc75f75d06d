// How well found clusters agree with true ones: adjusted Rand index, B-cubed, and pairs.
//
// Input: for each document the label of its true and of its found cluster; labels are any numbers, equal = together.
// Output: ClusterScores, from the contingency table, never from all pairs.
//   ari: Hubert and Arabie 1985; 1 = equal, 0 = as chance would have it; 1 if chance leaves no room (both sides all
//     singletons, or both one cluster).
//   bcubed: Bagga and Baldwin 1998, averaged over documents.
//   pairwise: of the pairs of documents that one side puts together. Precision is 1 if the found side has no such
//     pair, recall is 1 if the true side has none.
// Cost: a sort of the documents. Threads: plain function. Errors: none.
// Source: Amigo, Gonzalo, Artiles, Verdejo 2009 compares them.
// Example:
//   const ClusterScores scores = ScoreClusters({0, 0, 1}, {5, 5, 5});   // pairwise_precision 1/3
#ifndef REFRAIN_EVAL_CLUSTER_SCORES_H_
#define REFRAIN_EVAL_CLUSTER_SCORES_H_

#include <cstdint>
#include <vector>

namespace refrain {

struct ClusterScores {
  uint64_t documents = 0;
  uint64_t truth_clusters = 0;  // singletons included
  uint64_t found_clusters = 0;
  double ari = 1;
  double bcubed_precision = 1;
  double bcubed_recall = 1;
  double bcubed_f1 = 1;
  uint64_t truth_pairs = 0;
  uint64_t found_pairs = 0;
  uint64_t common_pairs = 0;
  double pairwise_precision = 1;
  double pairwise_recall = 1;
  double pairwise_f1 = 1;
};

// REQUIRES: truth.size() == found.size() < 2^32.
ClusterScores ScoreClusters(const std::vector<uint32_t>& truth, const std::vector<uint32_t>& found);

}  // namespace refrain

#endif  // REFRAIN_EVAL_CLUSTER_SCORES_H_
