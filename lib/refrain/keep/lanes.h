// The documents of a block, and the prefix indexes in which a pass searches the hot groups of each lane.
//
// In an index a document goes by its row in the groups of the lane.
// Threads: Join and Find are concurrent-safe for different items; Open, Cutoff and Add are exclusive.
#ifndef REFRAIN_KEEP_LANES_H_
#define REFRAIN_KEEP_LANES_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/proof_workspace.h"
#include "refrain/proof/shingle_source.h"

namespace refrain {

// A document of the block that a pass works on.
struct Item {
  // What it has to do in the index of a lane; null where it is in no hot group.
  struct Member {
    ShingleSet set;  // ordered rare first
    Probe probe;
  };

  DocId doc = kNoDoc;
  ByLane<uint32_t> rows;
  ShingleSet set;  // none until it is needed
  ByLane<std::unique_ptr<Member>> members;
  uint32_t hot_keys = 0;  // short keys whose groups are hot: a candidate may share them too
  DocId leader = kNoDoc;  // the twin that was found
  uint64_t shared = 0;
  uint64_t united = 0;
  bool deferred = false;  // left to the next block
  ByLane<bool> budgeted;  // it has added to the lane's budget

  bool IsMember() const {
    return std::ranges::any_of(members, [](const auto& member) { return member != nullptr; });
  }
};

class Lanes {
 public:
  explicit Lanes(ProofWorkspace* work) : work_(*work) {}

  // Counts the shingles of all documents that may ever be in the index of the lane. Nothing happens if there are none.
  absl::Status Open(Lane lane, const std::vector<DocId>& docs);
  bool IsOpen(Lane lane) const { return lanes_[lane] != nullptr; }

  // Makes an item a member of an open lane. REQUIRES: its set is loaded.
  void Join(Lane lane, Item* item) const;

  // A copy of the set, ordered for the lane.
  ShingleSet Ordered(Lane lane, std::span<const uint64_t> set) const;

  // An empty index over the lane's order, beside the one of its leaders.
  PrefixIndex NewIndex(Lane lane) const { return lanes_[lane]->NewIndex(); }
  PrefixIndex& Leaders(Lane lane) { return lanes_[lane]->leaders(); }

  // The members' entries for an index.
  std::vector<PrefixIndex::Entry> Entries(Lane lane, const std::vector<Item*>& items) const;

  // Finds what each member has to read in `index`, and the greatest frequency that the budget allows. An item adds to
  // the budget of a lane once, however many blocks and indexes it is looked up in.
  uint32_t Plan(Lane lane, const PrefixIndex& index, const std::vector<Item*>& items);

  // Sets `found` to the rows of an item's candidates in `index`.
  void Find(Lane lane, const PrefixIndex& index, uint32_t cutoff, const Item& item,
            ProofWorkspace::Scratch* scratch, std::vector<uint32_t>* found) const;

  Limits limits() const;

  // Leaves to the cache of sets what the indexes and `other_bytes` do not need of options.memory_bytes. ResourceExhausted
  // if they need more than that.
  absl::Status ShareMemory(uint64_t other_bytes = 0) const;

 private:
  ProofWorkspace& work_;
  ByLane<std::unique_ptr<IndexLane>> lanes_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_LANES_H_
