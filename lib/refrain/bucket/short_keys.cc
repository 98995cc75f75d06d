#include "refrain/bucket/short_keys.h"

#include <algorithm>
#include <cmath>

#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/simd/min_hash_kernels.h"

namespace refrain {
namespace {

constexpr size_t kUsual = simd::kSmallestOfMost;

// A bound below which are `count` of so many hashes, and few more, nearly always.
uint64_t LikelyBound(size_t count, size_t hashes) {
  const double wanted = static_cast<double>(count);
  const double share = (wanted + 2 * std::sqrt(wanted) + 1) / static_cast<double>(hashes);
  return share >= 1 ? UINT64_MAX : static_cast<uint64_t>(share * 0x1p64);
}

// The smallest hashes differ least in their high bits.
void AppendKeys(std::span<const uint64_t> smallest, std::vector<uint32_t>* keys) {
  for (const uint64_t shingle : smallest) keys->push_back(static_cast<uint32_t>(shingle));
}

}  // namespace

// Rounded so that no document that can have a short partner is left out.
ShortKeys::ShortKeys(double threshold)
    : threshold_(threshold),
      longest_(static_cast<size_t>((kShortShingles - 1) / threshold + 1e-6)),
      usual_(1) {
  while (usual_.size() <= std::min(longest_, kUsual)) usual_.push_back(PrefixOf(usual_.size()));
}

ShortKeys::Prefix ShortKeys::PrefixOf(size_t shingles) const {
  const size_t length = PrefixLength(shingles, threshold_);
  return {length, LikelyBound(length, shingles)};
}

void ShortKeys::Append(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const {
  if (shingles.size() >= usual_.size() || !AppendUsual(shingles, keys)) {
    AppendSorted(shingles, keys);
  }
}

// Adds nothing and returns false if too few shingles are below the likely bound.
bool ShortKeys::AppendUsual(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const {
  uint64_t low[kUsual];
  uint64_t smallest[kUsual];
  const Prefix& prefix = usual_[shingles.size()];
  const size_t found = simd::KeepUpTo(prefix.likely_bound, shingles.data(), shingles.size(), low);
  if (simd::KeepSmallest(prefix.length, low, found, smallest) != prefix.length) return false;
  AppendKeys({smallest, prefix.length}, keys);
  return true;
}

void ShortKeys::AppendSorted(std::span<const uint64_t> shingles,
                             std::vector<uint32_t>* keys) const {
  std::vector<uint64_t> smallest(Count(shingles.size()));
  std::ranges::partial_sort_copy(shingles, smallest);
  AppendKeys(smallest, keys);
}

}  // namespace refrain
