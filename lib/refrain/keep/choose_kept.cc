#include "refrain/keep/choose_kept.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/keep/block_filler.h"
#include "refrain/keep/block_resolver.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/item_prover.h"
#include "refrain/keep/lanes.h"

namespace refrain {
namespace {

using Scratch = ProofWorkspace::Scratch;

class LeaderPass {
 public:
  LeaderPass(const ProofInputs& inputs, const KeepOrder& order, const std::vector<DocId>& copy_of)
      : work_(inputs), order_(order), prover_(&work_, &order), lanes_(&work_) {
    const ProofOptions& options = work_.options;
    leaders_[Lane::kShort] = std::make_unique<GroupLeaders>(work_.shorts, options.hot_short_group,
                                                            options.hot_short_group);
    leaders_[Lane::kSketch] = std::make_unique<GroupLeaders>(work_.bands, options.hot_group);
    for (const Lane lane : kLanes) in_index_[lane].resize(work_.groups(lane).size());
    decision_.leader = copy_of;
  }

  absl::StatusOr<KeepDecision> Run() {
    REFRAIN_RETURN_IF_ERROR(lanes_.ShareMemory());
    REFRAIN_RETURN_IF_ERROR(lanes_.Open(Lane::kShort, work_.HotDocuments(Lane::kShort)));
    std::vector<Item> items;
    BlockFiller filler(work_, order_.docs.size(), [&](size_t rank) { return order_.docs[rank]; });
    while (!filler.done() || !items.empty()) {
      filler.Fill(&items);
      REFRAIN_RETURN_IF_ERROR(DecideBlock(&items));
      REFRAIN_RETURN_IF_ERROR(work_.source.store().CheckUnchanged());
      KeepDeferred(&items);
    }
    FollowCopies();
    decision_.limits = lanes_.limits();
    decision_.proofs = prover_.proofs();
    return std::move(decision_);
  }

 private:
  absl::Status DecideBlock(std::vector<Item>* items) {
    std::vector<Item*> undecided;
    for (Item& item : *items) undecided.push_back(&item);
    REFRAIN_RETURN_IF_ERROR(ProveAgainstEarlierBlocks(undecided));
    std::erase_if(undecided, [](const Item* item) { return item->leader != kNoDoc; });
    BlockResolver block(&work_, &leaders_, &prover_, &lanes_, &undecided);
    REFRAIN_RETURN_IF_ERROR(block.Resolve());
    Record(*items);
    return AppendLeaders(block, undecided);
  }

  static void KeepDeferred(std::vector<Item>* items) {
    std::erase_if(*items, [](const Item& item) { return !item.deferred; });
    for (Item& item : *items) {
      item.deferred = false;
      for (const Lane lane : kLanes) item.members[lane] = nullptr;
    }
  }

  // Makes items members of the lanes in which some of their groups are hot.
  absl::Status JoinIndexes(const std::vector<Item*>& items) {
    return work_.ForEach(items.size(), 16, [&](size_t i, Scratch* scratch) -> absl::Status {
      for (const Lane lane : kLanes) {
        const uint32_t hot = CountHot(lane, *items[i]);
        if (lane == Lane::kShort) items[i]->hot_keys = hot;
        if (hot > 0) REFRAIN_RETURN_IF_ERROR(JoinIndex(lane, items[i], scratch));
      }
      UseRareFirst(items[i]);
      return absl::OkStatus();
    });
  }

  uint32_t CountHot(Lane lane, const Item& item) const {
    if (item.rows[lane] == kNoRow) return 0;
    return static_cast<uint32_t>(
        std::ranges::count_if(work_.groups(lane).GroupsOf(item.rows[lane]),
                              [&](uint32_t group) { return leaders_[lane]->IsHot(group); }));
  }

  // The index has counted the set, and left it in the cache.
  absl::Status JoinIndex(Lane lane, Item* item, Scratch* scratch) const {
    if (!item->set.has_value()) {
      REFRAIN_ASSIGN_OR_RETURN(item->set, work_.source.Get(item->doc, scratch->own.get()));
    }
    lanes_.Join(lane, item);
    return absl::OkStatus();
  }

  // A proof against a set ends soonest if its rare shingles come first.
  static void UseRareFirst(Item* item) {
    for (const Lane lane : kLanes) {
      if (item->members[lane] != nullptr) item->set = item->members[lane]->set;
    }
  }

  absl::Status ProveAgainstEarlierBlocks(const std::vector<Item*>& items) {
    // A group is hot only in an open lane.
    if (std::ranges::any_of(kLanes, [&](Lane lane) { return lanes_.IsOpen(lane); })) {
      REFRAIN_RETURN_IF_ERROR(JoinIndexes(items));
    }
    ByLane<uint32_t> cutoffs;
    for (const Lane lane : kLanes) {
      if (lanes_.IsOpen(lane)) cutoffs[lane] = lanes_.Plan(lane, lanes_.Leaders(lane), items);
    }
    return work_.ForEach(items.size(), 16, [&](size_t i, Scratch* scratch) {
      for (const Lane lane : kLanes) {
        if (i + 1 < items.size()) PrefetchGroups(lane, *items[i + 1]);
        ListLeaders(lane, *items[i], scratch);
        if (lanes_.IsOpen(lane)) FindLeaders(lane, cutoffs[lane], *items[i], scratch);
      }
      return prover_.Prove(items[i], scratch);
    });
  }

  void PrefetchGroups(Lane lane, const Item& item) const {
    if (item.rows[lane] == kNoRow) return;
    for (const uint32_t group : work_.groups(lane).GroupsOf(item.rows[lane])) {
      leaders_[lane]->Prefetch(group);
    }
  }

