#include "refrain/synth/alias_table.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace refrain {

AliasTable::AliasTable(const std::vector<uint64_t>& weights)
    : cells_(weights.size()),
      mask_(static_cast<uint32_t>(weights.size() - 1)),
      shift_(std::countr_zero(weights.size())) {
  // In units of 1/size of the sum: each cell holds exactly `sum`, filled by its own weight and one
  // other's.
  const uint64_t sum = std::accumulate(weights.begin(), weights.end(), uint64_t{0});
  std::vector<uint64_t> left(weights);
  std::vector<uint32_t> small, large;
  for (uint32_t i = 0; i < left.size(); ++i) {
    left[i] *= weights.size();
    (left[i] < sum ? small : large).push_back(i);
  }
  const auto fill = [&](uint32_t i, uint32_t alias) {
    const auto share = (static_cast<unsigned __int128>(left[i]) << 16) / sum;
    cells_[i] = {static_cast<uint16_t>(std::min<unsigned __int128>(share, UINT16_MAX)),
                 static_cast<uint16_t>(alias)};
  };
  while (!small.empty() && !large.empty()) {
    const uint32_t s = small.back(), l = large.back();
    small.pop_back();
    fill(s, l);
    left[l] -= sum - left[s];
    if (left[l] < sum) {
      large.pop_back();
      small.push_back(l);
    }
  }
  for (const uint32_t i : small) fill(i, i);
  for (const uint32_t i : large) fill(i, i);
}

std::vector<uint64_t> ZipfWeights(uint32_t count, uint32_t offset, uint64_t total) {
  constexpr uint64_t kOne = uint64_t{1} << 40;
  uint64_t sum = 0;
  for (uint32_t rank = 0; rank < count; ++rank) sum += kOne / (rank + offset);
  std::vector<uint64_t> weights(count);
  for (uint32_t rank = 0; rank < count; ++rank) {
    const auto scaled = static_cast<unsigned __int128>(kOne / (rank + offset)) * total / sum;
    weights[rank] = static_cast<uint64_t>(scaled);
  }
  return weights;
}

}  // namespace refrain
