#include "refrain/passage/winnow.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "refrain/passage/rolling_hash.h"

namespace refrain {

std::string DebugString(std::span<const Anchor> anchors) {
  std::string text;
  for (const Anchor& anchor : anchors) {
    absl::StrAppend(&text, text.empty() ? "" : " ", anchor.position, "(", anchor.first, ")");
  }
  return text;
}

WinnowShape WinnowShape::ForRuns(uint32_t length) {
  const uint32_t k = std::min<uint32_t>(8, length);
  return {k, std::min<uint32_t>(length - k + 1, 6)};
}

Winnower::Winnower(WinnowShape shape) : shape_(shape) {}

// hashes_[i] is that of tokens [i, i + k).
void Winnower::Hash(std::span<const uint64_t> ids) {
  const size_t k = shape_.k;
  hashes_.resize(ids.size() - k + 1);
  RollingHash rolling(shape_.k);
  for (size_t i = 0; i < k; ++i) rolling.Add(ids[i]);
  hashes_[0] = rolling.hash();
  for (size_t i = k; i < ids.size(); ++i) {
    rolling.Slide(ids[i - k], ids[i]);
    hashes_[i - k + 1] = rolling.hash();
  }
}

void Winnower::Select(std::span<const uint64_t> ids, std::vector<Anchor>* anchors) {
  if (ids.size() < shape_.Run()) return;
  Hash(ids);
  const size_t w = shape_.w;
  size_t chosen = 0;
  for (size_t window = 0; window + w <= hashes_.size(); ++window) {
    const size_t before = chosen;
    const size_t last = window + w - 1;
    if (chosen < window || window == 0) {
      chosen = window;
      for (size_t i = window + 1; i <= last; ++i) {
        if (hashes_[i] <= hashes_[chosen]) chosen = i;
      }
    } else if (hashes_[last] <= hashes_[chosen]) {
      chosen = last;
    }
    if (chosen != before || window == 0) {
      anchors->push_back(
          {hashes_[chosen], static_cast<uint32_t>(chosen), static_cast<uint32_t>(window)});
    }
  }
}

}  // namespace refrain
