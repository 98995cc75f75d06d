// Groups equal keys of places: what each band has to be.
//
// Input: 32-bit keys by place, and which places take part. Output: in the place of each key that another has the number of
//   their group, kNoGroup elsewhere; groups are numbered in the order of their keys, whatever the threads.
// Cost: as KeyBuckets: in flight 8 bytes a key, which are used again by the next call.
// Threads: uses all that are allowed.
// Example:
//   KeyGrouper grouper;
//   grouper.Group({keys.data(), keys.size()}, /*in_play=*/std::vector<uint64_t>{0b111}, &sizes);
#ifndef REFRAIN_BUCKET_KEY_GROUPER_H_
#define REFRAIN_BUCKET_KEY_GROUPER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "refrain/base/page_vector.h"
#include "refrain/bucket/key_buckets.h"

namespace refrain {

class KeyGrouper {
 public:
  // Numbers groups from sizes->size() on and appends their sizes. REQUIRES: fewer than 2^32 keys; in_play has a bit for
  // each, 64 a word.
  void Group(std::span<uint32_t> keys, std::span<const uint64_t> in_play,
             PageVector<uint32_t>* sizes);

 private:
  void Spread(std::span<uint32_t> keys, std::span<const uint64_t> in_play);
  std::vector<size_t> Sort();

  KeyBuckets buckets_;
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_KEY_GROUPER_H_
