// The slow way to all repeated runs: every window of L tokens, in a map.
#ifndef REFRAIN_TESTS_REFERENCE_NAIVE_RUNS_H_
#define REFRAIN_TESTS_REFERENCE_NAIVE_RUNS_H_

#include <cstdint>
#include <map>
#include <vector>

namespace refrain::reference {

struct Run {
  uint32_t doc;
  uint32_t begin;
};

// The places of all windows of `length` tokens that stand in two places or more.
inline std::vector<Run> RepeatedRuns(const std::vector<std::vector<uint64_t>>& texts,
                                     size_t length) {
  std::map<std::vector<uint64_t>, std::vector<Run>> windows;
  for (uint32_t doc = 0; doc < texts.size(); ++doc) {
    for (size_t i = 0; i + length <= texts[doc].size(); ++i) {
      const auto begin = texts[doc].begin() + static_cast<ptrdiff_t>(i);
      windows[{begin, begin + static_cast<ptrdiff_t>(length)}].push_back(
          {doc, static_cast<uint32_t>(i)});
    }
  }
  std::vector<Run> runs;
  for (const auto& [window, places] : windows) {
    if (places.size() > 1) runs.insert(runs.end(), places.begin(), places.end());
  }
  return runs;
}

}  // namespace refrain::reference

#endif  // REFRAIN_TESTS_REFERENCE_NAIVE_RUNS_H_
