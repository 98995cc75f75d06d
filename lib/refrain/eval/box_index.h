// Finds boxes (pairs of ranges) that meet or contain another, among many.
//
// A packed R-tree: boxes sorted into tiles, 16 to a node. Input: boxes, half-open on both axes, none
//   empty. Output: their indexes, in no order that matters to a caller. Cost: a sort to build; a
//   query looks into the nodes that qualify, about sqrt(n) and as many as it finds. Memory: 40 bytes
//   a box. Threads: const.
// Source: Leutenegger, Edgington, Lopez 1997 (sort-tile-recursive packing).
#ifndef REFRAIN_EVAL_BOX_INDEX_H_
#define REFRAIN_EVAL_BOX_INDEX_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace refrain::internal {

struct Box {
  uint64_t x_begin, x_end;
  uint64_t y_begin, y_end;

  friend auto operator<=>(const Box&, const Box&) = default;
};

inline Box Swapped(const Box& box) { return {box.y_begin, box.y_end, box.x_begin, box.x_end}; }

inline bool Meet(const Box& a, const Box& b) {
  return a.x_begin < b.x_end && b.x_begin < a.x_end && a.y_begin < b.y_end && b.y_begin < a.y_end;
}

inline bool Contains(const Box& outer, const Box& inner) {
  return outer.x_begin <= inner.x_begin && inner.x_end <= outer.x_end &&
         outer.y_begin <= inner.y_begin && inner.y_end <= outer.y_end;
}

class BoxIndex {
 public:
  explicit BoxIndex(const std::vector<Box>& boxes) : boxes_(boxes), order_(boxes.size()) {
    std::iota(order_.begin(), order_.end(), 0u);
    SortIntoTiles();
    std::vector<Box> level;
    for (const uint32_t i : order_) level.push_back(boxes_[i]);
    while (level.size() > 1) levels_.push_back(level = NodesOf(level));
  }

  template <typename Take>
  void ForEachMeeting(const Box& box, Take take) const {
    Visit(
        levels_.size(), 0, 1, [&](const Box& other) { return Meet(other, box); }, take);
  }

  template <typename Take>
  void ForEachContaining(const Box& box, Take take) const {
    Visit(
        levels_.size(), 0, 1, [&](const Box& other) { return Contains(other, box); }, take);
  }

 private:
  static constexpr size_t kNode = 16;

  // Slices along x, sorted by y within.
  void SortIntoTiles() {
    const auto by = [this](auto key) {
      return [this, key](uint32_t i, uint32_t j) {
        const uint64_t x = key(boxes_[i]), y = key(boxes_[j]);
        return x != y ? x < y : i < j;
      };
    };
    std::sort(order_.begin(), order_.end(), by([](const Box& box) { return box.x_begin; }));
    const double nodes = std::ceil(static_cast<double>(order_.size()) / kNode);
    const size_t slice =
        kNode * std::max<size_t>(1, static_cast<size_t>(std::ceil(std::sqrt(nodes))));
    for (size_t begin = 0; begin < order_.size(); begin += slice) {
      const size_t end = std::min(begin + slice, order_.size());
      std::sort(order_.begin() + static_cast<std::ptrdiff_t>(begin),
                order_.begin() + static_cast<std::ptrdiff_t>(end),
                by([](const Box& box) { return box.y_begin; }));
    }
  }

  static std::vector<Box> NodesOf(const std::vector<Box>& level) {
    std::vector<Box> nodes;
    for (size_t i = 0; i < level.size(); ++i) {
      if (i % kNode == 0) nodes.push_back(level[i]);
      Box& node = nodes.back();
      node = {std::min(node.x_begin, level[i].x_begin), std::max(node.x_end, level[i].x_end),
              std::min(node.y_begin, level[i].y_begin), std::max(node.y_end, level[i].y_end)};
    }
    return nodes;
  }

  // Nodes [begin, end) of a level; level 0 are the boxes themselves.
  template <typename Test, typename Take>
  void Visit(size_t level, size_t begin, size_t end, Test test, Take& take) const {
    end = std::min(end, level == 0 ? order_.size() : levels_[level - 1].size());
    for (size_t i = begin; i < end; ++i) {
      if (level > 0) {
        if (test(levels_[level - 1][i])) Visit(level - 1, i * kNode, (i + 1) * kNode, test, take);
      } else if (test(boxes_[order_[i]])) {
        take(order_[i]);
      }
    }
  }

  const std::vector<Box>& boxes_;
  std::vector<uint32_t> order_;
  std::vector<std::vector<Box>> levels_;  // from the leaves' nodes to the root
};

}  // namespace refrain::internal

#endif  // REFRAIN_EVAL_BOX_INDEX_H_
