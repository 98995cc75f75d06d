#include "refrain/keep/proven_pairs.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/keep/block_filler.h"
#include "refrain/keep/lanes.h"

namespace refrain {
namespace {

using Scratch = ProofWorkspace::Scratch;

// The rows of each group, ascending.
class GroupMembers {
 public:
  explicit GroupMembers(const Groups& groups) : begins_(groups.sizes.size() + 1, 0) {
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      begins_[group + 1] = begins_[group] + groups.sizes[group];
    }
    rows_.resize(begins_.back());
    std::vector<uint64_t> next(begins_.begin(), begins_.end() - 1);
    for (uint32_t row = 0; row < groups.size(); ++row) {
      for (const uint32_t group : groups.GroupsOf(row)) {
        rows_[next[group]++] = row;
      }
    }
  }

  std::span<const uint32_t> Rows(uint32_t group) const {
    return {rows_.data() + begins_[group], begins_[group + 1] - begins_[group]};
  }

 private:
  std::vector<uint64_t> begins_;
  std::vector<uint32_t> rows_;
};

// The lanes hold every document of earlier blocks and of the present one; a document is proven against those with
// smaller ids.
class PairPass {
 public:
  PairPass(ProofWorkspace* work, const std::vector<DocId>& copy_of, uint64_t max_pairs)
      : work_(*work), max_pairs_(max_pairs), lanes_(work), class_sizes_(copy_of.size(), 0) {
    for (const Lane lane : kLanes) {
      members_[lane] = std::make_unique<GroupMembers>(work_.groups(lane));
    }
    for (const DocId original : copy_of) ++class_sizes_[original];
    for (const uint64_t size : class_sizes_) expanded_ += size * (size - (size > 0 ? 1 : 0)) / 2;
  }

  absl::StatusOr<ProvenPairs> Run() {
    REFRAIN_RETURN_IF_ERROR(lanes_.ShareMemory());
    for (const Lane lane : kLanes) {
      REFRAIN_RETURN_IF_ERROR(lanes_.Open(lane, work_.HotDocuments(lane)));
    }
    BlockFiller filler(work_, work_.table.size(),
                       [](size_t doc) { return static_cast<DocId>(doc); });
    while (!filler.done()) {
      std::vector<Item> items;
      filler.Fill(&items);
      REFRAIN_RETURN_IF_ERROR(ProveBlock(&items));
      REFRAIN_RETURN_IF_ERROR(work_.source.store().CheckUnchanged());
    }
    if (expanded_ > max_pairs_) {
      return absl::ResourceExhaustedError(
          absl::StrCat(expanded_, " pairs are more than --max-pairs ", max_pairs_));
    }
    std::ranges::sort(found_.pairs, {}, [](const ProvenPair& p) { return std::pair(p.a, p.b); });
    found_.expanded = expanded_;
    found_.limits = lanes_.limits();
    found_.proofs = proofs_.load();
    return std::move(found_);
  }

 private:
  using Cutoffs = ByLane<uint32_t>;

  bool IsHot(Lane lane, uint32_t group) const {
    return work_.groups(lane).sizes[group] > work_.HotSize(lane);
  }

  absl::Status ProveBlock(std::vector<Item>* block) {
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(block->size(), 16, [&](size_t i, Scratch* scratch) {
      return JoinIndexes(&(*block)[i], scratch);
    }));
    std::vector<Item*> items;
    for (Item& item : *block) items.push_back(&item);
    Cutoffs cutoffs;
    for (const Lane lane : kLanes) {
      if (!lanes_.IsOpen(lane)) continue;
      PrefixIndex& index = lanes_.Leaders(lane);
      index.Add(lanes_.Entries(lane, items));
      cutoffs[lane] = lanes_.Plan(lane, index, items);
    }
    REFRAIN_RETURN_IF_ERROR(lanes_.ShareMemory(2 * found_.pairs.capacity() * sizeof(ProvenPair)));
    return work_.ForEach(items.size(), 8, [&](size_t i, Scratch* scratch) {
      return Prove(*items[i], cutoffs, scratch);
    });
  }

  absl::Status JoinIndexes(Item* item, Scratch* scratch) {
    for (const Lane lane : kLanes) {
      const size_t hot = CountHot(lane, item->rows[lane]);
      if (lane == Lane::kShort) item->hot_keys = static_cast<uint32_t>(hot);
      if (hot == 0) continue;
      REFRAIN_ASSIGN_OR_RETURN(item->set, work_.source.Get(item->doc, scratch->own.get()));
      lanes_.Join(lane, item);
    }
    return absl::OkStatus();
  }

  size_t CountHot(Lane lane, uint32_t row) const {
    if (row == kNoRow) return 0;
    return static_cast<size_t>(std::ranges::count_if(
        work_.groups(lane).GroupsOf(row), [&](uint32_t group) { return IsHot(lane, group); }));
  }

  void FindCandidates(const Item& item, const Cutoffs& cutoffs, Scratch* scratch,
                      std::vector<DocId>* candidates) {
    for (const Lane lane : kLanes) {
      if (item.rows[lane] == kNoRow) continue;
      ListMembers(lane, item, candidates);
      if (lane == Lane::kShort) {
        work_.KeepThoseThatShareEnough(
            item.doc, item.hot_keys, [](DocId doc) { return doc; }, candidates);
      }
      if (lanes_.IsOpen(lane)) AddFound(lane, item, cutoffs[lane], scratch, candidates);
    }
  }

