#include "refrain/bucket/key_buckets.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <numeric>
#include <utility>

namespace refrain {
namespace {

constexpr size_t kBucketKeys = size_t{1} << 14;     // wanted: what a core's own cache can sort
constexpr size_t kLargestBucket = size_t{1} << 19;  // that is sorted with as much memory again

// Sorts what is in order but inside runs of one bin.
template <class BinOf>
void SortInBins(std::span<uint64_t> pairs, const BinOf& bin_of) {
  for (size_t i = 1; i < pairs.size(); ++i) {
    if (pairs[i] >= pairs[i - 1]) continue;
    const auto other_bin = [&](uint64_t pair) { return bin_of(pair) != bin_of(pairs[i]); };
    const auto here = pairs.begin() + static_cast<std::ptrdiff_t>(i);
    const auto begin = std::find_if(std::reverse_iterator(here), pairs.rend(), other_bin).base();
    const auto end = std::find_if(here, pairs.end(), other_bin);
    std::sort(begin, end);
    i = static_cast<size_t>(end - pairs.begin()) - 1;
  }
}

// Leaves the pairs whose key another of those that are sorted has; returns how many keys that are.
size_t KeepRepeated(std::vector<uint64_t>* sorted) {
  std::vector<uint64_t>& pairs = *sorted;
  size_t kept = 0;
  size_t keys = 0;
  bool begins = true;
  for (size_t i = 0; i < pairs.size(); ++i) {
    const uint64_t pair = pairs[i];
    const bool ends = i + 1 == pairs.size() || (pairs[i + 1] ^ pair) >> 32 != 0;
    pairs[kept] = pair;
    kept += begins && ends ? 0U : 1U;  // no branch: nobody could foretell it
    keys += !begins && ends ? 1U : 0U;
    begins = ends;
  }
  pairs.resize(kept);
  return keys;
}

}  // namespace

void KeyBuckets::Start(size_t expected, const std::vector<size_t>& most) {
  bits_ = std::min(10, static_cast<int>(std::bit_width(expected / kBucketKeys)));
  pieces_.resize(most.size());
  size_t sum = 0;
  for (size_t i = 0; i < most.size(); ++i) {
    pieces_[i].first = sum;
    sum += most[i];
  }
  pairs_.reserve(sum);
}

void KeyBuckets::SpreadPiece(std::span<const uint64_t> pairs, Piece* piece) {
  piece->ends.assign(size(), 0);
  for (const uint64_t pair : pairs) ++piece->ends[BucketOf(pair)];
  piece->begins.resize(size());
  std::exclusive_scan(piece->ends.begin(), piece->ends.end(), piece->begins.begin(), uint32_t{0});
  piece->ends = piece->begins;
  uint64_t* const to = pairs_.data() + piece->first;
  for (const uint64_t pair : pairs) to[piece->ends[BucketOf(pair)]++] = pair;
}

size_t KeyBuckets::SizeOf(size_t bucket) const {
  size_t size = 0;
  for (const Piece& piece : pieces_) size += Of(piece, bucket).size();
  return size;
}

// A large bucket is one of few keys, which nearly all are repeated.
size_t KeyBuckets::Sort(size_t bucket, std::vector<uint64_t>* sorted) {
  const size_t pairs = SizeOf(bucket);
  if (pairs > kLargestBucket) {
    sorted->clear();
    sorted->reserve(pairs);
    ForEach(bucket, [&](uint64_t pair) { sorted->push_back(pair); });
    std::ranges::sort(*sorted);
  } else {
    const auto scratch = scratch_.Borrow();
    TakeRepeated(bucket, scratch.get());
    SortByBins(scratch.get(), sorted);
  }
  return KeepRepeated(sorted);
}

void KeyBuckets::Store(size_t bucket, std::span<const uint64_t> pairs) {
  for (Piece& piece : pieces_) {
    const size_t count = std::min(pairs.size(), Of(piece, bucket).size());
    std::ranges::copy(pairs.first(count), pairs_.data() + piece.first + piece.begins[bucket]);
    piece.ends[bucket] = piece.begins[bucket] + static_cast<uint32_t>(count);
    pairs = pairs.subspan(count);
  }
}

// Those whose key may be repeated.
void KeyBuckets::TakeRepeated(size_t bucket, Scratch* scratch) const {
  const size_t pairs = SizeOf(bucket);
  RepeatFilter& filter = scratch->filter;
  filter.Clear(pairs);
  ForEach(bucket, [&](uint64_t pair) { filter.Add(pair >> 32); });
  scratch->values.resize(pairs + 1);
  uint64_t* to = scratch->values.data();
  ForEach(bucket, [&](uint64_t pair) {
    *to = pair;
    to += filter.Repeated(pair >> 32) ? 1 : 0;  // no branch: nobody could foretell it
  });
  scratch->values.resize(static_cast<size_t>(to - scratch->values.data()));
}

// Spreads them over bins of one or two keys by the bits behind those that make the bucket.
void KeyBuckets::SortByBins(Scratch* scratch, std::vector<uint64_t>* sorted) const {
  const std::vector<uint64_t>& values = scratch->values;
  const int bits = std::min(static_cast<int>(std::bit_width(values.size())), 32 - bits_);
  const auto bin_of = [low = 64 - bits_ - bits, mask = (size_t{1} << bits) - 1](uint64_t pair) {
    return pair >> low & mask;
  };
  std::vector<uint32_t>& bins = scratch->bins;
  bins.assign(size_t{1} << bits, 0);
  for (const uint64_t pair : values) ++bins[bin_of(pair)];
  std::exclusive_scan(bins.begin(), bins.end(), bins.begin(), uint32_t{0});
  sorted->resize(values.size());
  for (const uint64_t pair : values) (*sorted)[bins[bin_of(pair)]++] = pair;
  SortInBins(*sorted, bin_of);
}

}  // namespace refrain
