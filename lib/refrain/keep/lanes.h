// The documents of a block, and the two lanes in which a pass searches by prefix index.
//
// In the hot lane's index a document goes by its row, which candidates are judged by; in the short lane's by its DocId.
// Threads: Join and Find are concurrent-safe for different items; Open, Cutoff and Add are exclusive.
#ifndef REFRAIN_KEEP_LANES_H_
#define REFRAIN_KEEP_LANES_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/doc_id.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/proof_workspace.h"
#include "refrain/proof/shingle_source.h"

namespace refrain {

// Documents too short for a sketch, and members of hot groups.
enum class Lane : size_t { kShort, kHot };
inline constexpr std::array<Lane, 2> kLanes = {Lane::kShort, Lane::kHot};

// A document of the block that a pass works on.
struct Item {
  // What it has to do in one lane; null where it is not in it.
  struct Member {
    ShingleSetPtr set;  // ordered rare first
    Probe probe;
  };

  DocId doc = kNoDoc;
  uint32_t row = kNoRow;
  ShingleSetPtr set;
  std::array<std::unique_ptr<Member>, kLanes.size()> members;
  std::vector<uint64_t> candidates;  // distance << 32 | keep rank: sorting gives the order of proof
  DocId leader = kNoDoc;             // the twin that was found
  uint64_t shared = 0;
  uint64_t united = 0;
  bool deferred = false;                       // left to the next block
  std::array<bool, kLanes.size()> budgeted{};  // it has added to the lane's budget

  const Member* member(Lane lane) const { return members[static_cast<size_t>(lane)].get(); }
  Member* member(Lane lane) { return members[static_cast<size_t>(lane)].get(); }
};

class Lanes {
 public:
  explicit Lanes(ProofWorkspace* work) : work_(*work) {}

  // Counts the shingles of all documents that may ever be in the lane. Nothing happens if there are none.
  absl::Status Open(Lane lane, const std::vector<DocId>& docs);
  bool IsOpen(Lane lane) const { return at(lane) != nullptr; }

  // Makes an item a member of an open lane. REQUIRES: its set is loaded.
  void Join(Lane lane, Item* item) const;

  // A copy of the set, ordered for the lane.
  ShingleSetPtr Ordered(Lane lane, const std::vector<uint64_t>& set) const;

  // An empty index over the lane's order, beside the one of its leaders.
  PrefixIndex NewIndex(Lane lane) const { return at(lane)->NewIndex(); }
  PrefixIndex& Leaders(Lane lane) { return at(lane)->leaders(); }

  // The members' entries for an index.
  std::vector<PrefixIndex::Entry> Entries(Lane lane, const std::vector<Item*>& items) const;

  // Finds what each member has to read in `index`, and the greatest frequency that the budget allows. An item adds to
  // the budget of a lane once, however many blocks and indexes it is looked up in.
  uint32_t Plan(Lane lane, const PrefixIndex& index, const std::vector<Item*>& items);

  // Appends to `found` the ids of an item's candidates in `index`; see DocOf and RowOf.
  void Find(Lane lane, const PrefixIndex& index, uint32_t cutoff, const Item& item,
            ProofWorkspace::Scratch* scratch, std::vector<uint32_t>* found) const;

  uint32_t IdOf(Lane lane, const Item& item) const {
    return lane == Lane::kHot ? item.row : item.doc;
  }
  DocId DocOf(Lane lane, uint32_t id) const {
    return lane == Lane::kHot ? work_.groups.docs[id] : id;
  }
  uint32_t RowOf(Lane lane, uint32_t id) const {
    return lane == Lane::kHot ? id : work_.groups.RowOf(id);
  }

  Limits limits() const;

 private:
  const std::unique_ptr<IndexLane>& at(Lane lane) const {
    return lanes_[static_cast<size_t>(lane)];
  }

  ProofWorkspace& work_;
  std::array<std::unique_ptr<IndexLane>, kLanes.size()> lanes_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_LANES_H_
