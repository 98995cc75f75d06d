// Spreads 32-bit keys with a value each over buckets by their high bits, and finds in each those that are repeated: what
// all grouping by key consists of.
//
// Input: pairs of key and value, in pieces: walk(piece, visit) calls visit(key, value) for the pairs of a piece. Output:
//   buckets of key << 32 | value, whose pairs stand in the order of the pieces, or those of repeated keys in order.
// Cost: a piece is spread inside a core's own cache, and a bucket is sorted there: keys that nobody shares leave it by way
//   of a RepeatFilter. In flight 8 bytes a pair, which are used again by the next Spread, and as much again of the bucket
//   that a thread sorts.
// Threads: uses all that are allowed to spread; the others are concurrent-safe for different buckets. REQUIRES: fewer than
//   2^32 pairs in a bucket or a piece.
// Example:
//   KeyBuckets buckets;
//   buckets.Spread(keys.size(), {keys.size()}, [&](size_t, const auto& visit) {
//     for (uint32_t i = 0; i < keys.size(); ++i) visit(keys[i], i);
//   });
//   std::vector<uint64_t> pairs;
//   const size_t repeated = buckets.Sort(0, &pairs);
#ifndef REFRAIN_BUCKET_KEY_BUCKETS_H_
#define REFRAIN_BUCKET_KEY_BUCKETS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "refrain/base/page_vector.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"

namespace refrain {

class KeyBuckets {
 public:
  size_t size() const { return size_t{1} << bits_; }

  // `expected` pairs, about, make the number of buckets. Each piece is walked once, and has at most so many pairs as
  // `most` says of it.
  template <class Walk>
  void Spread(size_t expected, const std::vector<size_t>& most, const Walk& walk) {
    Start(expected, most);
    ParallelFor(0, most.size(), 1, [&](size_t piece, size_t) {
      const auto scratch = scratch_.Borrow();
      scratch->values.clear();
      walk(piece, [&](uint32_t key, uint32_t value) {
        scratch->values.push_back(uint64_t{key} << 32 | value);
      });
      SpreadPiece(scratch->values, &pieces_[piece]);
    });
  }

  size_t SizeOf(size_t bucket) const;

  // Calls visit(pair) for the pairs of a bucket.
  template <class Visit>
  void ForEach(size_t bucket, const Visit& visit) const {
    for (const Piece& piece : pieces_) {
      for (const uint64_t pair : Of(piece, bucket)) visit(pair);
    }
  }

  // Sets *sorted to the pairs of a bucket whose key is repeated, in order; returns how many keys that are.
  size_t Sort(size_t bucket, std::vector<uint64_t>* sorted);

  // Replaces the pairs of a bucket by some that are not more.
  void Store(size_t bucket, std::span<const uint64_t> pairs);

 private:
  struct Piece {
    size_t first = 0;              // of its pairs
    std::vector<uint32_t> begins;  // of each bucket, from there
    std::vector<uint32_t> ends;
  };
  struct Scratch {
    RepeatFilter filter{0, /*alone=*/true};
    std::vector<uint64_t> values;
    std::vector<uint32_t> bins;
  };

  size_t BucketOf(uint64_t pair) const { return pair >> 32 >> (32 - bits_); }
  std::span<const uint64_t> Of(const Piece& piece, size_t bucket) const {
    return {pairs_.data() + piece.first + piece.begins[bucket],
            piece.ends[bucket] - piece.begins[bucket]};
  }
  void Start(size_t expected, const std::vector<size_t>& most);
  void SpreadPiece(std::span<const uint64_t> pairs, Piece* piece);
  void TakeRepeated(size_t bucket, Scratch* scratch) const;
  void SortByBins(Scratch* scratch, std::vector<uint64_t>* sorted) const;

  int bits_ = 0;
  PageVector<uint64_t> pairs_;  // by piece, then by bucket
  std::vector<Piece> pieces_;
  ScratchPool<Scratch> scratch_{[] { return std::make_unique<Scratch>(); }};
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_KEY_BUCKETS_H_
