#include "refrain/keep/choose_kept.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <numeric>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/keep/disjoint_sets.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {
namespace {

// A document of the block that is being decided. In the hot lane's index it goes by its row, else by its DocId.
struct Item {
  DocId doc = kNoDoc;
  uint32_t row = kNoRow;
  ShingleSetPtr set;
  std::array<std::unique_ptr<IndexLane::Member>, kLanes> members;  // null where not in the lane
  std::vector<uint64_t> candidates;  // distance << 32 | keep rank: sorting gives the order of proof
  DocId leader = kNoDoc;
  uint64_t shared = 0;
  uint64_t united = 0;
  bool deferred = false;  // left to the next block
};

// The pairs inside a block: runs of items that share a cold group, and partners that a lane found.
struct Inside {
  std::vector<std::vector<uint32_t>> runs_of;   // by item
  std::vector<std::vector<uint32_t>> partners;  // by item: earlier items
  std::vector<std::vector<uint32_t>> run_leaders;
};

using Scratch = ProofWorkspace::Scratch;

class LeaderPass {
 public:
  LeaderPass(const ProofInputs& inputs, const KeepOrder& order, const std::vector<DocId>& copy_of)
      : work_(inputs),
        table_(inputs.table),
        groups_(inputs.groups),
        order_(order),
        rule_(inputs.rule),
        source_(inputs.source),
        options_(inputs.options),
        leaders_(inputs.groups, inputs.options.hot_group),
        in_hot_index_(inputs.groups.size(), false) {
    decision_.leader = copy_of;
  }

  absl::StatusOr<KeepDecision> Run() {
    REFRAIN_ASSIGN_OR_RETURN(lanes_[kShortLane],
                             work_.OpenLane(work_.ShortDocuments(decision_.leader)));
    std::vector<Item> items;
    for (size_t rank = 0; rank < order_.docs.size() || !items.empty();) {
      const size_t deferred = items.size();
      TakeBlock(&rank, &items);
      REFRAIN_RETURN_IF_ERROR(DecideBlock(deferred, &items));
      KeepDeferred(&items);
    }
    Finish();
    return std::move(decision_);
  }

 private:
  uint64_t Key(uint32_t row, uint32_t other_row, DocId other) const {
    return uint64_t(static_cast<uint32_t>(rule_.RowDistance(row, other_row))) << 32 |
           order_.ranks[other];
  }

  static uint32_t IdInLane(Lane lane, const Item& item) {
    return lane == kHotLane ? item.row : item.doc;
  }
  DocId DocOfId(Lane lane, uint32_t id) const { return lane == kHotLane ? groups_.docs[id] : id; }
  uint32_t RowOfId(Lane lane, uint32_t id) const { return lane == kHotLane ? id : groups_.RowOf(id); }
  bool IsCandidate(Lane lane, const Item& item, uint32_t other) const {
    return lane == kHotLane ? rule_.BandPair(item.row, other) : rule_.ShortPair(item.doc, other);
  }

  // Fills the block with the next documents in keep order that may have a partner; the others are leaders without
  // further ado.
  void TakeBlock(size_t* rank, std::vector<Item>* items) const {
    uint64_t shingles = 0;
    for (const Item& item : *items) shingles += table_.shingles[item.doc];
    for (; *rank < order_.docs.size() && items->size() < options_.block_documents &&
           shingles < options_.block_shingles;
         ++*rank) {
      const DocId doc = order_.docs[*rank];
      if (decision_.leader[doc] != doc) continue;
      const uint32_t row = groups_.RowOf(doc);
      if (row == kNoRow && !rule_.InShortLane(doc)) continue;
      shingles += table_.shingles[doc];
      Item item;
      item.doc = doc;
      item.row = row;
      items->push_back(std::move(item));
    }
  }

