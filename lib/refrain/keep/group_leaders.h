// The leaders seen so far in each group, up to a bound; a group that passes it is hot.
//
// Memory: 12 bytes a group, 4 bytes for each of at most min(size, hot_leaders) members.
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
      : counts_(groups.sizes.size(), 0), begins_(groups.sizes.size() + 1, 0) {
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      const uint32_t size = groups.sizes[group];
      if (size > hot_size) counts_[group] = kHot;
      begins_[group + 1] = begins_[group] + (size > hot_size ? 0 : std::min(size, hot_leaders));
    }
    rows_.resize(begins_.back());
  }

  bool IsHot(uint32_t group) const { return counts_[group] == kHot; }

  // REQUIRES: not hot.
  std::span<const uint32_t> Leaders(uint32_t group) const {
    return {rows_.data() + begins_[group], counts_[group]};
  }

  // Adds a leader's row. False if there is no room: the group is hot from now on, and its leaders so far are
  // appended to `displaced`. REQUIRES: not hot.
  bool Add(uint32_t group, uint32_t row, std::vector<uint32_t>* displaced) {
    if (counts_[group] < begins_[group + 1] - begins_[group]) {
      rows_[begins_[group] + counts_[group]++] = row;
      return true;
    }
    const std::span<const uint32_t> rows = Leaders(group);
    displaced->insert(displaced->end(), rows.begin(), rows.end());
    counts_[group] = kHot;
    return false;
  }

 private:
  static constexpr uint32_t kHot = UINT32_MAX;
  std::vector<uint32_t> counts_;
  std::vector<uint64_t> begins_;
  std::vector<uint32_t> rows_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_GROUP_LEADERS_H_
