// Groups documents that share a key of the short lane.
//
// Input: a SketchTable with the short keys of its documents and, for each document, the one it is an exact copy of
//   (itself if none). Output: groups of which at least one member is short (has fewer than kShortShingles shingles):
//   only there can be a pair whose smaller member is. Copies have no row. Any two documents with J >= threshold of
//   which one is short share a group, unless one is a copy.
// Cost: as KeyGrouper, in the place of the keys, and two passes over the documents. Groups are numbered by key: the same for
//   any thread count.
// Errors: those of the column; ResourceExhausted if there are more than 2^31 keys.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(ShortGroups shorts, GroupShortKeys(ShortKeys(0.8), &table, copy_of));
#ifndef REFRAIN_BUCKET_SHORT_GROUPS_H_
#define REFRAIN_BUCKET_SHORT_GROUPS_H_

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

// Takes short_keys and odd_sketches out of the table.
absl::StatusOr<ShortGroups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                           const std::vector<DocId>& copy_of);

// Takes those documents out of their groups that share too few keys with any other for a pair at the threshold, or only
// with such that their odd sketches tell apart; they keep their rows. Groups of more than `crowded` rows, and documents in such, stay as they are.
// Cost: the members of a document's groups are counted, some of them at most; in flight 4 bytes a membership, 8 a row and 4
//   a group. Threads: uses all that are allowed.
void DropLonely(const SketchTable& table, double threshold, uint32_t crowded, ShortGroups* groups);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SHORT_GROUPS_H_
