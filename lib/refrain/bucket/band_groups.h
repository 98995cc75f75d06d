// Groups documents that share a band key: the buckets of locality-sensitive hashing, as dense ids.
//
// Input: a SketchTable and, for each document, the one it is an exact copy of (itself if none).
// Output: for each document that shares a key of a band with another (a row), its groups. Copies have no row. Groups
//   are numbered by (band, key): the same for any thread count.
// Cost: one radix sort a band, bands in parallel; 16 bytes a row and band in flight.
// Source: banding as in Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, ch. 3.
// Example:
//   BandGroups groups = GroupBands(&table, copy_of);
//   const uint32_t row = groups.RowOf(doc);
//   if (row != kNoRow) {
//     for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
//   }
#ifndef REFRAIN_BUCKET_BAND_GROUPS_H_
#define REFRAIN_BUCKET_BAND_GROUPS_H_

#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

struct BandGroups : Groups {
  std::vector<OneBitSketch> sketches;  // of each row
};

// Takes sketched, sketches and keys out of the table.
BandGroups GroupBands(SketchTable* table, const std::vector<DocId>& copy_of);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_BAND_GROUPS_H_