  absl::Status DecideBlock(size_t deferred, std::vector<Item>* items) {
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(items->size(), 16, [&](size_t i, Scratch* scratch) {
      return Gather(&(*items)[i], scratch);
    }));
    REFRAIN_RETURN_IF_ERROR(ProveAgainstEarlierBlocks(deferred, items));
    std::vector<Item*> undecided;
    for (Item& item : *items) {
      if (item.leader == kNoDoc) undecided.push_back(&item);
    }
    REFRAIN_RETURN_IF_ERROR(ResolveInside(undecided));
    Record(*items);
    return AppendLeaders(undecided);
  }

  static void KeepDeferred(std::vector<Item>* items) {
    std::erase_if(*items, [](const Item& item) { return !item.deferred; });
    for (Item& item : *items) {
      item.deferred = false;
      item.members = {};
    }
  }

  // The leaders of an item's cold groups, its set, and what it has to read in its lanes.
  absl::Status Gather(Item* item, Scratch* scratch) {
    bool hot = false;
    if (item->row != kNoRow) {
      for (const uint32_t group : groups_.GroupsOf(item->row)) {
        if (group == kNoGroup) continue;
        hot |= leaders_.IsHot(group);
        if (!leaders_.IsHot(group)) GatherLeaders(group, item);
      }
    }
    if (item->set == nullptr) {
      auto set = std::make_shared<std::vector<uint64_t>>();
      REFRAIN_RETURN_IF_ERROR(source_.Read(item->doc, scratch->source.get(), set.get()));
      item->set = std::move(set);
    }
    if (hot) Join(kHotLane, *item->set, item);
    if (rule_.InShortLane(item->doc)) Join(kShortLane, *item->set, item);
    return absl::OkStatus();
  }

  void GatherLeaders(uint32_t group, Item* item) {
    for (const uint32_t row : leaders_.Leaders(group)) {
      if (rule_.BandPair(item->row, row)) {
        item->candidates.push_back(Key(item->row, row, groups_.docs[row]));
      }
    }
  }

  void Join(Lane lane, const std::vector<uint64_t>& set, Item* item) {
    item->members[lane] = std::make_unique<IndexLane::Member>();
    IndexLane::Member* member = item->members[lane].get();
    member->set = set;
    lanes_[lane]->Order(member);
    lanes_[lane]->leaders().FindRuns(member->set, &member->probe);
  }

  // `fresh`: how many of the items have not been in a block before.
  template <class Items>
  uint32_t Cutoff(Lane lane, const Items& items, size_t fresh) {
    std::vector<const Probe*> probes;
    for (const auto& item : items) {
      const auto& member = Deref(item).members[lane];
      if (member != nullptr) probes.push_back(&member->probe);
    }
    return probes.empty() ? kReadAll : lanes_[lane]->Cutoff(probes, fresh);
  }
  static const Item& Deref(const Item& item) { return item; }
  static const Item& Deref(const Item* item) { return *item; }

  absl::Status ProveAgainstEarlierBlocks(size_t deferred, std::vector<Item>* items) {
    std::array<uint32_t, kLanes> cutoff;
    for (const Lane lane : {kShortLane, kHotLane}) {
      const auto fresh = std::ranges::count_if(
          items->begin() + static_cast<ptrdiff_t>(deferred), items->end(),
          [&](const Item& item) { return item.members[lane] != nullptr; });
      cutoff[lane] = Cutoff(lane, *items, static_cast<size_t>(fresh));
    }
    return work_.ForEach(items->size(), 16, [&](size_t i, Scratch* scratch) {
      Item* item = &(*items)[i];
      for (const Lane lane : {kShortLane, kHotLane}) {
        if (item->members[lane] == nullptr) continue;
        scratch->found.clear();
        lanes_[lane]->leaders().Collect(item->members[lane]->probe, cutoff[lane], &scratch->counter,
                                        &scratch->found);
        for (const uint32_t id : scratch->found) {
          if (!IsCandidate(lane, *item, id)) continue;
          item->candidates.push_back(Key(item->row, RowOfId(lane, id), DocOfId(lane, id)));
        }
      }
      return Prove(item, scratch);
    });
  }

