#include "refrain/eval/cluster_scores.h"

#include <algorithm>
#include <utility>

#include "refrain/eval/pair_scores.h"

namespace refrain {
namespace {

// Documents that have one true and one found label.
struct Cell {
  uint32_t truth;
  uint32_t found;
  uint64_t count;
};

uint64_t PairsOf(uint64_t count) { return count * (count - (count > 0)) / 2; }

double Ratio(double part, double whole) { return whole == 0 ? 1 : part / whole; }

// Cells by (truth, found).
std::vector<Cell> CountCells(const std::vector<uint32_t>& truth,
                             const std::vector<uint32_t>& found) {
  std::vector<std::pair<uint32_t, uint32_t>> labels(truth.size());
  for (size_t i = 0; i < truth.size(); ++i) labels[i] = {truth[i], found[i]};
  std::sort(labels.begin(), labels.end());
  std::vector<Cell> cells;
  for (const auto& [t, f] : labels) {
    if (cells.empty() || cells.back().truth != t || cells.back().found != f)
      cells.push_back({t, f, 0});
    ++cells.back().count;
  }
  return cells;
}

struct Side {
  uint64_t clusters = 0;
  uint64_t pairs = 0;
  double squares = 0;  // sum over cells of count^2 / size of the cluster
};

// One pass over cells in which those of one cluster stand together.
template <typename Label>
Side SumClusters(const std::vector<Cell>& cells, Label label) {
  Side side;
  for (size_t begin = 0, end; begin < cells.size(); begin = end) {
    uint64_t size = 0;
    double squares = 0;
    for (end = begin; end < cells.size() && label(cells[end]) == label(cells[begin]); ++end) {
      size += cells[end].count;
      squares += static_cast<double>(cells[end].count) * static_cast<double>(cells[end].count);
    }
    ++side.clusters;
    side.pairs += PairsOf(size);
    side.squares += squares / static_cast<double>(size);
  }
  return side;
}

double AdjustedRand(uint64_t documents, uint64_t truth, uint64_t found, uint64_t common) {
  if (documents < 2) return 1;
  const double t = static_cast<double>(truth), f = static_cast<double>(found);
  const double by_chance = t * (f / static_cast<double>(PairsOf(documents)));
  const double most = (t + f) / 2;
  return Ratio(static_cast<double>(common) - by_chance, most - by_chance);
}

}  // namespace

ClusterScores ScoreClusters(const std::vector<uint32_t>& truth,
                            const std::vector<uint32_t>& found) {
  std::vector<Cell> cells = CountCells(truth, found);
  ClusterScores scores;
  scores.documents = truth.size();
  for (const Cell& cell : cells) scores.common_pairs += PairsOf(cell.count);
  const Side truth_side = SumClusters(cells, [](const Cell& cell) { return cell.truth; });
  std::stable_sort(cells.begin(), cells.end(),
                   [](const Cell& x, const Cell& y) { return x.found < y.found; });
  const Side found_side = SumClusters(cells, [](const Cell& cell) { return cell.found; });

  scores.truth_clusters = truth_side.clusters;
  scores.found_clusters = found_side.clusters;
  scores.truth_pairs = truth_side.pairs;
  scores.found_pairs = found_side.pairs;
  scores.ari =
      AdjustedRand(scores.documents, scores.truth_pairs, scores.found_pairs, scores.common_pairs);
  const double documents = static_cast<double>(scores.documents);
  scores.bcubed_precision = Ratio(found_side.squares, documents);
  scores.bcubed_recall = Ratio(truth_side.squares, documents);
  scores.bcubed_f1 = HarmonicMean(scores.bcubed_precision, scores.bcubed_recall);
  const double common = static_cast<double>(scores.common_pairs);
  scores.pairwise_precision = Ratio(common, static_cast<double>(scores.found_pairs));
  scores.pairwise_recall = Ratio(common, static_cast<double>(scores.truth_pairs));
  scores.pairwise_f1 = HarmonicMean(scores.pairwise_precision, scores.pairwise_recall);
  return scores;
}

}  // namespace refrain
