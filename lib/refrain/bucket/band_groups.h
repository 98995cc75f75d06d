// Groups documents that share a band key: the buckets of locality-sensitive hashing, as dense ids.
//
// Input: a SketchTable and, for each document, the one it is an exact copy of (itself if none).
// Output: for each document that shares a key of a band with another (a row), its groups. Copies have no row. Groups
//   are numbered by (band, key): the same for any thread count.
// Cost: as KeyGrouper, one band after the other, each on all threads; of few documents a band a thread. At most 12 bytes a
//   document in flight, or 14 MiB if that is more. The keys are given back band by band for the groups, which may be spilled
//   as they were; at the end rows alone are in memory.
// Threads: uses all that are allowed. Errors: those of the columns.
// Source: banding as in Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, ch. 3.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(BandGroups groups, GroupBands(&table, copy_of));
//   const uint32_t row = groups.RowOf(doc);
//   if (row != kNoRow) {
//     for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
//   }
#ifndef REFRAIN_BUCKET_BAND_GROUPS_H_
#define REFRAIN_BUCKET_BAND_GROUPS_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

struct BandGroups : Groups {
  std::vector<OneBitSketch> sketches;  // of each row
};

// Asked once the rows and the sizes of the groups are known, before the rows are brought into memory: an error of its ends
// the grouping.
using RowCheck = std::function<absl::Status(size_t rows, std::span<const uint32_t> sizes)>;

// Takes sketches and keys out of the table.
absl::StatusOr<BandGroups> GroupBands(SketchTable* table, const std::vector<DocId>& copy_of,
                                      const RowCheck& check = {});

}  // namespace refrain

#endif  // REFRAIN_BUCKET_BAND_GROUPS_H_
