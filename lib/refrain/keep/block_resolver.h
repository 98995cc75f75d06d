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
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/disjoint_sets.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/item_prover.h"
#include "refrain/keep/lanes.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {

class BlockResolver {
 public:
  // All must outlive the resolver. `items` are in keep order.
  BlockResolver(ProofWorkspace* work, const GroupLeaders* leaders, const ItemProver* prover,
                Lanes* lanes, const std::vector<Item*>* items)
      : work_(*work),
        leaders_(*leaders),
        prover_(*prover),
        lanes_(*lanes),
        items_(*items),
        components_(items->size()),
        runs_of_(items->size()),
        partners_(items->size()) {}

  absl::Status Resolve();

 private:
  using Scratch = ProofWorkspace::Scratch;

  void FindRuns();
  void AddRun(const uint64_t* begin, const uint64_t* end);
  absl::Status FindPartners(Lane lane);
  void KeepPartners(Lane lane, size_t i, const std::vector<uint32_t>& found);
  absl::Status ResolveComponent(const std::vector<uint32_t>& members, Scratch* scratch);
  absl::Status ResolveItem(uint32_t index, Scratch* scratch);

  ProofWorkspace& work_;
  const GroupLeaders& leaders_;
  const ItemProver& prover_;
  Lanes& lanes_;
  const std::vector<Item*>& items_;

  DisjointSets components_;
  std::vector<std::vector<uint32_t>>
      runs_of_;  // by item: the groups that it shares with other items
  std::vector<std::vector<uint32_t>> partners_;     // by item: earlier items that a lane found
  std::vector<std::vector<uint32_t>> run_leaders_;  // by run: the leaders so far
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_BLOCK_RESOLVER_H_
