#include "refrain/simd/shingle_kernels.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "refrain/base/mix.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

TEST(ShingleKernels, EqualTheFormula) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    const auto next = [&] { return random() % 8 == 0 ? UINT64_MAX - random() % 3 : random(); };
    for (size_t length = 1; length < 12; ++length) {
      for (size_t windows = 0; windows < 70; ++windows) {
        std::vector<uint64_t> tokens(windows + length - 1), multipliers(length), shingles(windows);
        for (uint64_t& token : tokens) token = next();
        for (uint64_t& multiplier : multipliers) multiplier = next();
        const uint64_t start = next();
        HashWindows(tokens.data(), windows, multipliers, start, shingles.data());
        for (size_t i = 0; i < windows; ++i) {
          uint64_t sum = start;
          for (size_t j = 0; j < length; ++j) sum += tokens[i + j] * multipliers[j];
          ASSERT_EQ(shingles[i], Mix64(sum)) << length << " " << windows << " " << i;
        }
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