  // Proves an item's candidates in their order until one is its leader.
  absl::Status Prove(Item* item, Scratch* scratch) {
    std::vector<uint64_t>& candidates = item->candidates;
    if (candidates.empty()) return absl::OkStatus();
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    scratch->table.Assign(*item->set, &scratch->distinct);
    for (const uint64_t key : candidates) {
      const DocId other = order_.docs[key & UINT32_MAX];
      const uint64_t size = item->set->size();
      const uint64_t other_size = table_.shingles[other];
      const uint64_t need = MinOverlap(size, other_size, options_.threshold);
      if (need > std::min(size, other_size)) continue;
      REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set, source_.Get(other, scratch->source.get()));
      proofs_.fetch_add(1, std::memory_order_relaxed);
      if (const auto shared = scratch->table.Overlap(*set, need)) {
        item->leader = other;
        item->shared = *shared;
        item->united = size + other_size - *shared;
        break;
      }
    }
    candidates.clear();
    return absl::OkStatus();
  }

  // Decides the items of one block among themselves, in keep order. Items that no chain of candidates connects do
  // not depend on each other, so the components are decided in parallel.
  absl::Status ResolveInside(const std::vector<Item*>& items) {
    Inside inside;
    DisjointSets components(items.size());
    FindRuns(items, &inside, &components);
    for (const Lane lane : {kShortLane, kHotLane}) {
      REFRAIN_RETURN_IF_ERROR(FindPartners(lane, items, &inside, &components));
    }
    const std::vector<std::vector<uint32_t>> members = components.Members();
    return work_.ForEach(members.size(), 16, [&](size_t i, Scratch* scratch) {
      return ResolveComponent(items, members[i], &inside, scratch);
    });
  }

  // Ends early when a group gets hot: the rest of the component is left to the next block, which then has the group's
  // leaders in the index. Nothing outside the component depends on it.
  absl::Status ResolveComponent(const std::vector<Item*>& items,
                                const std::vector<uint32_t>& members, Inside* inside,
                                Scratch* scratch) {
    bool hot = false;
    for (const uint32_t index : members) {
      items[index]->deferred = hot;
      if (hot) continue;
      REFRAIN_RETURN_IF_ERROR(ResolveItem(items, index, inside, scratch));
      hot = std::ranges::any_of(inside->runs_of[index], [&](uint32_t run) {
        return inside->run_leaders[run].size() > options_.hot_group;
      });
    }
    return absl::OkStatus();
  }

  void FindRuns(const std::vector<Item*>& items, Inside* inside, DisjointSets* components) {
    inside->runs_of.resize(items.size());
    std::vector<uint64_t> values;
    for (size_t i = 0; i < items.size(); ++i) {
      if (items[i]->row == kNoRow) continue;
      for (const uint32_t group : groups_.GroupsOf(items[i]->row)) {
        if (group != kNoGroup && !leaders_.IsHot(group)) values.push_back(uint64_t{group} << 32 | i);
      }
    }
    std::vector<uint64_t> scratch;
    RadixSortByKey(&values, &scratch);
    for (size_t begin = 0, end = 0; begin < values.size(); begin = end) {
      while (end < values.size() && values[end] >> 32 == values[begin] >> 32) ++end;
      if (end - begin < 2) continue;
      const uint32_t run = static_cast<uint32_t>(inside->run_leaders.size());
      inside->run_leaders.emplace_back();
      for (size_t i = begin; i < end; ++i) {
        const uint32_t index = static_cast<uint32_t>(values[i]);
        inside->runs_of[index].push_back(run);
        components->Join(static_cast<uint32_t>(values[begin]), index);
      }
    }
  }

  absl::Status FindPartners(Lane lane, const std::vector<Item*>& items, Inside* inside,
                            DisjointSets* components) {
    inside->partners.resize(items.size());
    if (lanes_[lane] == nullptr) return absl::OkStatus();
    PrefixIndex index = lanes_[lane]->NewIndex();
    std::vector<PrefixIndex::Entry> entries;
    for (const Item* item : items) {
      if (item->members[lane] == nullptr) continue;
      entries.push_back({IdInLane(lane, *item), item->members[lane]->set});
    }
    index.Add(entries);
    for (Item* item : items) {
      if (item->members[lane] != nullptr) {
        index.FindRuns(item->members[lane]->set, &item->members[lane]->probe);
      }
    }
    const uint32_t cutoff = Cutoff(lane, items, 0);
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(items.size(), 16, [&](size_t i, Scratch* scratch) {
      if (items[i]->members[lane] == nullptr) return absl::OkStatus();
      scratch->found.clear();
      index.Collect(items[i]->members[lane]->probe, cutoff, &scratch->counter, &scratch->found);
      KeepPartners(lane, items, i, scratch->found, inside);
      return absl::OkStatus();
    }));
    for (uint32_t i = 0; i < items.size(); ++i) {
      for (const uint32_t partner : inside->partners[i]) components->Join(partner, i);
    }
    return absl::OkStatus();
  }

  void KeepPartners(Lane lane, const std::vector<Item*>& items, size_t i,
                    const std::vector<uint32_t>& found, Inside* inside) const {
    const uint32_t rank = order_.ranks[items[i]->doc];
    for (const uint32_t id : found) {
      const uint32_t other_rank = order_.ranks[DocOfId(lane, id)];
      if (other_rank >= rank || !IsCandidate(lane, *items[i], id)) continue;
      const auto it = std::ranges::lower_bound(
          items, other_rank, {}, [&](const Item* item) { return order_.ranks[item->doc]; });
      inside->partners[i].push_back(static_cast<uint32_t>(it - items.begin()));
    }
  }

  absl::Status ResolveItem(const std::vector<Item*>& items, uint32_t index, Inside* inside,
                           Scratch* scratch) {
    Item* item = items[index];
    const auto consider = [&](uint32_t other) {
      if (items[other]->leader != kNoDoc) return;
      item->candidates.push_back(Key(item->row, items[other]->row, items[other]->doc));
    };
    for (const uint32_t run : inside->runs_of[index]) {
      for (const uint32_t other : inside->run_leaders[run]) {
        if (rule_.BandPair(item->row, items[other]->row)) consider(other);
      }
    }
    for (const uint32_t other : inside->partners[index]) consider(other);
    REFRAIN_RETURN_IF_ERROR(Prove(item, scratch));
    if (item->leader != kNoDoc) return absl::OkStatus();
    for (const uint32_t run : inside->runs_of[index]) inside->run_leaders[run].push_back(index);
    source_.Put(item->doc, RareFirst(*item));
    return absl::OkStatus();
  }

  // The set in the order in which a proof against it ends soonest.
  static ShingleSetPtr RareFirst(const Item& item) {
    for (const auto& member : item.members) {
      if (member != nullptr) return std::make_shared<const std::vector<uint64_t>>(member->set);
    }
    return item.set;
  }

  void Record(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (item.leader == kNoDoc) continue;
      decision_.leader[item.doc] = item.leader;
      decision_.removals.push_back({item.doc, static_cast<uint32_t>(item.shared),
                                    static_cast<uint32_t>(item.united)});
    }
  }

  absl::Status AppendLeaders(const std::vector<Item*>& items) {
    std::vector<uint32_t> hot_rows;
    std::vector<PrefixIndex::Entry> short_entries;
    for (const Item* item : items) {
      if (item->leader != kNoDoc || item->deferred) continue;
      if (item->row != kNoRow) AppendToGroups(item->row, &hot_rows);
      if (const auto& member = item->members[kShortLane]) {
        short_entries.push_back({item->doc, member->set});
      }
    }
    if (!short_entries.empty()) lanes_[kShortLane]->leaders().Add(short_entries);
    return AppendToHotLane(std::move(hot_rows));
  }

  void AppendToGroups(uint32_t row, std::vector<uint32_t>* hot_rows) {
    bool hot = false;
    for (const uint32_t group : groups_.GroupsOf(row)) {
      if (group == kNoGroup) continue;
      hot |= leaders_.IsHot(group) || !leaders_.Add(group, row, hot_rows);
    }
    if (hot) hot_rows->push_back(row);
  }

  absl::Status AppendToHotLane(std::vector<uint32_t> rows) {
    std::erase_if(rows, [&](uint32_t row) {
      const bool was_in = in_hot_index_[row];
      in_hot_index_[row] = true;
      return was_in;
    });
    if (rows.empty()) return absl::OkStatus();
    if (lanes_[kHotLane] == nullptr) {
      REFRAIN_ASSIGN_OR_RETURN(lanes_[kHotLane], work_.OpenLane(work_.HotDocuments()));
    }
    std::vector<IndexLane::Member> members(rows.size());
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(rows.size(), 16, [&](size_t i, Scratch* scratch) {
      REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set,
                               source_.Get(groups_.docs[rows[i]], scratch->source.get()));
      members[i].set = *set;
      lanes_[kHotLane]->Order(&members[i]);
      return absl::OkStatus();
    }));
    std::vector<PrefixIndex::Entry> entries;
    for (size_t i = 0; i < rows.size(); ++i) entries.push_back({rows[i], members[i].set});
    lanes_[kHotLane]->leaders().Add(entries);
    return absl::OkStatus();
  }

  // A copy shares the fate of what it is a copy of.
  void Finish() {
    std::ranges::sort(decision_.removals, {}, &Removal::doc);
    std::vector<Removal> of_copies;
    for (DocId doc = 0; doc < decision_.leader.size(); ++doc) {
      const DocId original = decision_.leader[doc];
      const DocId leader = decision_.leader[original];
      if (original == doc || leader == original) continue;
      const Removal* removal = decision_.FindRemoval(original);
      of_copies.push_back({doc, removal->shared, removal->united});
      copies_of_removed_.emplace_back(doc, leader);
    }
    for (const auto& [doc, leader] : copies_of_removed_) decision_.leader[doc] = leader;
    decision_.removals.insert(decision_.removals.end(), of_copies.begin(), of_copies.end());
    std::ranges::sort(decision_.removals, {}, &Removal::doc);
    for (const auto& lane : lanes_) {
      if (lane == nullptr) continue;
      decision_.limits.documents += lane->limits().documents;
      decision_.limits.postings += lane->limits().postings;
    }
    decision_.proofs = proofs_.load();
  }

  ProofWorkspace work_;
  const SketchTable& table_;
  const BandGroups& groups_;
  const KeepOrder& order_;
  const CandidateRule& rule_;
  const ShingleSource& source_;
  const ProofOptions& options_;

  GroupLeaders leaders_;
  std::vector<bool> in_hot_index_;  // by row
  std::array<std::unique_ptr<IndexLane>, kLanes> lanes_;
  std::atomic<uint64_t> proofs_{0};
  std::vector<std::pair<DocId, DocId>> copies_of_removed_;
  KeepDecision decision_;
};

}  // namespace

const Removal* KeepDecision::FindRemoval(DocId doc) const {
  const auto it = std::ranges::lower_bound(removals, doc, {}, &Removal::doc);
  return it == removals.end() || it->doc != doc ? nullptr : &*it;
}

double KeepDecision::Similarity(DocId doc) const {
  const Removal* removal = FindRemoval(doc);
  return removal == nullptr ? 1.0
                            : static_cast<double>(removal->shared) / static_cast<double>(removal->united);
}

absl::StatusOr<KeepDecision> ChooseKept(const ProofInputs& inputs, const KeepOrder& order,
                                        const std::vector<DocId>& copy_of) {
  return LeaderPass(inputs, order, copy_of).Run();
}

}  // namespace refrain
