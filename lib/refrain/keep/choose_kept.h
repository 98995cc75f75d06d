// Decides which documents are kept: candidates, proof and keeping in one pass in keep order.
//
// Let E be the pairs that CandidateRule makes candidates and whose exact Jaccard is at least the threshold. The kept
// documents are the lexicographically first maximal independent set of E in keep order, so neither threads nor
// blocks can change it; every other document names a kept one, its leader, with the exact figure.
// Only leaders are compared with. A document's candidates are proven in the order (sketch distance, keep rank), those
// of earlier blocks before those of its own; the first at or above the threshold is its leader.
// Input: sketches, groups, order and copies of one corpus; a source of shingle sets. Output: KeepDecision.
// Cost: one text read again for each document with a candidate, about one proof for each document removed; groups with
//   more than hot_group leaders are searched by prefix index instead of pair by pair.
// Threads: uses all that are allowed. Errors: those of the source.
// Source: docs/design.md section 6.
#ifndef REFRAIN_KEEP_CHOOSE_KEPT_H_
#define REFRAIN_KEEP_CHOOSE_KEPT_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/keep/candidate_rule.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/keep_order.h"
#include "refrain/keep/proof_workspace.h"
#include "refrain/proof/shingle_source.h"

namespace refrain {

// The proof of a removal.
struct Removal {
  double Jaccard() const { return static_cast<double>(shared) / static_cast<double>(united); }

  DocId doc;
  uint32_t shared;
  uint32_t united;
};

struct KeepDecision {
  std::vector<DocId> leader;  // of each document; itself if kept
  std::vector<Removal>
      removals;  // ascending by doc; removed documents without one equal their leader token by token
  Limits limits;
  uint64_t proofs = 0;  // pairs compared

  const Removal* FindRemoval(DocId doc) const;
  double Similarity(DocId doc) const;  // to its leader; 1 if kept or a copy
};

absl::StatusOr<KeepDecision> ChooseKept(const ProofInputs& inputs, const KeepOrder& order,
                                        const std::vector<DocId>& copy_of);

}  // namespace refrain

#endif  // REFRAIN_KEEP_CHOOSE_KEPT_H_
