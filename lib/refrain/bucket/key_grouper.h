// Groups equal keys: the step that the bands and the short keys have in common.
//
// Input: 32-bit keys by place, and which places take part. Output: in the place of each key that another has the number of
//   their group, kNoGroup elsewhere; groups are numbered in the order of their keys, whatever the threads.
// Cost: keys are spread over buckets by their high bits; in a bucket, which a core's own cache holds, those that nobody
//   shares leave by way of a RepeatFilter, and the others are sorted. In flight 8 bytes a key; of many keys some buckets at
//   a time: 4 bytes a key, where no bucket holds half of them. What is in flight is used again by the next call.
// Threads: uses all that are allowed.
// Example:
//   KeyGrouper grouper;
//   grouper.Group({keys.data(), keys.size()}, std::vector<bool>(keys.size(), true), &sizes);
#ifndef REFRAIN_BUCKET_KEY_GROUPER_H_
#define REFRAIN_BUCKET_KEY_GROUPER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/page_vector.h"
#include "refrain/io/column.h"

namespace refrain {

// Replaces `keys` by those of a column, which gives its memory back on the way. Errors: those of the column.
absl::Status TakeKeys(Column<uint32_t>* column, PageVector<uint32_t>* keys);

class KeyGrouper {
 public:
  // Numbers groups from sizes->size() on and appends their sizes. REQUIRES: fewer than 2^32 keys; in_play has a bit for
  // each.
  void Group(std::span<uint32_t> keys, const std::vector<bool>& in_play,
             PageVector<uint32_t>* sizes);

 private:
  size_t buckets() const { return size_t{1} << bucket_bits_; }
  size_t BucketOf(uint32_t key) const { return uint64_t{key} >> (32 - bucket_bits_); }
  std::span<uint64_t> Bucket(size_t bucket) {
    return {pairs_.data() + begins_[bucket], ends_[bucket] - begins_[bucket]};
  }

  void Count(std::span<uint32_t> keys, const std::vector<bool>& in_play);
  size_t PlaceBuckets(size_t first, size_t room);
  void Scatter(size_t first, size_t last, std::span<uint32_t> keys);
  uint64_t InBuckets(size_t first, size_t last, std::span<const uint32_t> keys) const;
  void GroupBuckets(size_t first, size_t last, std::span<uint32_t> keys,
                    PageVector<uint32_t>* sizes);
  void Sort(size_t bucket);
  static void Number(std::span<const uint64_t> pairs, uint32_t group, std::span<uint32_t> keys,
                     PageVector<uint32_t>* sizes);

  int bucket_bits_ = 0;
  std::vector<uint64_t> waiting_;            // by place a bit: keys that have no bucket yet
  PageVector<uint64_t> pairs_;               // key << 32 | place, by bucket
  std::vector<size_t> begins_;               // of each bucket
  std::vector<size_t> ends_;                 // of what is to be grouped of it
  std::vector<std::vector<size_t>> pieces_;  // by piece and bucket: how many, then where they go
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_KEY_GROUPER_H_
