#include "refrain/sketch/set_bitmap.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <vector>

#include "refrain/proof/overlap.h"
#include "support/random_sets.h"

namespace refrain {
namespace {

using testing::CommonFor;
using testing::RandomPair;
using testing::SetPair;

std::vector<uint64_t> WordsOf(const std::vector<uint64_t>& set, size_t most) {
  BitmapMaker maker;
  const auto words = maker.Make(set, BitmapWords(most));
  return {words.begin(), words.end()};
}

// With `more` shingles than there are thought to be in each.
bool CanReach(const SetPair& pair, size_t more, double threshold) {
  const size_t most_a = pair.a.size() + more;
  const size_t most_b = pair.b.size() + more;
  const std::vector<uint64_t> a = WordsOf(pair.a, most_a);
  const std::vector<uint64_t> b = WordsOf(pair.b, most_b);
  return BitmapsCanReach({most_a, a}, {most_b, b}, threshold);
}

TEST(SetBitmapTest, HasThreeToSixBitsAShingleUpToABound) {
  EXPECT_EQ(BitmapWords(0), 0U);
  EXPECT_EQ(BitmapWords(63), 0U);
  for (size_t n = 64; n < 21'000; ++n) {
    ASSERT_TRUE(std::has_single_bit(BitmapWords(n))) << n;
    ASSERT_GE(64 * BitmapWords(n), 3 * n);
    ASSERT_LT(64 * BitmapWords(n), 6 * n);
  }
  EXPECT_EQ(BitmapWords(22'000), 1024U);
  EXPECT_EQ(BitmapWords(SIZE_MAX), 1024U);
}

TEST(SetBitmapTest, IsForEver) {
  std::vector<uint64_t> set(70, uint64_t{5} << 32 | 9);
  set[1] = uint64_t{255} << 32;
  set[2] = uint64_t{256 + 64} << 32;
  EXPECT_EQ(WordsOf(set, 70),
            (std::vector<uint64_t>{uint64_t{1} << 5, uint64_t{1}, 0, uint64_t{1} << 63}));
}

// At every threshold that the pair reaches, its own Jaccard too; of sets of like and of unlike sizes.
TEST(SetBitmapTest, RulesOutNoPairThatReachesTheThreshold) {
  uint64_t seed = 0;
  for (const size_t size : {64U, 100U, 171U, 300U, 1000U, 5000U, 30'000U}) {
    for (const double ratio : {1.0, 0.97, 0.8, 0.5, 0.1}) {
      const auto smaller = static_cast<size_t>(std::lround(ratio * static_cast<double>(size)));
      for (const double common : {1.0, 0.99, 0.9, 0.8, 0.5, 0.0}) {
        const auto shared = static_cast<size_t>(std::lround(common * static_cast<double>(smaller)));
        const SetPair pair = RandomPair(++seed, size, smaller, shared);
        const double jaccard = Jaccard(shared, pair.a.size(), pair.b.size());
        for (const double share : {1.0, 0.999, 0.9, 0.5}) {
          for (const size_t more : {0U, 1U, 50U}) {
            ASSERT_TRUE(CanReach(pair, more, share * jaccard))
                << size << ' ' << ratio << ' ' << common;
          }
        }
      }
    }
  }
}

TEST(SetBitmapTest, RepeatsChangeNothing) {
  SetPair pair = RandomPair(1, 300, 300, 260);
  const std::vector<uint64_t> once = WordsOf(pair.a, 600);
  pair.a.insert(pair.a.end(), pair.a.begin(), pair.a.end());
  EXPECT_EQ(WordsOf(pair.a, 600), once);
}

TEST(SetBitmapTest, RulesOutMostPairsBelowTheThreshold) {
  int left = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) {
    const size_t size = 100 + seed;
    left += CanReach(RandomPair(seed, size, size, CommonFor(0.7, size)), 0, 0.8) ? 1 : 0;
  }
  EXPECT_LT(left, 100);
}

TEST(SetBitmapTest, WithoutWordsNothingIsRuledOut) {
  const SetPair pair = RandomPair(1, 100, 100, 0);
  const std::vector<uint64_t> a = WordsOf(pair.a, 100);
  const std::vector<uint64_t> b = WordsOf(pair.b, 100);
  EXPECT_FALSE(BitmapsCanReach({100, a}, {100, b}, 0.8));
  EXPECT_TRUE(BitmapsCanReach({100, {}}, {100, b}, 0.8));
  EXPECT_TRUE(BitmapsCanReach({100, a}, {100, {}}, 0.8));
  EXPECT_TRUE(BitmapsCanReach({}, {}, 0.8));
}

}  // namespace
}  // namespace refrain
