// Groups documents that share a key of the short lane.
//
// Input: a SketchTable with the short keys of its documents and, for each document, the one it is an exact copy of
//   (itself if none). Output: groups of which at least one member is short (has fewer than kShortShingles shingles):
//   only there can be a pair whose smaller member is. Copies have no row. Any two documents with J >= threshold of
//   which one is short share a group, unless one is a copy.
// Cost: keys are spread over bins that fit the cache and sorted there, bins in parallel; 4 bytes a key in flight; the
//   keys' memory becomes the groups'. Groups are numbered by key in bins: the same for any thread count.
// Errors: those of the column; ResourceExhausted if there are more than 2^31 keys.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(Groups shorts, GroupShortKeys(ShortKeys(0.8), &table, copy_of));
#ifndef REFRAIN_BUCKET_SHORT_GROUPS_H_
#define REFRAIN_BUCKET_SHORT_GROUPS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/short_keys.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

// Takes short_keys out of the table.
absl::StatusOr<Groups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                      const std::vector<DocId>& copy_of);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SHORT_GROUPS_H_