  // The leaders of an item's groups that are not hot.
  void ListLeaders(Lane lane, const Item& item, Scratch* scratch) const {
    if (item.rows[lane] == kNoRow) return;
    for (const uint32_t group : work_.groups(lane).GroupsOf(item.rows[lane])) {
      if (leaders_[lane]->IsHot(group)) continue;
      for (const uint32_t row : leaders_[lane]->Leaders(group)) {
        prover_.AddGroupMember(lane, row, item, scratch);
      }
    }
  }

  void FindLeaders(Lane lane, uint32_t cutoff, const Item& item, Scratch* scratch) {
    lanes_.Find(lane, lanes_.Leaders(lane), cutoff, item, scratch, &scratch->found);
    for (const uint32_t row : scratch->found) prover_.AddFound(lane, row, item, scratch);
  }

  void Record(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (item.leader == kNoDoc) continue;
      decision_.leader[item.doc] = item.leader;
      decision_.removals.push_back(
          {item.doc, static_cast<uint32_t>(item.shared), static_cast<uint32_t>(item.united)});
    }
  }

  absl::Status AppendLeaders(const BlockResolver& block, const std::vector<Item*>& items) {
    const bool deferred = std::ranges::any_of(items, &Item::deferred);
    for (const Lane lane : kLanes) {
      std::vector<uint32_t> hot_rows;
      const std::span<const uint64_t> memberships = block.runs(lane).memberships();
      ForEachKey(memberships, [&](uint32_t group, std::span<const uint64_t> members) {
        // Nobody will look for the leaders of a group that has been seen whole.
        const bool whole = members.size() == work_.groups(lane).sizes[group] &&
                           leaders_[lane]->HoldsAll(group, members.size());
        if (whole && !deferred) return;
        for (const uint64_t member : members) {
          const Item& item = *items[member & UINT32_MAX];
          if (item.leader != kNoDoc || item.deferred) continue;
          AppendToGroup(lane, group, item.rows[lane], &hot_rows);
        }
      });
      REFRAIN_RETURN_IF_ERROR(AppendToIndex(lane, std::move(hot_rows)));
    }
    return lanes_.ShareMemory();
  }

  void AppendToGroup(Lane lane, uint32_t group, uint32_t row, std::vector<uint32_t>* hot_rows) {
    GroupLeaders& leaders = *leaders_[lane];
    if (leaders.IsHot(group) || !leaders.Add(group, row, hot_rows)) hot_rows->push_back(row);
  }

  // Opened when the first group gets hot.
  absl::Status AppendToIndex(Lane lane, std::vector<uint32_t> rows) {
    std::erase_if(rows, [&](uint32_t row) {
      const bool was_in = in_index_[lane][row];
      in_index_[lane][row] = true;
      return was_in;
    });
    if (rows.empty()) return absl::OkStatus();
    if (!lanes_.IsOpen(lane)) {
      REFRAIN_RETURN_IF_ERROR(lanes_.Open(lane, work_.HotDocuments(lane)));
    }
    const std::vector<DocId>& docs = work_.groups(lane).docs;
    std::vector<ShingleSet> sets(rows.size());
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(rows.size(), 16, [&](size_t i, Scratch* scratch) {
      REFRAIN_ASSIGN_OR_RETURN(const ShingleSet set,
                               work_.source.Get(docs[rows[i]], scratch->own.get()));
      sets[i] = lanes_.Ordered(lane, *set);
      return absl::OkStatus();
    }));
    std::vector<PrefixIndex::Entry> entries;
    for (size_t i = 0; i < rows.size(); ++i) entries.push_back({rows[i], *sets[i]});
    lanes_.Leaders(lane).Add(entries);
    return absl::OkStatus();
  }

  // A copy shares the fate of what it is a copy of.
  void FollowCopies() {
    std::vector<DocId>& leader = decision_.leader;
    std::vector<Removal>& removals = decision_.removals;
    std::ranges::sort(removals, {}, &Removal::doc);
    std::vector<Removal> followers;
    for (DocId doc = 0; doc < leader.size(); ++doc) {
      const DocId original = leader[doc];
      if (leader[original] == original) continue;  // kept, a copy of a kept one, or removed itself
      const Removal* removal = decision_.FindRemoval(original);
      followers.push_back({doc, removal->shared, removal->united});
    }
    for (const Removal& follower : followers) leader[follower.doc] = leader[leader[follower.doc]];
    const auto middle = removals.insert(removals.end(), followers.begin(), followers.end());
    std::ranges::inplace_merge(removals, middle, {}, &Removal::doc);
  }

  ProofWorkspace work_;
  const KeepOrder& order_;
  ItemProver prover_;
  Lanes lanes_;
  ByLane<std::unique_ptr<GroupLeaders>> leaders_;
  ByLane<std::vector<bool>> in_index_;  // by row
  KeepDecision decision_;
};

}  // namespace

const Removal* KeepDecision::FindRemoval(DocId doc) const {
  const auto it = std::ranges::lower_bound(removals, doc, {}, &Removal::doc);
  return it == removals.end() || it->doc != doc ? nullptr : &*it;
}

double KeepDecision::Similarity(DocId doc) const {
  const Removal* removal = FindRemoval(doc);
  return removal == nullptr ? 1.0 : removal->Jaccard();
}

absl::StatusOr<KeepDecision> ChooseKept(const ProofInputs& inputs, const KeepOrder& order,
                                        const std::vector<DocId>& copy_of) {
  return LeaderPass(inputs, order, copy_of).Run();
}

}  // namespace refrain
