// Proves an item's candidates in their order until one is its twin.
//
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

  // Makes another document (and its row) a candidate of the item.
  void AddCandidate(uint32_t row, DocId doc, Item* item) const {
    const auto distance = static_cast<uint32_t>(work_.rule.RowDistance(item->row, row));
    item->candidates.push_back(uint64_t{distance} << 32 | order_.ranks[doc]);
  }

  // Sets leader, shared and united of the item if a candidate reaches the threshold; takes its candidates.
  absl::Status Prove(Item* item, ProofWorkspace::Scratch* scratch) const;

  uint32_t Rank(const Item& item) const { return order_.ranks[item.doc]; }
  uint32_t Rank(DocId doc) const { return order_.ranks[doc]; }
  uint64_t proofs() const { return proofs_; }

 private:
  const ProofWorkspace& work_;
  const KeepOrder& order_;
  mutable std::atomic<uint64_t> proofs_{0};
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_ITEM_PROVER_H_