  // The earlier documents of the item's groups, once for each group that they share.
  void ListMembers(Lane lane, const Item& item, std::vector<DocId>* candidates) const {
    const Groups& groups = work_.groups(lane);
    for (const uint32_t group : groups.GroupsOf(item.rows[lane])) {
      if (IsHot(lane, group)) continue;
      for (const uint32_t row : members_[lane]->Rows(group)) {
        if (row >= item.rows[lane]) break;
        if (work_.IsPairOfGroup(lane, item.rows[lane], row)) {
          candidates->push_back(groups.docs[row]);
        }
      }
    }
  }

  void AddFound(Lane lane, const Item& item, uint32_t cutoff, Scratch* scratch,
                std::vector<DocId>* candidates) {
    lanes_.Find(lane, lanes_.Leaders(lane), cutoff, item, scratch, &scratch->found);
    for (const uint32_t row : scratch->found) {
      const DocId other = work_.groups(lane).docs[row];
      if (other < item.doc) candidates->push_back(other);
    }
  }

  absl::Status KeepThoseThatMayReach(const Item& item, Scratch* scratch,
                                     std::vector<DocId>* candidates) const {
    REFRAIN_RETURN_IF_ERROR(work_.ReadOwnBitmap(item.doc, scratch));
    size_t left = 0;
    for (const DocId other : *candidates) {
      REFRAIN_ASSIGN_OR_RETURN(const bool may_reach, work_.MayReach(other, scratch));
      if (may_reach) (*candidates)[left++] = other;
    }
    candidates->resize(left);
    return absl::OkStatus();
  }

  absl::Status Prove(const Item& item, const Cutoffs& cutoffs, Scratch* scratch) {
    std::vector<DocId> candidates;
    FindCandidates(item, cutoffs, scratch, &candidates);
    if (candidates.empty()) return absl::OkStatus();
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    REFRAIN_RETURN_IF_ERROR(KeepThoseThatMayReach(item, scratch, &candidates));
    if (candidates.empty()) return absl::OkStatus();
    REFRAIN_ASSIGN_OR_RETURN(const ShingleSet own, work_.source.Get(item.doc, scratch->own.get()));
    scratch->own->table.Assign(*own);
    std::vector<ProvenPair> proven;
    for (const DocId other : candidates) {
      REFRAIN_ASSIGN_OR_RETURN(const ShingleView view,
                               work_.source.View(other, scratch->other.get()));
      const auto overlap =
          scratch->prover.Prove(scratch->own->table, view, work_.options.threshold);
      if (!overlap.has_value()) continue;
      proven.push_back({other, item.doc, static_cast<uint32_t>(overlap->shared)});
    }
    proofs_.fetch_add(candidates.size(), std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    for (const ProvenPair& pair : proven) expanded_ += class_sizes_[pair.a] * class_sizes_[pair.b];
    if (expanded_ > max_pairs_) {
      found_.pairs.clear();
    } else {
      found_.pairs.insert(found_.pairs.end(), proven.begin(), proven.end());
    }
    return absl::OkStatus();
  }

  ProofWorkspace& work_;
  uint64_t max_pairs_;
  Lanes lanes_;
  ByLane<std::unique_ptr<GroupMembers>> members_;
  std::atomic<uint64_t> proofs_{0};
  std::mutex mutex_;
  std::vector<uint64_t> class_sizes_;  // how many documents stand for each text
  uint64_t expanded_ = 0;              // pairs, counting each document of a class
  ProvenPairs found_;
};

// The documents that stand for one text, by the one that the others are copies of; singles are left out.
std::vector<std::vector<DocId>> CopyClasses(const std::vector<DocId>& copy_of) {
  std::vector<std::vector<DocId>> classes(copy_of.size());
  for (DocId doc = 0; doc < copy_of.size(); ++doc) {
    if (copy_of[doc] != doc) classes[copy_of[doc]].push_back(doc);
  }
  for (DocId doc = 0; doc < copy_of.size(); ++doc) {
    if (!classes[doc].empty()) classes[doc].push_back(doc);
  }
  return classes;
}

}  // namespace

absl::StatusOr<ProvenPairs> FindProvenPairs(const ProofInputs& inputs,
                                            const std::vector<DocId>& copy_of, uint64_t max_pairs) {
  ProofWorkspace work(inputs);
  return PairPass(&work, copy_of, max_pairs).Run();
}

std::vector<ProvenPair> Expand(const ProvenPairs& pairs, const std::vector<DocId>& copy_of,
                               const SketchTable& table) {
  const std::vector<std::vector<DocId>> classes = CopyClasses(copy_of);
  const auto members = [&](const DocId& doc) {
    return classes[doc].empty() ? std::span(&doc, 1) : std::span<const DocId>(classes[doc]);
  };
  std::vector<ProvenPair> all;
  all.reserve(pairs.expanded);
  const auto add = [&](DocId a, DocId b, uint32_t shared) {
    all.push_back({std::min(a, b), std::max(a, b), shared});
  };
  for (const ProvenPair& pair : pairs.pairs) {
    for (const DocId a : members(pair.a)) {
      for (const DocId b : members(pair.b)) add(a, b, pair.shared);
    }
  }
  for (DocId doc = 0; doc < copy_of.size(); ++doc) {
    for (size_t i = 0; i < classes[doc].size(); ++i) {
      for (size_t j = 0; j < i; ++j) add(classes[doc][i], classes[doc][j], table.shingles[doc]);
    }
  }
  std::ranges::sort(all, {}, [](const ProvenPair& p) { return std::pair(p.a, p.b); });
  return all;
}

}  // namespace refrain
