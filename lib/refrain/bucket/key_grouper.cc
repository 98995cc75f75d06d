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

constexpr size_t kWordKeys = 64;                    // a bit each
constexpr size_t kPieceWords = size_t{1} << 10;     // that a thread takes at a time
constexpr size_t kBucketKeys = size_t{1} << 14;     // wanted: what a core's own cache can sort
constexpr size_t kLargestBucket = size_t{1} << 19;  // that is sorted with as much memory again
constexpr size_t kFewKeys = size_t{1} << 19;        // that may all be in flight

size_t PiecesOf(size_t words) { return (words + kPieceWords - 1) / kPieceWords; }

// Calls body(word, piece) for all words, pieces in parallel.
template <class Body>
void ForEachWord(size_t words, const Body& body) {
  ParallelFor(0, PiecesOf(words), 1, [&](size_t piece, size_t) {
    const size_t end = std::min(words, (piece + 1) * kPieceWords);
    for (size_t word = piece * kPieceWords; word < end; ++word) body(word, piece);
  });
}

// Those whose key may be repeated.
std::vector<uint64_t> Repeated(std::span<const uint64_t> pairs) {
  RepeatFilter filter(pairs.size(), /*alone=*/true);
  for (const uint64_t pair : pairs) filter.Add(pair >> 32);
  std::vector<uint64_t> repeated(pairs.size());
  size_t size = 0;
  for (const uint64_t pair : pairs) {
    repeated[size] = pair;
    size += filter.Repeated(pair >> 32) ? 1U : 0U;  // no branch: nobody could foretell it
  }
  repeated.resize(size);
  return repeated;
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
  Count(keys, in_play);
  for (size_t begin = 0, end = 0; begin < buckets(); begin = end) {
    end = PlaceBuckets(begin, std::max(keys.size() / 2, kFewKeys));
    Scatter(begin, end, keys);
    GroupBuckets(begin, end, keys, sizes);
  }
}

// By piece and bucket. Keys that are not in play are none from now on.
void KeyGrouper::Count(std::span<uint32_t> keys, const std::vector<bool>& in_play) {
  waiting_.assign((keys.size() + kWordKeys - 1) / kWordKeys, 0);
  pieces_.assign(PiecesOf(waiting_.size()), std::vector<size_t>(buckets()));
  ForEachWord(waiting_.size(), [&](size_t word, size_t piece) {
    size_t* const counts = pieces_[piece].data();
    const size_t end = std::min(keys.size(), (word + 1) * kWordKeys);
    uint64_t bits = 0;
    for (size_t place = word * kWordKeys; place < end; ++place) {
      const uint32_t waits = in_play[place] ? 1U : 0U;
      bits |= uint64_t{waits} << place % kWordKeys;
      counts[BucketOf(keys[place])] += waits;
      keys[place] |= waits - 1;
    }
    waiting_[word] = bits;
  });
}

// Gives places to the pairs of the buckets from `first` on, until they are more than `room`; returns where that is.
size_t KeyGrouper::PlaceBuckets(size_t first, size_t room) {
  begins_.assign(buckets(), 0);
  ends_.assign(buckets(), 0);
  size_t sum = 0;
  size_t bucket = first;
  for (; bucket < buckets() && (bucket == first || sum < room); ++bucket) {
    begins_[bucket] = sum;
    for (std::vector<size_t>& places : pieces_) sum += std::exchange(places[bucket], sum);
    ends_[bucket] = sum;
  }
  pairs_.reserve(sum);
  return bucket;
}

// Puts (key, place) pairs into buckets by the high bits of the key; in a bucket, places ascend. What is taken is no key
// any more.
void KeyGrouper::Scatter(size_t first, size_t last, std::span<uint32_t> keys) {
  ForEachWord(waiting_.size(), [&](size_t word, size_t piece) {
    uint64_t taken = waiting_[word] & InBuckets(first, last, keys.subspan(word * kWordKeys));
    waiting_[word] ^= taken;
    size_t* const places = pieces_[piece].data();
    for (; taken != 0; taken &= taken - 1) {
      const size_t place = word * kWordKeys + static_cast<size_t>(std::countr_zero(taken));
      const uint32_t key = std::exchange(keys[place], kNoGroup);
      pairs_[places[BucketOf(key)]++] = uint64_t{key} << 32 | place;
    }
  });
}

// Which of the first keys are, a bit each.
uint64_t KeyGrouper::InBuckets(size_t first, size_t last, std::span<const uint32_t> keys) const {
  uint64_t bits = 0;
  for (size_t i = 0; i < std::min(keys.size(), kWordKeys); ++i) {
    bits |= uint64_t{BucketOf(keys[i]) - first < last - first} << i;
  }
  return bits;
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

// Leaves the pairs whose key may be repeated, in order. A large bucket is one of few keys, in which they nearly are.
void KeyGrouper::Sort(size_t bucket) {
  const std::span<uint64_t> pairs = Bucket(bucket);
  if (pairs.size() > kLargestBucket) {
    std::ranges::sort(pairs);
    return;
  }
  std::vector<uint64_t> values = Repeated(pairs);
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  std::ranges::copy(values, pairs.begin());
  ends_[bucket] = begins_[bucket] + values.size();
}

// A key that is alone only seemed repeated.
void KeyGrouper::Number(std::span<const uint64_t> pairs, uint32_t group, std::span<uint32_t> keys,
                        PageVector<uint32_t>* sizes) {
  ForEachKey(pairs, [&](size_t begin, size_t end) {
    if (end - begin == 1) return;
    for (size_t i = begin; i < end; ++i) keys[pairs[i] & UINT32_MAX] = group;
    (*sizes)[group++] = static_cast<uint32_t>(end - begin);
  });
}

}  // namespace refrain
