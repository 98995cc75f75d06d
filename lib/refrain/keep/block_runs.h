// Which documents of a block share a group, and which of them are leaders by now.
//
// A run is a group, not hot, of which two documents or more are in the block.
// Memory: 8 bytes for each membership of a document in a group, as many again while it is made; 12 for each in a run.
// Threads: const methods are concurrent-safe; AddLeader is for different runs.
#ifndef REFRAIN_KEEP_BLOCK_RUNS_H_
#define REFRAIN_KEEP_BLOCK_RUNS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "refrain/base/disjoint_sets.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/lanes.h"

namespace refrain {

class BlockRuns {
 public:
  // Documents go by their index among the items. Joins those that share a run in `components`.
  BlockRuns(const std::vector<Item*>& items, Lane lane, const Groups& groups,
            const GroupLeaders& leaders, DisjointSets* components);

  // group << 32 | index of each membership of the block, sorted; hot groups as well.
  std::span<const uint64_t> memberships() const { return memberships_; }

  std::span<const uint32_t> RunsOf(uint32_t index) const {
    return {runs_.data() + run_begins_[index], run_begins_[index + 1] - run_begins_[index]};
  }
  std::span<const uint32_t> Leaders(uint32_t run) const {
    return {leaders_.data() + leader_begins_[run], leader_counts_[run]};
  }
  // Notes that a document has become a leader, in all its runs.
  void AddLeader(uint32_t index) {
    for (const uint32_t run : RunsOf(index)) {
      leaders_[leader_begins_[run] + leader_counts_[run]++] = index;
    }
  }

 private:
  void AddRun(std::span<const uint64_t> members, DisjointSets* components);

  std::vector<uint64_t> memberships_;
  std::vector<uint64_t> run_of_;  // index << 32 | run
  std::vector<uint32_t> run_begins_;
  std::vector<uint32_t> runs_;
  std::vector<uint32_t> leader_begins_;
  std::vector<uint32_t> leader_counts_;
  std::vector<uint32_t> leaders_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_BLOCK_RUNS_H_
