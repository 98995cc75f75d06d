// Fills a block with documents that may have a partner.
//
// A document counts against the bounds of a block if it has a row in a lane, so that blocks end where they do whoever is
// known to have no partner; it becomes an item only if it is in a group. Copies have no row.
// Cost: a look-up a lane. Threads: one filler a thread.
#ifndef REFRAIN_KEEP_BLOCK_FILLER_H_
#define REFRAIN_KEEP_BLOCK_FILLER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "refrain/keep/lanes.h"
#include "refrain/keep/proof_workspace.h"

namespace refrain {

class BlockFiller {
 public:
  // The items that are there already count too. Both must outlive the filler.
  BlockFiller(const ProofWorkspace& work, std::vector<Item>* items)
      : work_(work), items_(*items), documents_(items->size()) {
    for (const Item& item : items_) shingles_ += work_.table.shingles[item.doc];
  }

  bool full() const {
    return documents_ >= work_.options.block_documents || shingles_ >= work_.options.block_shingles;
  }

  // Brings what is looked at of a document into the cache, where they are not added in the order of their numbers.
  void Prefetch(DocId doc) const { __builtin_prefetch(&work_.table.shingles[doc]); }

  void Add(DocId doc) {
    const ByLane<uint32_t> rows = work_.RowsOf(doc);
    if (std::ranges::all_of(rows, [](uint32_t row) { return row == kNoRow; })) return;
    shingles_ += work_.table.shingles[doc];
    ++documents_;
    if (!HasGroup(rows)) return;
    Item& item = items_.emplace_back();
    item.doc = doc;
    item.rows = rows;
  }

 private:
  bool HasGroup(const ByLane<uint32_t>& rows) const {
    return std::ranges::any_of(kLanes, [&](Lane lane) {
      return rows[lane] != kNoRow && !work_.groups(lane).GroupsOf(rows[lane]).empty();
    });
  }

  const ProofWorkspace& work_;
  std::vector<Item>& items_;
  size_t documents_;
  uint64_t shingles_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_BLOCK_FILLER_H_
