#include "refrain/bucket/key_grouper.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "refrain/bucket/groups.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kPieceKeys = size_t{1} << 16;  // that a thread takes at a time

}  // namespace

void KeyGrouper::Group(std::span<uint32_t> keys, std::span<const uint64_t> in_play,
                       PageVector<uint32_t>* sizes) {
  Spread(keys, in_play);
  std::vector<size_t> groups = Sort();
  std::exclusive_scan(groups.begin(), groups.end(), groups.begin(), sizes->size());
  sizes->resize(groups.back());
  ParallelFor(0, buckets_.size(), 1, [&](size_t bucket, size_t) {
    size_t next = groups[bucket];
    uint64_t before = UINT64_MAX;
    buckets_.ForEach(bucket, [&](uint64_t pair) {
      next += before == UINT64_MAX || (pair ^ before) >> 32 != 0 ? 1U : 0U;
      keys[pair & UINT32_MAX] = static_cast<uint32_t>(next - 1);
      ++(*sizes)[next - 1];
      before = pair;
    });
  });
}

// In a bucket, places ascend. What is spread is no key any more.
void KeyGrouper::Spread(std::span<uint32_t> keys, std::span<const uint64_t> in_play) {
  const std::vector<size_t> most((keys.size() + kPieceKeys - 1) / kPieceKeys, kPieceKeys);
  buckets_.Spread(keys.size(), most, [&](size_t piece, const auto& visit) {
    const size_t end = std::min(keys.size(), (piece + 1) * kPieceKeys);
    for (size_t place = piece * kPieceKeys; place < end; ++place) {
      const uint32_t key = std::exchange(keys[place], kNoGroup);
      if ((in_play[place / 64] >> place % 64 & 1) != 0) visit(key, static_cast<uint32_t>(place));
    }
  });
}

// Leaves in each bucket what is repeated; returns the number of groups of each, and none behind the last.
std::vector<size_t> KeyGrouper::Sort() {
  std::vector<size_t> groups(buckets_.size() + 1);
  ParallelFor(0, buckets_.size(), 1, [&](size_t bucket, size_t) {
    std::vector<uint64_t> sorted;
    groups[bucket] = buckets_.Sort(bucket, &sorted);
    buckets_.Store(bucket, sorted);
  });
  return groups;
}

}  // namespace refrain
