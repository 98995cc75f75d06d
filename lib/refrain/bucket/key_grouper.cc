#include "refrain/bucket/key_grouper.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kPieceKeys = size_t{1} << 16;      // bits of two pieces share no word
constexpr size_t kBucketKeys = size_t{1} << 15;     // wanted: what a core's own cache can sort
constexpr size_t kLargestBucket = size_t{1} << 18;  // that is sorted with as much memory again
constexpr size_t kAhead = 16;                       // look-ups that are under way at once

// Calls body(place, piece) for all places, pieces in parallel.
template <class Body>
void ForEachPlace(size_t places, const Body& body) {
  ParallelFor(0, (places + kPieceKeys - 1) / kPieceKeys, 1, [&](size_t piece, size_t) {
    const size_t end = std::min(places, (piece + 1) * kPieceKeys);
    for (size_t place = piece * kPieceKeys; place < end; ++place) body(place, piece);
  });
}

// Calls body(begin, end) for each run of pairs of one key.
template <class Body>
void ForEachKey(std::span<const uint64_t> pairs, const Body& body) {
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    while (end < pairs.size() && pairs[end] >> 32 == pairs[begin] >> 32) ++end;
    body(begin, end);
  }
}

size_t CountGroups(std::span<const uint64_t> pairs) {
  size_t count = 0;
  ForEachKey(pairs, [&](size_t begin, size_t end) { count += end - begin > 1 ? 1U : 0U; });
  return count;
}

}  // namespace

absl::Status TakeKeys(Column<uint32_t>* column, PageVector<uint32_t>* keys) {
  keys->resize(column->size());
  FirstError error;
  ParallelFor(0, column->chunks(), 1, [&](size_t i, size_t) {
    PageVector<uint32_t> buffer;
    const auto chunk = column->Chunk(i, &buffer);
    error.Update(chunk.status());
    if (chunk.ok()) std::ranges::copy(*chunk, keys->begin() + i * column->chunk_rows());
    column->Drop(i);
  });
  return error.status();
}

void KeyGrouper::Group(std::span<uint32_t> keys, const std::vector<bool>& in_play,
                       PageVector<uint32_t>* sizes) {
  bucket_bits_ = std::min(10, static_cast<int>(std::bit_width(keys.size() / kBucketKeys)));
  FindRepeated(keys, in_play);
  for (size_t begin = 0, end = 0; begin < buckets(); begin = end) {
    end = PlaceBuckets(begin, keys.size() / 2);
    Scatter(begin, end, keys);
    GroupBuckets(begin, end, keys, sizes);
  }
}

// Counts them by piece and bucket, too; the others are keys no longer.
void KeyGrouper::FindRepeated(std::span<uint32_t> keys, const std::vector<bool>& in_play) {
  RepeatFilter filter(keys.size());
  const auto prefetch = [&](size_t place) {
    if (place + kAhead < keys.size()) filter.Prefetch(keys[place + kAhead]);
  };
  ForEachPlace(keys.size(), [&](size_t place, size_t) {
    prefetch(place);
    if (in_play[place]) filter.Add(keys[place]);
  });
  repeated_.assign(keys.size(), false);
  pieces_.assign((keys.size() + kPieceKeys - 1) / kPieceKeys, std::vector<size_t>(buckets()));
  ForEachPlace(keys.size(), [&](size_t place, size_t piece) {
    prefetch(place);
    if (in_play[place] && filter.Repeated(keys[place])) {
      repeated_[place] = true;
      ++pieces_[piece][BucketOf(keys[place])];
    } else {
      keys[place] = kNoGroup;
    }
  });
}

// Gives places to the pairs of the buckets from `first` on, until they are more than `room`; returns where that is.
size_t KeyGrouper::PlaceBuckets(size_t first, size_t room) {
  begins_.assign(buckets() + 1, 0);
  size_t sum = 0;
  size_t bucket = first;
  for (; bucket < buckets() && (bucket == first || sum < room); ++bucket) {
    begins_[bucket] = sum;
    for (std::vector<size_t>& places : pieces_) sum += std::exchange(places[bucket], sum);
  }
  begins_[bucket] = sum;
  pairs_.reserve(sum);
  return bucket;
}

// Puts (key, place) pairs into buckets by the high bits of the key; in a bucket, places ascend. What is taken is no key
// any more.
void KeyGrouper::Scatter(size_t first, size_t last, std::span<const uint32_t> keys) {
  ForEachPlace(keys.size(), [&](size_t place, size_t piece) {
    if (!repeated_[place]) return;
    const size_t bucket = BucketOf(keys[place]);
    if (bucket < first || bucket >= last) return;
    repeated_[place] = false;
    pairs_.data()[pieces_[piece][bucket]++] = uint64_t{keys[place]} << 32 | place;
  });
}

void KeyGrouper::GroupBuckets(size_t first, size_t last, std::span<uint32_t> keys,
                              PageVector<uint32_t>* sizes) {
  std::vector<size_t> groups(last - first + 1);
  ParallelFor(first, last, 1, [&](size_t bucket, size_t) {
    Sort(bucket);
    groups[bucket - first + 1] = CountGroups(Bucket(bucket));
  });
  groups[0] = sizes->size();
  std::partial_sum(groups.begin(), groups.end(), groups.begin());
  sizes->resize(groups.back());
  ParallelFor(first, last, 1, [&](size_t bucket, size_t) {
    Number(Bucket(bucket), static_cast<uint32_t>(groups[bucket - first]), keys, sizes);
  });
}

// A large bucket is one of few keys, in which pairs stand nearly in order.
void KeyGrouper::Sort(size_t bucket) {
  const std::span<uint64_t> pairs = Bucket(bucket);
  if (pairs.size() > kLargestBucket) {
    std::ranges::sort(pairs);
    return;
  }
  std::vector<uint64_t> values(pairs.begin(), pairs.end());
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  std::ranges::copy(values, pairs.begin());
}

// A key that is alone only seemed repeated.
void KeyGrouper::Number(std::span<const uint64_t> pairs, uint32_t group, std::span<uint32_t> keys,
                        PageVector<uint32_t>* sizes) const {
  ForEachKey(pairs, [&](size_t begin, size_t end) {
    const bool alone = end - begin == 1;
    for (size_t i = begin; i < end; ++i) keys[pairs[i] & UINT32_MAX] = alone ? kNoGroup : group;
    if (!alone) (*sizes)[group++] = static_cast<uint32_t>(end - begin);
  });
}

}  // namespace refrain
