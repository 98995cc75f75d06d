#include "refrain/simd/odd_sketch.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "simd/every_target.h"

namespace refrain::simd {
namespace {

TEST(OddSketchKernel, EqualsTheFormula) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    for (size_t n = 0; n < 100; ++n) {
      std::vector<uint64_t> hashes(n);
      uint64_t expected = 0;
      for (uint64_t& hash : hashes) {
        hash = random() % 8 == 0 ? UINT64_MAX - random() % 3 : random();
        expected ^= uint64_t{1} << (hash >> 32) % 64;
      }
      ASSERT_EQ(OddSketch(hashes.data(), n), expected) << n;
    }
  });
}

}  // namespace
}  // namespace refrain::simd
