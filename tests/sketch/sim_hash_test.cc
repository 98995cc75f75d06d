#include "refrain/sketch/sim_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <vector>

#include "support/random_sets.h"

namespace refrain {
namespace {

using testing::CommonFor;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RandomPair;
using testing::RandomWords;

uint64_t NaiveSimHash(const std::vector<uint64_t>& shingles) {
  uint64_t word = 0;
  for (int bit = 0; bit < 64; ++bit) {
    size_t ones = 0;
    for (const uint64_t shingle : shingles) ones += (shingle >> bit) & 1;
    if (2 * ones > shingles.size()) word |= uint64_t{1} << bit;
  }
  return word;
}

// Computed apart from this program. They never change: signatures are stored.
TEST(SimHash, GoldenVectors) {
  EXPECT_EQ(SimHash(RandomWords(21, 0, 300)), 0x0acc96a20d3523c3u);
  EXPECT_EQ(SimHash(RandomWords(21, 0, 3)), 0x864eaebd35fec5bfu);
}

TEST(SimHash, EqualsCountingBits) {
  for (const size_t size : std::vector<size_t>{1, 2, 3, 100, 254, 255, 256, 510, 511, 5000}) {
    const auto shingles = RandomWords(1, size, size);
    EXPECT_EQ(SimHash(shingles), NaiveSimHash(shingles)) << size;
  }
  const std::vector<uint64_t> ones(1000, UINT64_MAX);
  EXPECT_EQ(SimHash(ones), UINT64_MAX);
}

TEST(SimHash, OrderDoesNotMatterButRepeatsDo) {
  auto shingles = RandomWords(2, 0, 100);
  const uint64_t word = SimHash(shingles);
  std::sort(shingles.begin(), shingles.end());
  EXPECT_EQ(SimHash(shingles), word);
  shingles.insert(shingles.end(), 100, shingles[0]);
  EXPECT_NE(SimHash(shingles), word);
}

// E = 64 / pi * arccos(2J / (1 + J)); the mean of 500 pairs has a standard error below 0.18.
TEST(SimHash, MeanDistanceFollowsTheCosine) {
  for (const double jaccard : {.5, .8, .9, .98}) {
    const size_t common = CommonFor(jaccard, 500);
    double sum = 0;
    for (uint64_t seed = 0; seed < 500; ++seed) {
      const auto pair = RandomPair(seed, 500, 500, common);
      sum += HammingDistance(SimHash(pair.a), SimHash(pair.b));
    }
    const double cosine = static_cast<double>(common) / 500;
    EXPECT_NEAR(sum / 500, 64 / std::numbers::pi * std::acos(cosine), 0.75) << jaccard;
  }
}

std::vector<uint32_t> Keys(const BlockKeys& tables, uint64_t word) {
  std::vector<uint32_t> keys(tables.size());
  tables.Keys(word, keys);
  return keys;
}

bool Meet(const BlockKeys& tables, uint64_t a, uint64_t b) {
  const auto keys_a = Keys(tables, a), keys_b = Keys(tables, b);
  for (size_t t = 0; t < keys_a.size(); ++t) {
    if (keys_a[t] == keys_b[t]) return true;
  }
  return false;
}

TEST(BlockKeys, GoldenVectors) {
  EXPECT_THAT(Keys(*BlockKeys::Create(0), 0x0123456789abcdef), ElementsAre(0x56a1cf26));
  EXPECT_THAT(Keys(*BlockKeys::Create(1), 0x0123456789abcdef),
              ElementsAre(0xe1ccda07, 0x8b8a2852, 0x629cad05, 0x0def335a));
}

TEST(BlockKeys, HasATableForEachChoiceOfBlocks) {
  std::vector<size_t> sizes;
  for (int h = 0; h <= 8; ++h) sizes.push_back(BlockKeys::Create(h)->size());
  EXPECT_THAT(sizes, ElementsAre(1, 4, 10, 20, 15, 21, 28, 36, 45));
}

TEST(BlockKeys, RefusesOtherDistances) {
  for (const int distance : {-1, 9, 64}) {
    const auto tables = BlockKeys::Create(distance);
    EXPECT_EQ(tables.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(tables.status().message()), HasSubstr("not in 0..8"));
  }
}

// All differences of at most 3 bits: 43,745 of them.
TEST(BlockKeys, FindsEveryWordWithinThreeBits) {
  const uint64_t word = RandomWords(3, 0, 1)[0];
  for (int h = 0; h <= 3; ++h) {
    const BlockKeys tables = *BlockKeys::Create(h);
    for (int i = 0; i < 64; ++i) {
      for (int j = i; j < 64; ++j) {
        for (int k = j; k < 64; ++k) {
          const uint64_t flips = (uint64_t{1} << i) | (uint64_t{1} << j) | (uint64_t{1} << k);
          const uint64_t other = word ^ (h == 0 ? 0 : flips);
          if (HammingDistance(word, other) > h) continue;
          ASSERT_TRUE(Meet(tables, word, other)) << h << ' ' << i << ' ' << j << ' ' << k;
        }
      }
    }
  }
}

TEST(BlockKeys, FindsRandomWordsWithinAnyDistance) {
  for (int h = 4; h <= BlockKeys::kMaxDistance; ++h) {
    const BlockKeys tables = *BlockKeys::Create(h);
    for (uint64_t trial = 0; trial < 20000; ++trial) {
      const uint64_t word = SplitMix64(4, trial);
      uint64_t other = word;
      for (uint64_t i = 0; i < static_cast<uint64_t>(h); ++i) {
        other ^= uint64_t{1} << (SplitMix64(5, trial * 8 + i) % 64);
      }
      ASSERT_TRUE(Meet(tables, word, other));
    }
  }
}

// The tables would be useless if everything met.
TEST(BlockKeys, RandomWordsRarelyMeet) {
  const BlockKeys tables = *BlockKeys::Create(3);
  int meetings = 0;
  for (uint64_t trial = 0; trial < 20000; ++trial) {
    meetings += Meet(tables, SplitMix64(6, 2 * trial), SplitMix64(6, 2 * trial + 1)) ? 1 : 0;
  }
  EXPECT_LE(meetings, 3);  // 20 tables of about 32 bits
}

TEST(HammingDistance, CountsDifferentBits) {
  EXPECT_EQ(HammingDistance(0, 0), 0);
  EXPECT_EQ(HammingDistance(0, UINT64_MAX), 64);
  EXPECT_EQ(HammingDistance(5, 6), 2);
}

}  // namespace
}  // namespace refrain
