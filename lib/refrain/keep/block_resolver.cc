#include "refrain/keep/block_resolver.h"

#include <algorithm>

#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"

namespace refrain {

absl::Status BlockResolver::Resolve() {
  FindRuns();
  for (const Lane lane : kLanes) REFRAIN_RETURN_IF_ERROR(FindPartners(lane));
  const std::vector<std::vector<uint32_t>> components = components_.Members();
  return work_.ForEach(components.size(), 16, [&](size_t i, Scratch* scratch) {
    return ResolveComponent(components[i], scratch);
  });
}

// Runs: the items of each group that is not hot.
void BlockResolver::FindRuns() {
  std::vector<uint64_t> values;
  for (size_t i = 0; i < items_.size(); ++i) {
    if (items_[i]->row == kNoRow) continue;
    for (const uint32_t group : work_.groups.GroupsOf(items_[i]->row)) {
      if (group == kNoGroup || leaders_.IsHot(group)) continue;
      values.push_back(uint64_t{group} << 32 | i);
    }
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  for (size_t begin = 0, end = 0; begin < values.size(); begin = end) {
    while (end < values.size() && values[end] >> 32 == values[begin] >> 32) ++end;
    if (end - begin > 1) AddRun(&values[begin], &values[begin] + (end - begin));
  }
}

void BlockResolver::AddRun(const uint64_t* begin, const uint64_t* end) {
  const uint32_t run = static_cast<uint32_t>(run_leaders_.size());
  run_leaders_.emplace_back();
  for (const uint64_t* value = begin; value != end; ++value) {
    const uint32_t index = static_cast<uint32_t>(*value);
    runs_of_[index].push_back(run);
    components_.Join(static_cast<uint32_t>(*begin), index);
  }
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
    for (const uint32_t partner : partners_[i]) components_.Join(partner, i);
  }
  return absl::OkStatus();
}

void BlockResolver::KeepPartners(Lane lane, size_t i, const std::vector<uint32_t>& found) {
  const uint32_t rank = prover_.Rank(*items_[i]);
  for (const uint32_t id : found) {
    const uint32_t other_rank = prover_.Rank(lanes_.DocOf(lane, id));
    if (other_rank >= rank) continue;
    const auto it = std::ranges::lower_bound(items_, other_rank, {},
                                             [&](const Item* item) { return prover_.Rank(*item); });
    partners_[i].push_back(static_cast<uint32_t>(it - items_.begin()));
  }
}

absl::Status BlockResolver::ResolveComponent(const std::vector<uint32_t>& members,
                                             Scratch* scratch) {
  bool hot = false;
  for (const uint32_t index : members) {
    items_[index]->deferred = hot;
    if (hot) continue;
    REFRAIN_RETURN_IF_ERROR(ResolveItem(index, scratch));
    hot = std::ranges::any_of(runs_of_[index], [&](uint32_t run) {
      return run_leaders_[run].size() > work_.options.hot_group;
    });
  }
  return absl::OkStatus();
}

absl::Status BlockResolver::ResolveItem(uint32_t index, Scratch* scratch) {
  Item* item = items_[index];
  for (const uint32_t run : runs_of_[index]) {
    for (const uint32_t other : run_leaders_[run]) {
      if (!work_.rule.BandPair(item->row, items_[other]->row)) continue;
      prover_.AddCandidate(items_[other]->row, items_[other]->doc, item);
    }
  }
  for (const uint32_t other : partners_[index]) {
    if (items_[other]->leader != kNoDoc) continue;
    prover_.AddCandidate(items_[other]->row, items_[other]->doc, item);
  }
  REFRAIN_RETURN_IF_ERROR(prover_.Prove(item, scratch));
  if (item->leader != kNoDoc) return absl::OkStatus();
  for (const uint32_t run : runs_of_[index]) run_leaders_[run].push_back(index);
  work_.source.Put(item->doc, item->set);
  return absl::OkStatus();
}

}  // namespace refrain
