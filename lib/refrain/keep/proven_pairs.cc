#include "refrain/keep/proven_pairs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/keep/lanes.h"

namespace refrain {
namespace {

using Scratch = ProofWorkspace::Scratch;

// The rows of each group, ascending.
class GroupMembers {
 public:
  explicit GroupMembers(const BandGroups& groups) : begins_(groups.sizes.size() + 1, 0) {
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      begins_[group + 1] = begins_[group] + groups.sizes[group];
    }
    rows_.resize(begins_.back());
    std::vector<uint64_t> next(begins_.begin(), begins_.end() - 1);
    for (uint32_t row = 0; row < groups.size(); ++row) {
      for (const uint32_t group : groups.GroupsOf(row)) {
        if (group != kNoGroup) rows_[next[group]++] = row;
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
      : work_(*work),
        copy_of_(copy_of),
        max_pairs_(max_pairs),
        lanes_(work),
        members_(work->groups),
        class_sizes_(copy_of.size(), 0) {
    for (const DocId original : copy_of) ++class_sizes_[original];
    for (const uint64_t size : class_sizes_) expanded_ += size * (size - (size > 0 ? 1 : 0)) / 2;
  }

  absl::StatusOr<ProvenPairs> Run() {
    REFRAIN_RETURN_IF_ERROR(lanes_.Open(Lane::kShort, work_.ShortDocuments(copy_of_)));
    REFRAIN_RETURN_IF_ERROR(lanes_.Open(Lane::kHot, work_.HotDocuments()));
    for (DocId doc = 0; doc < work_.table.size();) {
      std::vector<Item> items = TakeBlock(&doc);
      REFRAIN_RETURN_IF_ERROR(ProveBlock(&items));
    }
    if (expanded_ > max_pairs_) {
      return absl::ResourceExhaustedError(
          absl::StrCat(expanded_, " pairs are more than --max-pairs ", max_pairs_));
    }
    std::ranges::sort(found_.pairs, {}, [](const ProvenPair& p) { return std::pair(p.a, p.b); });
    found_.limits = lanes_.limits();
    found_.proofs = proofs_.load();
    return std::move(found_);
  }

 private:
  using Cutoffs = std::array<uint32_t, kLanes.size()>;

  std::vector<Item> TakeBlock(DocId* doc) const {
    std::vector<Item> items;
    uint64_t shingles = 0;
    for (; *doc < work_.table.size() && items.size() < work_.options.block_documents &&
           shingles < work_.options.block_shingles;
         ++*doc) {
      if (copy_of_[*doc] != *doc) continue;
      const uint32_t row = work_.groups.RowOf(*doc);
      if (row == kNoRow && !work_.rule.InShortLane(*doc)) continue;
      shingles += work_.table.shingles[*doc];
      items.emplace_back();
      items.back().doc = *doc;
      items.back().row = row;
    }
    return items;
  }

  bool InHotLane(uint32_t row) const {
    return row != kNoRow && std::ranges::any_of(work_.groups.GroupsOf(row), [&](uint32_t group) {
             return group != kNoGroup && IsHot(group);
           });
  }
  bool IsHot(uint32_t group) const { return work_.groups.sizes[group] > work_.options.hot_group; }

  absl::Status ProveBlock(std::vector<Item>* block) {
    REFRAIN_RETURN_IF_ERROR(work_.ForEach(block->size(), 16, [&](size_t i, Scratch* scratch) {
      return Load(&(*block)[i], scratch);
    }));
    std::vector<Item*> items;
    for (Item& item : *block) items.push_back(&item);
    Cutoffs cutoffs{};
    for (const Lane lane : kLanes) {
      if (!lanes_.IsOpen(lane)) continue;
      PrefixIndex& index = lanes_.Leaders(lane);
      index.Add(lanes_.Entries(lane, items));
      cutoffs[static_cast<size_t>(lane)] = lanes_.Plan(lane, index, items);
    }
    return work_.ForEach(items.size(), 8, [&](size_t i, Scratch* scratch) {
      return Prove(*items[i], cutoffs, scratch);
    });
  }

  absl::Status Load(Item* item, Scratch* scratch) {
    REFRAIN_ASSIGN_OR_RETURN(item->set, work_.source.Get(item->doc, scratch->source.get()));
    if (work_.rule.InShortLane(item->doc)) lanes_.Join(Lane::kShort, item);
    if (InHotLane(item->row)) lanes_.Join(Lane::kHot, item);
    return absl::OkStatus();
  }

  void FindCandidates(const Item& item, const Cutoffs& cutoffs, Scratch* scratch,
                      std::vector<DocId>* candidates) {
    for (const Lane lane : kLanes) {
      if (!lanes_.IsOpen(lane)) continue;
      lanes_.Find(lane, lanes_.Leaders(lane), cutoffs[static_cast<size_t>(lane)], item, scratch,
                  &scratch->found);
      for (const uint32_t id : scratch->found) {
        const DocId other = lanes_.DocOf(lane, id);
        if (other < item.doc) candidates->push_back(other);
      }
    }
    if (item.row == kNoRow) return;
    for (const uint32_t group : work_.groups.GroupsOf(item.row)) {
      if (group == kNoGroup || IsHot(group)) continue;
      for (const uint32_t row : members_.Rows(group)) {
        if (row >= item.row) break;
        if (work_.rule.BandPair(item.row, row)) candidates->push_back(work_.groups.docs[row]);
      }
    }
  }

  absl::Status Prove(const Item& item, const Cutoffs& cutoffs, Scratch* scratch) {
    std::vector<DocId> candidates;
    FindCandidates(item, cutoffs, scratch, &candidates);
    if (candidates.empty()) return absl::OkStatus();
    std::ranges::sort(candidates);
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    scratch->table.Assign(*item.set, &scratch->distinct);
    std::vector<ProvenPair> proven;
    for (const DocId other : candidates) {
      const uint64_t need =
          MinOverlap(item.set->size(), work_.table.shingles[other], work_.options.threshold);
      REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set,
                               work_.source.Get(other, scratch->source.get()));
      if (const auto shared = scratch->table.Overlap(*set, need)) {
        proven.push_back({other, item.doc, static_cast<uint32_t>(*shared)});
      }
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
  const std::vector<DocId>& copy_of_;
  uint64_t max_pairs_;
  Lanes lanes_;
  GroupMembers members_;
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

std::vector<ProvenPair> Expand(const std::vector<ProvenPair>& pairs,
                               const std::vector<DocId>& copy_of, const SketchTable& table) {
  const std::vector<std::vector<DocId>> classes = CopyClasses(copy_of);
  const auto members = [&](const DocId& doc) {
    return classes[doc].empty() ? std::span(&doc, 1) : std::span<const DocId>(classes[doc]);
  };
  std::vector<ProvenPair> all;
  const auto add = [&](DocId a, DocId b, uint32_t shared) {
    all.push_back({std::min(a, b), std::max(a, b), shared});
  };
  for (const ProvenPair& pair : pairs) {
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
