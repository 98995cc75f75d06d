// Groups documents that share a key of the short lane.
//
// Input: a SketchTable with the short keys of its documents and, for each document, the one it is an exact copy of
//   (itself if none). Output: groups of which at least one member is short (has fewer than kShortShingles shingles):
//   only there can be a pair whose smaller member is. Copies have no row. Any two documents with J >= threshold of
//   which one is short share a group, unless one is a copy.
// Cost: as KeyBuckets and MemberLists; the keys are read once, chunk by chunk, and given back on the way.
//   Threads: uses all that are allowed. Groups are numbered by key: the same for any thread count.
// Errors: those of the column; ResourceExhausted if there are more than 2^31 keys.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(ShortGroups shorts, GroupShortKeys(ShortKeys(0.8), &table, copy_of, 64));
#ifndef REFRAIN_BUCKET_SHORT_GROUPS_H_
#define REFRAIN_BUCKET_SHORT_GROUPS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/short_keys.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

struct ShortGroups : Groups {
  PageVector<OddSketch> sketches;  // of each row
};

// Takes short_keys and odd_sketches out of the table. Documents leave groups of at most `crowded` members in which no
// other shares enough keys with them, and is like enough by its odd sketch, for a pair at the threshold, as far as
// MemberLists can tell; they keep their rows, and every pair that can reach the threshold keeps all that it shares.
absl::StatusOr<ShortGroups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                           const std::vector<DocId>& copy_of, uint32_t crowded);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SHORT_GROUPS_H_
