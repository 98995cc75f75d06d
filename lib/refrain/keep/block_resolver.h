// Decides the documents of one block among themselves, in keep order.
//
// Candidates inside the block connect its documents into components, which do not depend on each other and are
// decided in parallel, each one document after the other: proven against the leaders found so far, and a leader itself
// if none is a twin. When a group collects more than options.hot_group leaders, the rest of the component is deferred:
// the next block has these leaders in an index, which costs less than one proof each.
// Input: items in keep order, none with a twin yet. Output: leader, shared, united or deferred of each item.
// Determinism: the result depends on the block alone.
#ifndef REFRAIN_KEEP_BLOCK_RESOLVER_H_
#define REFRAIN_KEEP_BLOCK_RESOLVER_H_

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/disjoint_sets.h"
#include "refrain/keep/block_runs.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/item_prover.h"
#include "refrain/keep/lanes.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {

class BlockResolver {
 public:
  // All must outlive the resolver. `items` are in keep order.
  BlockResolver(ProofWorkspace* work, const ByLane<std::unique_ptr<GroupLeaders>>* leaders,
                const ItemProver* prover, Lanes* lanes, const std::vector<Item*>* items);

  absl::Status Resolve();

  const BlockRuns& runs(Lane lane) const { return *runs_[lane]; }

 private:
  using Scratch = ProofWorkspace::Scratch;

  absl::Status FindPartners(Lane lane);
  void KeepPartners(Lane lane, size_t i, const std::vector<uint32_t>& found);
  absl::Status ResolveComponent(std::span<const uint32_t> members, Scratch* scratch);
  absl::Status ResolveItem(uint32_t index, Scratch* scratch);
  bool MadeAGroupHot(uint32_t index) const;

  struct Partner {
    Lane lane;
    uint32_t index;
  };

  ProofWorkspace& work_;
  const ItemProver& prover_;
  Lanes& lanes_;
  const std::vector<Item*>& items_;

  DisjointSets components_;
  ByLane<std::unique_ptr<BlockRuns>> runs_;
  std::vector<std::vector<Partner>> partners_;  // by item: earlier items that an index found
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_BLOCK_RESOLVER_H_
