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
    for (const size_t length : std::vector<size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33}) {
      for (size_t windows = 0; windows < 70; ++windows) {
        std::vector<uint64_t> tokens(windows + length - 1), shingles(windows);
        for (uint64_t& token : tokens) token = next();
        const uint64_t start = next();
        HashWindows(tokens.data(), windows, length, start, shingles.data());
        for (size_t i = 0; i < windows; ++i) {
          uint64_t x = 0;
          for (size_t j = 0; j < length; ++j) {
            if (j > 0 && j % 8 == 0) x = Mix64(x);
            x = (x << 1 | x >> 63) ^ tokens[i + j];
          }
          ASSERT_EQ(shingles[i], Mix64(x + start)) << length << " " << windows << " " << i;
        }
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
