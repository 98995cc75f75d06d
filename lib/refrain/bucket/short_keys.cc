#include "refrain/bucket/short_keys.h"

#include <algorithm>
#include <cmath>

#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/simd/min_hash_kernels.h"

namespace refrain {
namespace {

// A document with a short partner has seldom more shingles.
constexpr size_t kUsual = simd::kSmallestOfMost;

// A bound below which are `count` of so many hashes, and few more, nearly always.
uint64_t LikelyBound(size_t count, size_t hashes) {
  const double wanted = static_cast<double>(count);
  const double share = (wanted + 2 * std::sqrt(wanted) + 1) / static_cast<double>(hashes);
  return share >= 1 ? UINT64_MAX : static_cast<uint64_t>(share * 0x1p64);
}

// The smallest values, in any order; false if too few are below the likely bound.
bool TakeSmallest(std::span<const uint64_t> shingles, std::span<uint64_t> smallest) {
  uint64_t low[kUsual];
  uint64_t kept[kUsual];
  const uint64_t bound = LikelyBound(smallest.size(), shingles.size());
  const size_t found = simd::KeepUpTo(bound, shingles.data(), shingles.size(), low);
  if (simd::KeepSmallest(smallest.size(), low, found, kept) != smallest.size()) return false;
  std::copy_n(kept, smallest.size(), smallest.begin());
  return true;
}

void SortSmallest(std::span<const uint64_t> shingles, std::span<uint64_t> smallest) {
  std::ranges::partial_sort_copy(shingles, smallest);
}

}  // namespace

// Rounded so that no document that can have a short partner is left out.
ShortKeys::ShortKeys(double threshold)
    : threshold_(threshold),
      longest_(static_cast<size_t>((kShortShingles - 1) / threshold + 1e-6)) {}

size_t ShortKeys::Prefix(size_t shingles) const { return PrefixLength(shingles, threshold_); }

void ShortKeys::Append(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const {
  uint64_t usual[kUsual];
  std::vector<uint64_t> more;
  const size_t count = Count(shingles.size());
  if (count > kUsual) more.resize(count);
  const std::span<uint64_t> smallest = more.empty() ? std::span(usual, count) : std::span(more);
  if (shingles.size() > kUsual || !TakeSmallest(shingles, smallest)) {
    SortSmallest(shingles, smallest);
  }
  // The smallest hashes differ least in their high bits.
  for (const uint64_t shingle : smallest) keys->push_back(static_cast<uint32_t>(shingle));
}

}  // namespace refrain
