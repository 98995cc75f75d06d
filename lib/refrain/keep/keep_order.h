// The order in which documents are considered for keeping, and the exact copies among them.
//
// Input: a SketchTable. Output: KeepOrder, a total order (by the rule's key, then DocId); and for each document the
// first one in that order with the same token sequence (itself if there is none before it; texts without tokens are
// never copies). Cost: a radix sort, and a look-up in a RepeatFilter or two a document, of a hash for those that it leaves; 8
// bytes a document stay for the order, 4 for the copies, and up to 7 more are in flight while these are found.
// Threads: FindCopies uses all that are allowed; results are immutable. Errors: those of the column of hashes.
// Example:
//   const KeepOrder order = MakeKeepOrder(table, KeepRule::kLongest);
//   REFRAIN_ASSIGN_OR_RETURN(const std::vector<DocId> copy_of, FindCopies(table, order));
#ifndef REFRAIN_KEEP_KEEP_ORDER_H_
#define REFRAIN_KEEP_KEEP_ORDER_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/sketch_table.h"

namespace refrain {

// kMax and kMin compare SketchTable::keep_numbers; documents without a number come last.
enum class KeepRule { kLongest, kFirst, kLast, kMax, kMin };

struct KeepOrder {
  std::vector<DocId> docs;      // by rank
  std::vector<uint32_t> ranks;  // by document
};

KeepOrder MakeKeepOrder(const SketchTable& table, KeepRule rule);

absl::StatusOr<std::vector<DocId>> FindCopies(const SketchTable& table, const KeepOrder& order);

}  // namespace refrain

#endif  // REFRAIN_KEEP_KEEP_ORDER_H_
