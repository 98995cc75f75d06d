// The leaders seen so far in each group, up to a bound; a group that passes it is hot.
//
// Memory: 8 bytes a group, 4 bytes for each of at most min(size, hot_leaders) members.
// Threads: Add is exclusive; Leaders and IsHot are const.
#ifndef REFRAIN_KEEP_GROUP_LEADERS_H_
#define REFRAIN_KEEP_GROUP_LEADERS_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "refrain/bucket/groups.h"

namespace refrain {

class GroupLeaders {
 public:
  // Groups of more than hot_size rows are hot from the first.
  GroupLeaders(const Groups& groups, uint32_t hot_leaders, uint32_t hot_size = UINT32_MAX)
      : lists_(groups.sizes.size() + 1) {
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      const uint32_t size = groups.sizes[group];
      const uint32_t room = size > hot_size ? 0 : std::min({size, hot_leaders, kHot - 1});
      if (size > hot_size) lists_[group].count = kHot;
      lists_[group + 1].begin = lists_[group].begin + room;
    }
    rows_.resize(lists_.back().begin);
  }

  // Brings what the others look at first into the cache.
  void Prefetch(uint32_t group) const { __builtin_prefetch(&lists_[group]); }

  bool IsHot(uint32_t group) const { return lists_[group].count == kHot; }

  // Whether a group of so many rows never gets hot.
  bool HoldsAll(uint32_t group, uint64_t rows) const {
    return lists_[group].begin + rows <= lists_[group + 1].begin;
  }

  // REQUIRES: not hot.
  std::span<const uint32_t> Leaders(uint32_t group) const {
    return {rows_.data() + lists_[group].begin, lists_[group].count};
  }

  // Adds a leader's row. False if there is no room: the group is hot from now on, and its leaders so far are
  // appended to `displaced`. REQUIRES: not hot.
  bool Add(uint32_t group, uint32_t row, std::vector<uint32_t>* displaced) {
    List& list = lists_[group];
    if (list.begin + list.count < lists_[group + 1].begin) {
      rows_[list.begin + list.count++] = row;
      return true;
    }
    const std::span<const uint32_t> rows = Leaders(group);
    displaced->insert(displaced->end(), rows.begin(), rows.end());
    list.count = kHot;
    return false;
  }

 private:
  static constexpr uint32_t kHot = (1 << 24) - 1;

  // Side by side, as look-ups of groups are random.
  struct List {
    uint64_t begin : 40;
    uint64_t count : 24;
  };
  std::vector<List> lists_;  // of each group, and the end of the last
  std::vector<uint32_t> rows_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_GROUP_LEADERS_H_
