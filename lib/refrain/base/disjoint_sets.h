// Union-find whose sets are numbered by their smallest member, so that results do not depend on the order of joins.
//
// Cost: nearly constant a call (path halving, smaller root wins). Threads: exclusive.
#ifndef REFRAIN_BASE_DISJOINT_SETS_H_
#define REFRAIN_BASE_DISJOINT_SETS_H_

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace refrain {

class DisjointSets {
 public:
  explicit DisjointSets(size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), uint32_t{0});
  }

  // The smallest member of the set that holds x.
  uint32_t Find(uint32_t x) {
    while (parent_[x] != x) x = parent_[x] = parent_[parent_[x]];
    return x;
  }

  void Join(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a > b) std::swap(a, b);
    parent_[b] = a;
  }

  // All sets by their smallest member; the members of each ascend.
  struct Sets {
    std::vector<uint32_t> members;  // of one set after the other
    std::vector<uint32_t> begins;   // of each set, and the end of the last

    size_t size() const { return begins.size() - 1; }
    std::span<const uint32_t> operator[](size_t set) const {
      return {members.data() + begins[set], begins[set + 1] - begins[set]};
    }
  };
  Sets Members() {
    Sets sets{std::vector<uint32_t>(parent_.size()), {0}};
    std::vector<uint32_t> number(parent_.size());
    for (uint32_t x = 0; x < parent_.size(); ++x) {
      const uint32_t root = Find(x);
      if (root == x) {
        number[x] = static_cast<uint32_t>(sets.size());
        sets.begins.push_back(0);
      }
      ++sets.begins[number[root] + 1];
    }
    std::partial_sum(sets.begins.begin(), sets.begins.end(), sets.begins.begin());
    std::vector<uint32_t> next(sets.begins);
    for (uint32_t x = 0; x < parent_.size(); ++x) sets.members[next[number[Find(x)]]++] = x;
    return sets;
  }

 private:
  std::vector<uint32_t> parent_;
};

}  // namespace refrain

#endif  // REFRAIN_BASE_DISJOINT_SETS_H_
