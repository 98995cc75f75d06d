#include "refrain/synth/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "refrain/synth/alias_table.h"
#include "refrain/synth/permutation.h"

namespace refrain {
namespace {

TEST(Random, IsSplitmix64) {
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(Random, ChanceAndBelowKeepTheirBounds) {
  Random random(1);
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_LT(random.Below(7), 7u);
    EXPECT_LT(random.Unit(), 1);
    EXPECT_FALSE(random.Chance(ShareThreshold(0)));
    EXPECT_TRUE(random.Chance(ShareThreshold(1)));
    hits += random.Chance(ShareThreshold(0.2));
  }
  EXPECT_NEAR(hits, 2000, 5 * 40);
}

TEST(Permutation, IsABijectionWithItsInverse) {
  for (const uint64_t size : {1u, 2u, 3u, 5u, 64u, 100u, 1000u}) {
    const Permutation shuffle(size, 42);
    std::vector<bool> seen(size);
    for (uint64_t i = 0; i < size; ++i) {
      const uint64_t image = shuffle.Forward(i);
      ASSERT_LT(image, size);
      EXPECT_FALSE(seen[image]);
      seen[image] = true;
      EXPECT_EQ(shuffle.Inverse(image), i);
    }
  }
}

TEST(AliasTable, DrawsInProportionToTheWeights) {
  const AliasTable table({50, 0, 30, 20});
  std::vector<int> counts(4);
  Random random(7);
  for (int i = 0; i < 100'000; ++i) ++counts[table.Draw(random.Next())];
  EXPECT_NEAR(counts[0], 50'000, 5 * 160);
  EXPECT_EQ(counts[1], 0);
  EXPECT_NEAR(counts[2], 30'000, 5 * 150);
  EXPECT_NEAR(counts[3], 20'000, 5 * 130);
}

}  // namespace
}  // namespace refrain
