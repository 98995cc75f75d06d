// Groups documents that share a band key: the buckets of locality-sensitive hashing, as dense ids.
//
// Input: a SketchTable and, for each document, the one it is an exact copy of (itself if none).
// Output: for each document that shares a key with another (a row), its group in every band. Copies and documents
//   that are alone in every band have no row. Groups are numbered by (band, key): the same for any thread count.
// Cost: one radix sort a band, bands in parallel; 16 bytes a row and band in flight; the keys' memory becomes the
//   groups'. Threads: the result is immutable and concurrent-safe.
// Source: banding as in Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, ch. 3.
// Example:
//   BandGroups groups = GroupBands(&table, copy_of);
//   const uint32_t row = groups.RowOf(doc);
//   if (row != kNoRow) {
//     for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
//   }
#ifndef REFRAIN_BUCKET_BAND_GROUPS_H_
#define REFRAIN_BUCKET_BAND_GROUPS_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

inline constexpr uint32_t kNoGroup = UINT32_MAX;
inline constexpr uint32_t kNoRow = UINT32_MAX;

struct BandGroups {
  int bands = 0;
  std::vector<DocId> docs;             // of each row, ascending
  std::vector<OneBitSketch> sketches;  // of each row
  std::vector<uint32_t> groups;        // [row * bands + band], kNoGroup where alone
  std::vector<uint32_t> sizes;         // rows in each group, at least 2

  size_t size() const { return docs.size(); }
  uint32_t RowOf(DocId doc) const;  // kNoRow if it has none; a binary search
  std::span<const uint32_t> GroupsOf(uint32_t row) const {
    return {groups.data() + static_cast<size_t>(row) * static_cast<size_t>(bands),
            static_cast<size_t>(bands)};
  }
  bool ShareGroup(uint32_t row_a, uint32_t row_b) const;
  std::string DebugString() const;  // "doc 3: 0 - 2\n" a row; for tests
};

// Takes sketched, sketches and keys out of the table.
BandGroups GroupBands(SketchTable* table, const std::vector<DocId>& copy_of);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_BAND_GROUPS_H_
