// The order in which documents are considered for keeping, and the exact copies among them.
//
// Input: a SketchTable. Output: KeepOrder, a total order (by the rule's key, then DocId); the copies, documents with the
// token sequence of an earlier one (texts without tokens are never copies); and of each document the first one in keep
// order with its token sequence, itself if it is that.
// Cost: a radix sort, and a look-up in a RepeatFilter or two a document, of a hash for those whose other half is repeated,
// too. 8 bytes a document stay for the order, 4 for the originals, 8 a copy; up to 10 a document are in flight while
// copies are found, which takes no order, so that the hashes can go before there is one.
// Threads: uses all that are allowed; results are immutable. Errors: those of the column of hashes.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const std::vector<TextCopy> copies, FindCopies(table));
//   const KeepOrder order = MakeKeepOrder(table, KeepRule::kLongest);
//   const std::vector<DocId> copy_of = ChooseOriginals(copies, order);
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

struct TextCopy {
  DocId doc;
  DocId first;  // of its kind, in input order; before `doc`
};

absl::StatusOr<std::vector<TextCopy>> FindCopies(const SketchTable& table);

std::vector<DocId> ChooseOriginals(const std::vector<TextCopy>& copies, const KeepOrder& order);

}  // namespace refrain

#endif  // REFRAIN_KEEP_KEEP_ORDER_H_
