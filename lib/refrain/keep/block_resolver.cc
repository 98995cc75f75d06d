#include "refrain/keep/block_resolver.h"

#include <algorithm>

#include "refrain/base/status_macros.h"

namespace refrain {

BlockResolver::BlockResolver(ProofWorkspace* work,
                             const ByLane<std::unique_ptr<GroupLeaders>>* leaders,
                             const ItemProver* prover, Lanes* lanes,
                             const std::vector<Item*>* items)
    : work_(*work),
      prover_(*prover),
      lanes_(*lanes),
      items_(*items),
      components_(items->size()),
      partners_(items->size()) {
  for (const Lane lane : kLanes) {
    runs_[lane] = std::make_unique<BlockRuns>(items_, lane, work_.groups(lane), *(*leaders)[lane],
                                              &components_);
  }
}

absl::Status BlockResolver::Resolve() {
  for (const Lane lane : kLanes) REFRAIN_RETURN_IF_ERROR(FindPartners(lane));
  const DisjointSets::Sets components = components_.Members();
  return work_.ForEach(components.size(), 16, [&](size_t i, Scratch* scratch) {
    return ResolveComponent(components[i], scratch);
  });
}

absl::Status BlockResolver::FindPartners(Lane lane) {
  if (!lanes_.IsOpen(lane)) return absl::OkStatus();
  PrefixIndex index = lanes_.NewIndex(lane);
  index.Add(lanes_.Entries(lane, items_));
  const uint32_t cutoff = lanes_.Plan(lane, index, items_);
  REFRAIN_RETURN_IF_ERROR(work_.ForEach(items_.size(), 16, [&](size_t i, Scratch* scratch) {
    lanes_.Find(lane, index, cutoff, *items_[i], scratch, &scratch->found);
    KeepPartners(lane, i, scratch->found);
    return absl::OkStatus();
  }));
  for (uint32_t i = 0; i < items_.size(); ++i) {
    for (const Partner partner : partners_[i]) components_.Join(partner.index, i);
  }
  return absl::OkStatus();
}

void BlockResolver::KeepPartners(Lane lane, size_t i, const std::vector<uint32_t>& found) {
  const uint32_t rank = prover_.Rank(*items_[i]);
  for (const uint32_t id : found) {
    const uint32_t other_rank = prover_.Rank(work_.groups(lane).docs[id]);
    if (other_rank >= rank) continue;
    const auto it = std::ranges::lower_bound(items_, other_rank, {},
                                             [&](const Item* item) { return prover_.Rank(*item); });
    partners_[i].push_back({lane, static_cast<uint32_t>(it - items_.begin())});
  }
}

absl::Status BlockResolver::ResolveComponent(std::span<const uint32_t> members, Scratch* scratch) {
  bool hot = false;
  for (const uint32_t index : members) {
    items_[index]->deferred = hot;
    if (hot) continue;
    REFRAIN_RETURN_IF_ERROR(ResolveItem(index, scratch));
    hot = MadeAGroupHot(index);
  }
  return absl::OkStatus();
}

// In the short lane groups are hot by their size, before any block.
bool BlockResolver::MadeAGroupHot(uint32_t index) const {
  const BlockRuns& runs = *runs_[Lane::kSketch];
  return std::ranges::any_of(runs.RunsOf(index), [&](uint32_t run) {
    return runs.Leaders(run).size() > work_.options.hot_group;
  });
}

absl::Status BlockResolver::ResolveItem(uint32_t index, Scratch* scratch) {
  Item* const item = items_[index];
  for (const Lane lane : kLanes) {
    for (const uint32_t run : runs_[lane]->RunsOf(index)) {
      for (const uint32_t other : runs_[lane]->Leaders(run)) {
        prover_.AddGroupMember(lane, items_[other]->rows[lane], *item, scratch);
      }
    }
  }
  for (const auto [lane, other] : partners_[index]) {
    if (items_[other]->leader != kNoDoc) continue;
    prover_.AddFound(lane, items_[other]->rows[lane], *item, scratch);
  }
  REFRAIN_RETURN_IF_ERROR(prover_.Prove(item, scratch));
  if (item->leader != kNoDoc) return absl::OkStatus();
  for (const Lane lane : kLanes) runs_[lane]->AddLeader(index);
  if (item->IsMember()) work_.source.Put(item->doc, *item->set);
  return absl::OkStatus();
}

}  // namespace refrain
