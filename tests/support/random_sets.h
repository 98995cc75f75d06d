// Seeded sets of hashes with a chosen overlap.
#ifndef REFRAIN_TESTS_SUPPORT_RANDOM_SETS_H_
#define REFRAIN_TESTS_SUPPORT_RANDOM_SETS_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "refrain/base/mix.h"

namespace refrain::testing {

// Words [begin, begin + count) of the seed's stream.
inline std::vector<uint64_t> RandomWords(uint64_t seed, uint64_t begin, size_t count) {
  std::vector<uint64_t> words(count);
  for (size_t i = 0; i < count; ++i) words[i] = SplitMix64(seed, begin + i);
  return words;
}

struct SetPair {
  std::vector<uint64_t> a, b;
  double jaccard;
};

// Two random sets of these sizes with `common` words in both.
inline SetPair RandomPair(uint64_t seed, size_t size_a, size_t size_b, size_t common) {
  const size_t total = size_a + size_b - common;
  return {RandomWords(seed, 0, size_a), RandomWords(seed, size_a - common, size_b),
          static_cast<double>(common) / static_cast<double>(total)};
}

// The overlap of two sets of this size that comes nearest to a Jaccard, and leaves a difference.
inline size_t CommonFor(double jaccard, size_t size) {
  const double common = 2 * jaccard / (1 + jaccard) * static_cast<double>(size);
  return std::min(static_cast<size_t>(std::lround(common)), size - 1);
}

}  // namespace refrain::testing

#endif  // REFRAIN_TESTS_SUPPORT_RANDOM_SETS_H_
