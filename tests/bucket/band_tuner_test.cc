#include "refrain/bucket/band_tuner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "support/random_sets.h"

namespace refrain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::RandomWords;

struct CurveRow {
  Bands bands;
  double at_5, at_6, at_7, at_8, at_9;
};

// docs/design.md and the tools named there; values to three decimals.
TEST(CandidateProbability, FollowsThePublishedTable) {
  const std::vector<CurveRow> rows = {
      {{16, 8}, .061, .237, .613, .947, 1.000},  {{18, 7}, .132, .400, .787, .986, 1.000},
      {{21, 6}, .282, .633, .928, .998, 1.000},  {{25, 5}, .548, .868, .990, 1.000, 1.000},
      {{32, 8}, .118, .418, .850, .997, 1.000},  {{14, 8}, .053, .211, .565, .924, 1.000},
      {{9, 13}, .001, .012, .084, .399, .929},   {{20, 13}, .002, .026, .177, .677, .997},
      {{26, 11}, .013, .090, .405, .903, 1.000}, {{450, 20}, .000, .016, .302, .995, 1.000}};
  for (const CurveRow& row : rows) {
    const auto at = [&](double jaccard) { return CandidateProbability(jaccard, row.bands); };
    EXPECT_NEAR(at(.5), row.at_5, .0006);
    EXPECT_NEAR(at(.6), row.at_6, .0006);
    EXPECT_NEAR(at(.7), row.at_7, .0006);
    EXPECT_NEAR(at(.8), row.at_8, .0006);
    EXPECT_NEAR(at(.9), row.at_9, .0006);
  }
}

TEST(CandidateProbability, EndsAtZeroAndOne) {
  EXPECT_EQ(CandidateProbability(0, {16, 6}), 0);
  EXPECT_EQ(CandidateProbability(1, {16, 6}), 1);
  EXPECT_EQ(CandidateProbability(0.5, {1, 1}), 0.5);
}

TEST(TuneBands, TheDefaultIsSixteenBySix) { EXPECT_EQ(*TuneBands(0.8, 0.99, 128), (Bands{16, 6})); }

// Every (bands, rows), by the library's power function.
Bands BruteForce(double threshold, double recall, int num_hashes) {
  Bands best = {0, 0};
  for (int rows = 1; rows <= num_hashes; ++rows) {
    for (int bands = num_hashes / rows; bands >= 1; --bands) {
      if (1 - std::pow(1 - std::pow(threshold, rows), bands) >= recall) best = {bands, rows};
    }
  }
  return best;
}

TEST(TuneBands, EqualsBruteForce) {
  for (const int num_hashes : {1, 2, 7, 32, 100, 128, 256}) {
    for (const double threshold : {.05, .1, .3, .5, .6, .7, .75, .8, .85, .9, .95, .99}) {
      for (const double recall : {.1, .5, .8, .9, .95, .99, .999}) {
        const Bands expected = BruteForce(threshold, recall, num_hashes);
        const auto bands = TuneBands(threshold, recall, num_hashes);
        ASSERT_EQ(bands.ok(), expected.rows > 0) << threshold << ' ' << recall << ' ' << num_hashes;
        EXPECT_EQ(bands.value_or(Bands{0, 0}), expected);
      }
    }
  }
}

TEST(TuneBands, ThresholdOneTakesAllRows) { EXPECT_EQ(*TuneBands(1, .99, 128), (Bands{1, 128})); }

TEST(TuneBands, SaysHowManyHashesItWouldTake) {
  const auto bands = TuneBands(0.1, 0.99, 32);
  EXPECT_EQ(bands.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(bands.status().message()),
              HasSubstr("recall 0.99 at threshold 0.1 takes 44 hashes, more than 32"));
  EXPECT_TRUE(TuneBands(0.1, 0.99, 44).ok());
  EXPECT_FALSE(TuneBands(0.1, 0.99, 43).ok());
}

TEST(TuneBands, RefusesWhatIsOutOfRange) {
  const double nan = std::nan("");
  for (const double threshold : {0.0, -1.0, 1.001, nan}) {
    EXPECT_FALSE(TuneBands(threshold, 0.9, 128).ok()) << threshold;
  }
  for (const double recall : {0.0, 1.0, -1.0, nan}) {
    EXPECT_FALSE(TuneBands(0.8, recall, 128).ok()) << recall;
  }
  for (const int num_hashes : {0, -5, 4097}) EXPECT_FALSE(TuneBands(0.8, 0.9, num_hashes).ok());
  EXPECT_TRUE(TuneBands(0.8, 0.9, 4096).ok());
}

std::vector<uint32_t> Keys(const std::vector<uint64_t>& slots, Bands bands) {
  std::vector<uint32_t> keys(static_cast<size_t>(bands.bands));
  BandKeys(slots, bands, keys);
  return keys;
}

// Computed apart from this program. They never change: signatures are stored.
TEST(BandKeys, GoldenVector) {
  EXPECT_THAT(Keys({1, 2, 3, 4, 5, 6, 7}, {2, 3}), ElementsAre(0x3630f1e3, 0xf3495a00));
}

TEST(BandKeys, EachSlotMattersToItsOwnBandOnly) {
  const auto slots = RandomWords(1, 0, 100);
  const auto keys = Keys(slots, {16, 6});
  for (size_t k = 0; k < slots.size(); ++k) {
    auto changed = slots;
    changed[k] ^= uint64_t{1} << (k % 64);
    const auto changed_keys = Keys(changed, {16, 6});
    for (size_t band = 0; band < keys.size(); ++band) {
      EXPECT_EQ(changed_keys[band] != keys[band], k / 6 == band);
    }
  }
}

TEST(BandKeys, EqualSlotsInDifferentBandsHaveDifferentKeys) {
  const auto keys = Keys(std::vector<uint64_t>(128, 77), {64, 2});
  EXPECT_EQ(std::set<uint32_t>(keys.begin(), keys.end()).size(), 64u);
}

TEST(BandKeys, OrderOfSlotsMatters) { EXPECT_NE(Keys({1, 2, 3}, {1, 3}), Keys({1, 3, 2}, {1, 3})); }

// Random bands meet as often as 32 random bits do: 200,000 keys make 4.7 equal pairs on average.
TEST(BandKeys, FalseMeetingsAreAsRareAs32BitsAllow) {
  constexpr size_t kKeys = 200000;
  // Slots of the classic sketch are small: 32 bits, most of them 0 for long documents.
  auto slots = RandomWords(2, 0, kKeys * 2);
  for (uint64_t& slot : slots) slot >>= 40;
  std::vector<uint32_t> keys;
  for (size_t i = 0; i < kKeys; ++i)
    keys.push_back(Keys({slots[2 * i], slots[2 * i + 1]}, {1, 2})[0]);
  const std::set<uint32_t> distinct(keys.begin(), keys.end());
  EXPECT_LE(kKeys - distinct.size(), 17u);  // Poisson: fewer than one seed in 100,000 exceeds this
}

}  // namespace
}  // namespace refrain
