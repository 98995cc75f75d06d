#include "refrain/sketch/odd_sketch.h"

#include <gtest/gtest.h>

#include <vector>

#include "refrain/proof/overlap.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;

struct SetPair {
  std::vector<uint64_t> a, b;
};

SetPair PairOf(Dice* dice, size_t shared, size_t only_a, size_t only_b) {
  SetPair pair;
  for (size_t i = 0; i < shared; ++i) pair.a.push_back(dice->Word());
  pair.b = pair.a;
  for (size_t i = 0; i < only_a; ++i) pair.a.push_back(dice->Word());
  for (size_t i = 0; i < only_b; ++i) pair.b.push_back(dice->Word());
  return pair;
}

bool CanReach(const SetPair& pair, double threshold) {
  return OddSketchesCanReach(pair.a.size(), MakeOddSketch(pair.a), pair.b.size(),
                             MakeOddSketch(pair.b), threshold);
}

TEST(OddSketchTest, IsForEver) {
  EXPECT_EQ(MakeOddSketch({}), 0U);
  const std::vector<uint64_t> set = {uint64_t{5} << 32, uint64_t{63} << 32 | 7, uint64_t{69} << 32};
  EXPECT_EQ(MakeOddSketch(set), uint64_t{1} << 63);  // 5 and 69 fall on one bit
}

// At every threshold that the pair reaches, its own Jaccard too.
TEST(OddSketchTest, RulesOutNoPairThatReachesTheThreshold) {
  Dice dice(1);
  for (size_t shared = 1; shared <= 80; shared += 1 + shared / 8) {
    for (size_t only_a = 0; only_a <= 40; only_a += 1 + only_a / 4) {
      for (size_t only_b = 0; only_b <= 40; only_b += 1 + only_b / 4) {
        const SetPair pair = PairOf(&dice, shared, only_a, only_b);
        const double jaccard = Jaccard(shared, pair.a.size(), pair.b.size());
        for (const double share : {1.0, 0.999, 0.9, 0.5, 0.1}) {
          ASSERT_TRUE(CanReach(pair, share * jaccard)) << shared << ' ' << only_a << ' ' << only_b;
        }
      }
    }
  }
}

// One word in the middle replaced: five shingles of each.
TEST(OddSketchTest, RulesOutNearlyAllShortTextsOfWhichAWordIsReplaced) {
  Dice dice(2);
  int left = 0;
  for (int i = 0; i < 10'000; ++i) left += CanReach(PairOf(&dice, 18, 5, 5), 0.8) ? 1 : 0;
  EXPECT_LT(left, 100);
}

}  // namespace
}  // namespace refrain
