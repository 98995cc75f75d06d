// Documents by the keys that they share: the buckets of a join, as dense ids.
//
// Shape: a row for each document that shares a key with another; documents that are alone with each of their keys have
//   none. The groups of a row ascend.
// Memory: 12 bytes a row, 4 for each of its groups. Threads: immutable once made, concurrent-safe.
// Example:
//   const uint32_t row = groups.RowOf(doc);
//   if (row != kNoRow) {
//     for (const uint32_t group : groups.GroupsOf(row)) seen.push_back(group);
//   }
#ifndef REFRAIN_BUCKET_GROUPS_H_
#define REFRAIN_BUCKET_GROUPS_H_

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

struct Groups {
  std::vector<DocId> docs;           // of each row, ascending
  PageVector<uint64_t> begins{0};    // where each row's groups begin, and the end of the last
  PageVector<uint32_t> memberships;  // the groups of all rows, one row after the other
  PageVector<uint32_t> sizes;        // rows in each group, at least 2

  size_t size() const { return docs.size(); }
  uint32_t RowOf(DocId doc) const;  // kNoRow if it has none; a binary search
  std::span<const uint32_t> GroupsOf(uint32_t row) const {
    return {memberships.data() + begins[row], static_cast<size_t>(begins[row + 1] - begins[row])};
  }
  bool ShareGroup(uint32_t row_a, uint32_t row_b) const;
  std::string DebugString() const;  // "doc 3: 0 2\n" a row; for tests

  // Adds a row with those of `groups` that are not kNoGroup, if there are any.
  // REQUIRES: doc is larger than those before; the groups ascend.
  void AddRow(DocId doc, std::span<const uint32_t> groups);
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_GROUPS_H_
