// Documents by the keys that they share: the buckets of a join, as dense ids.
//
// Shape: a row for each document that shares a key with another; documents that are alone with each of their keys have
//   none. The groups of a row ascend. Of short keys, a row whose document shares too few with any other has no groups.
// Memory: 12 bytes a row, 4 for each of its groups, a quarter of a byte a document. Threads: immutable once made, concurrent-safe.
// Example:
//   const uint32_t row = groups.RowOf(doc);
//   if (row != kNoRow) {
//     for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
//   }
#ifndef REFRAIN_BUCKET_GROUPS_H_
#define REFRAIN_BUCKET_GROUPS_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"

namespace refrain {

inline constexpr uint32_t kNoGroup = UINT32_MAX;
inline constexpr uint32_t kNoRow = UINT32_MAX;

// The row of each document, by a bit each: a look-up that stays in the cache, where a search in the list of rows would not.
// Memory: a quarter of a byte a document.
class RowBits {
 public:
  // The next row is this document's. REQUIRES: it is larger than those before.
  void Add(DocId doc) {
    while (words_.size() <= doc / 64) words_.push_back({0, rows_});
    words_[doc / 64].bits |= uint64_t{1} << doc % 64;
    ++rows_;
  }
  // For documents in any order, those of 64 by one thread: there is room for all, and each set of 64 is told how many rows
  // are before it.
  void Resize(size_t documents) { words_.resize((documents + 63) / 64); }
  void SetBefore(DocId doc, uint32_t rows) { words_[doc / 64].before = rows; }
  void Mark(DocId doc) { words_[doc / 64].bits |= uint64_t{1} << doc % 64; }

  uint32_t RowOf(DocId doc) const {
    if (doc / 64 >= words_.size() || (words_[doc / 64].bits >> doc % 64 & 1) == 0) return kNoRow;
    const Word& word = words_[doc / 64];
    const uint64_t below = word.bits & ((uint64_t{1} << doc % 64) - 1);
    return word.before + static_cast<uint32_t>(std::popcount(below));
  }

 private:
  struct Word {
    uint64_t bits;
    uint32_t before;  // rows of documents before these
  };
  PageVector<Word> words_;
  uint32_t rows_ = 0;
};

struct Groups {
  std::vector<DocId> docs;           // of each row, ascending
  PageVector<uint64_t> begins{0};    // where each row's groups begin, and the end of the last
  PageVector<uint32_t> memberships;  // the groups of all rows, one row after the other
  PageVector<uint32_t> sizes;        // rows in each group
  RowBits rows;

  size_t size() const { return docs.size(); }
  uint32_t RowOf(DocId doc) const { return rows.RowOf(doc); }  // kNoRow if it has none
  std::span<const uint32_t> GroupsOf(uint32_t row) const {
    return {memberships.data() + begins[row], static_cast<size_t>(begins[row + 1] - begins[row])};
  }
  bool ShareGroup(uint32_t row_a, uint32_t row_b) const;
  std::string DebugString() const;  // "doc 3: 0 2\n" a row; for tests

  // REQUIRES: doc is larger than those before; the groups ascend.
  void AddRow(DocId doc, std::span<const uint32_t> groups);
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_GROUPS_H_
