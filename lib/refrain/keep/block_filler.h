// Fills blocks with the documents that may have a partner, one block after the other.
//
// A document counts against the bounds of a block if it has a row in a lane, so that blocks end where they do whoever is
// known to have no partner; it becomes an item only if it is in a group. Copies have no row.
// Memory: 20 bytes for each of kAhead documents. Cost: a few random accesses a document, on all threads that are allowed.
// Threads: one filler a thread.
#ifndef REFRAIN_KEEP_BLOCK_FILLER_H_
#define REFRAIN_KEEP_BLOCK_FILLER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "refrain/keep/lanes.h"
#include "refrain/keep/proof_workspace.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

class BlockFiller {
 public:
  // Of the documents doc_of(i) for all i below `documents`. `work` must outlive the filler.
  BlockFiller(const ProofWorkspace& work, size_t documents, std::function<DocId(size_t)> doc_of)
      : work_(work), documents_(documents), doc_of_(std::move(doc_of)) {}

  bool done() const { return next_ == looks_.size() && seen_ == documents_; }

  // Adds documents until the block is full or all are done; the items that are there already count too.
  void Fill(std::vector<Item>* items) {
    Room room{work_.options.block_documents, work_.options.block_shingles};
    for (const Item& item : *items) room.Take(work_.table.shingles[item.doc]);
    for (; !room.full() && !done(); ++next_) {
      if (next_ == looks_.size()) LookAhead();
      Add(looks_[next_], &room, items);
    }
  }

 private:
  static constexpr size_t kAhead = 8192;  // documents that are looked at together

  struct Look {
    DocId doc = kNoDoc;
    uint32_t shingles = 0;
    ByLane<uint32_t> rows;
    bool has_row = false;
    bool has_group = false;
  };

  // What is left of the bounds of a block; the document that crosses one is still in it.
  struct Room {
    uint64_t documents;
    uint64_t shingles;

    bool full() const { return documents == 0 || shingles == 0; }
    void Take(uint64_t of_document) {
      documents -= std::min<uint64_t>(documents, 1);
      shingles -= std::min(shingles, of_document);
    }
  };

  void LookAhead() {
    looks_.resize(std::min(kAhead, documents_ - seen_));
    ParallelFor(0, looks_.size(), kAhead / 16, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) looks_[i] = Find(doc_of_(seen_ + i));
      for (size_t i = begin; i < end; ++i) LookAt(&looks_[i]);
    });
    seen_ += looks_.size();
    next_ = 0;
  }

  // What LookAt needs is on its way into the cache when it comes to that.
  Look Find(DocId doc) const {
    const Look look{.doc = doc, .rows = work_.RowsOf(doc)};
    __builtin_prefetch(&work_.table.shingles[doc]);
    for (const Lane lane : kLanes) {
      if (look.rows[lane] != kNoRow) {
        __builtin_prefetch(&work_.groups(lane).begins[look.rows[lane]]);
      }
    }
    return look;
  }

  void LookAt(Look* look) const {
    look->shingles = work_.table.shingles[look->doc];
    for (const Lane lane : kLanes) {
      const uint32_t row = look->rows[lane];
      if (row == kNoRow) continue;
      look->has_row = true;
      look->has_group |= !work_.groups(lane).GroupsOf(row).empty();
    }
  }

  static void Add(const Look& look, Room* room, std::vector<Item>* items) {
    if (!look.has_row) return;
    room->Take(look.shingles);
    if (!look.has_group) return;
    Item& item = items->emplace_back();
    item.doc = look.doc;
    item.rows = look.rows;
  }

  const ProofWorkspace& work_;
  const size_t documents_;
  const std::function<DocId(size_t)> doc_of_;
  std::vector<Look> looks_;
  size_t next_ = 0;  // of the looks
  size_t seen_ = 0;  // documents
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_BLOCK_FILLER_H_
