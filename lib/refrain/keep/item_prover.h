// Proves an item's candidates in their order until one is its twin.
//
// The item's text is read only if a candidate is left to prove: of documents that share short keys, those that share
// too few of them are none, and of long ones those that bitmaps rule out.
// Threads: concurrent-safe for different items.
#ifndef REFRAIN_KEEP_ITEM_PROVER_H_
#define REFRAIN_KEEP_ITEM_PROVER_H_

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"
#include "refrain/keep/keep_order.h"
#include "refrain/keep/lanes.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {

class ItemProver {
 public:
  ItemProver(const ProofWorkspace* work, const KeepOrder* order) : work_(*work), order_(*order) {}

  using Scratch = ProofWorkspace::Scratch;

  // Makes the document of a row a candidate of the item, if the two are a pair of the lane. In the short lane it is
  // called for each key that they share.
  void AddGroupMember(Lane lane, uint32_t row, const Item& item, Scratch* scratch) const;

  // Makes a document that an index of the lane found a candidate.
  void AddFound(Lane lane, uint32_t row, const Item& item, Scratch* scratch) const;

  // Sets leader, shared and united of the item if a candidate reaches the threshold; takes the candidates out of the
  // scratch. If none does, the item has its set, where it was needed.
  absl::Status Prove(Item* item, Scratch* scratch) const;

  uint32_t Rank(const Item& item) const { return order_.ranks[item.doc]; }
  uint32_t Rank(DocId doc) const { return order_.ranks[doc]; }
  uint64_t proofs() const { return proofs_; }

 private:
  void TakeShortCandidates(const Item& item, Scratch* scratch) const;
  absl::Status ProveInOrder(Item* item, Scratch* scratch) const;
  absl::Status LoadSet(const Item& item, Scratch* scratch) const;
  absl::Status ProvePair(DocId other, Item* item, Scratch* scratch) const;

  const ProofWorkspace& work_;
  const KeepOrder& order_;
  mutable std::atomic<uint64_t> proofs_{0};
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_ITEM_PROVER_H_
