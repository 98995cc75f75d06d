// All pairs of documents that are candidates and reach the threshold, not only those that decide what is kept.
//
// Output: pairs of documents that are nobody's copy, a < b, sorted; copies are expanded by ForEachExpanded.
// Cost: every candidate pair is proven: linear in the corpus plus candidates; groups with more than hot_group members
//   are searched by prefix index. 12 bytes a pair found.
// Threads: uses all that are allowed. Errors: those of the source; ResourceExhausted, stating the count, if there are
//   more than max_pairs pairs, copies expanded (no more than that are ever held).
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(ProvenPairs pairs, FindProvenPairs(inputs, copy_of, 1000));
#ifndef REFRAIN_KEEP_PROVEN_PAIRS_H_
#define REFRAIN_KEEP_PROVEN_PAIRS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {

struct ProvenPair {
  DocId a;
  DocId b;
  uint32_t shared;  // shingles in both
};

struct ProvenPairs {
  std::vector<ProvenPair> pairs;  // sorted by (a, b), a < b
  uint64_t expanded = 0;          // how many there are with copies
  Limits limits;
  uint64_t proofs = 0;
};

absl::StatusOr<ProvenPairs> FindProvenPairs(const ProofInputs& inputs,
                                            const std::vector<DocId>& copy_of, uint64_t max_pairs);

// The pairs that there are when every copy stands for its original, sorted by (a, b), a < b. Copies of one text are
// pairs too; `shared` is then the size of their set. REQUIRES: the table was made with exact sizes.
std::vector<ProvenPair> Expand(const ProvenPairs& pairs, const std::vector<DocId>& copy_of,
                               const SketchTable& table);

}  // namespace refrain

#endif  // REFRAIN_KEEP_PROVEN_PAIRS_H_
