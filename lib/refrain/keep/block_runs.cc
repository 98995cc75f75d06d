#include "refrain/keep/block_runs.h"

#include "refrain/bucket/radix_sort.h"

namespace refrain {

BlockRuns::BlockRuns(const std::vector<Item*>& items, Lane lane, const Groups& groups,
                     const GroupLeaders& leaders, DisjointSets* components) {
  for (size_t index = 0; index < items.size(); ++index) {
    const uint32_t row = items[index]->rows[lane];
    if (row == kNoRow) continue;
    for (const uint32_t group : groups.GroupsOf(row)) {
      memberships_.push_back(uint64_t{group} << 32 | index);
    }
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&memberships_, &scratch);
  ForEachKey(memberships_, [&](uint32_t group, std::span<const uint64_t> members) {
    // Looked up for few of the groups: most have but one member here.
    if (members.size() > 1 && !leaders.IsHot(group)) AddRun(members, components);
  });
  leaders_.resize(run_of_.size());
  RadixSortByKey(&run_of_, &scratch);
  run_begins_.resize(items.size() + 1, 0);
  for (const uint64_t value : run_of_) {
    ++run_begins_[(value >> 32) + 1];
    runs_.push_back(static_cast<uint32_t>(value));
  }
  for (size_t i = 0; i < items.size(); ++i) run_begins_[i + 1] += run_begins_[i];
}

void BlockRuns::AddRun(std::span<const uint64_t> members, DisjointSets* components) {
  const auto run = static_cast<uint32_t>(leader_counts_.size());
  leader_begins_.push_back(static_cast<uint32_t>(run_of_.size()));
  leader_counts_.push_back(0);
  for (const uint64_t member : members) {
    const auto index = static_cast<uint32_t>(member);
    run_of_.push_back(uint64_t{index} << 32 | run);
    components->Join(static_cast<uint32_t>(members.front()), index);
  }
}

}  // namespace refrain
