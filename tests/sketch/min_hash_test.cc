#include "refrain/sketch/min_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "reference/naive_min_hash.h"
#include "support/random_sets.h"

namespace refrain {
namespace {

using ::testing::Combine;
using ::testing::ElementsAre;
using testing::RandomPair;
using testing::RandomWords;
using ::testing::Values;

std::vector<uint64_t> Sketch(SketchAlgorithm algorithm, int num_hashes,
                             const std::vector<uint64_t>& shingles) {
  // What stood in the slots before must not matter.
  std::vector<uint64_t> slots(static_cast<size_t>(num_hashes), 5);
  MinHasher(algorithm, num_hashes).Sketch(shingles, slots);
  return slots;
}

std::vector<uint64_t> Naive(SketchAlgorithm algorithm, int num_hashes,
                            const std::vector<uint64_t>& shingles) {
  const std::set<uint64_t> set(shingles.begin(), shingles.end());
  const auto count = static_cast<uint64_t>(num_hashes);
  return algorithm == SketchAlgorithm::kFast ? reference::NaiveFast(set, count)
                                             : reference::NaiveClassic(set, count);
}

class EverySketch : public ::testing::TestWithParam<std::tuple<SketchAlgorithm, int>> {};

TEST_P(EverySketch, EqualsTheFormulaeSlotForSlot) {
  const auto [algorithm, num_hashes] = GetParam();
  for (const size_t size :
       std::vector<size_t>{1,   2,   3,   5,   10,  15,  16,   17,   33,   63,  64,
                           100, 128, 200, 300, 500, 513, 1000, 2048, 2500, 5000}) {
    const auto shingles = RandomWords(7, size * 10000, size);
    ASSERT_EQ(Sketch(algorithm, num_hashes, shingles), Naive(algorithm, num_hashes, shingles))
        << "size " << size;
  }
}

TEST_P(EverySketch, EqualsTheFormulaeOnExtremeValues) {
  const auto [algorithm, num_hashes] = GetParam();
  const std::vector<std::vector<uint64_t>> sets = {
      {0}, {UINT64_MAX}, {0, UINT64_MAX}, {UINT32_MAX, uint64_t{UINT32_MAX} << 32}, {1, 2, 3, 4}};
  for (const auto& set : sets) {
    EXPECT_EQ(Sketch(algorithm, num_hashes, set), Naive(algorithm, num_hashes, set));
  }
}

// All shingles fall in one bin and none in the others, at a length where the filter is used.
TEST_P(EverySketch, EqualsTheFormulaeWhenOneBinHasEverything) {
  const auto [algorithm, num_hashes] = GetParam();
  std::vector<uint64_t> shingles = RandomWords(8, 0, 4500);
  for (uint64_t& shingle : shingles) shingle &= ~uint64_t{0xffffffff};
  EXPECT_EQ(Sketch(algorithm, num_hashes, shingles), Naive(algorithm, num_hashes, shingles));
}

TEST_P(EverySketch, DependsNeitherOnOrderNorOnRepeats) {
  const auto [algorithm, num_hashes] = GetParam();
  for (const size_t size : std::vector<size_t>{1, 20, 150, 3000}) {
    std::vector<uint64_t> shingles = RandomWords(9, size, size);
    const auto slots = Sketch(algorithm, num_hashes, shingles);
    std::reverse(shingles.begin(), shingles.end());
    EXPECT_EQ(Sketch(algorithm, num_hashes, shingles), slots);
    std::sort(shingles.begin(), shingles.end());
    EXPECT_EQ(Sketch(algorithm, num_hashes, shingles), slots);
    // Many repeats of few: the filter's guess of how many pass is wrong, the slots may not be.
    const std::vector<uint64_t> once = shingles;
    for (int i = 0; i < 30; ++i) shingles.insert(shingles.end(), once.begin(), once.end());
    EXPECT_EQ(Sketch(algorithm, num_hashes, shingles), slots);
  }
}

TEST_P(EverySketch, OfAUnionIsTheSlotwiseMinimum) {
  const auto [algorithm, num_hashes] = GetParam();
  for (const size_t size : std::vector<size_t>{3, 100, 3000}) {
    auto pair = RandomPair(10, size, 2 * size, size / 3);
    auto merged = Sketch(algorithm, num_hashes, pair.a);
    const auto slots_b = Sketch(algorithm, num_hashes, pair.b);
    std::transform(merged.begin(), merged.end(), slots_b.begin(), merged.begin(),
                   [](uint64_t x, uint64_t y) { return std::min(x, y); });
    pair.a.insert(pair.a.end(), pair.b.begin(), pair.b.end());
    EXPECT_EQ(Sketch(algorithm, num_hashes, pair.a), merged);
  }
}

INSTANTIATE_TEST_SUITE_P(MinHasher, EverySketch,
                         Combine(Values(SketchAlgorithm::kFast, SketchAlgorithm::kClassic),
                                 Values(1, 2, 7, 64, 65, 100, 128, 256)));

TEST(MinHasher, LargestSketchEqualsTheFormulae) {
  const auto shingles = RandomWords(11, 0, 700);
  for (const auto algorithm : {SketchAlgorithm::kFast, SketchAlgorithm::kClassic}) {
    for (const int num_hashes : {4095, 4096}) {
      EXPECT_EQ(Sketch(algorithm, num_hashes, shingles), Naive(algorithm, num_hashes, shingles));
    }
  }
}

// The filter of long documents against the definition, which knows none.
TEST(MinHasher, FilterOfLongDocumentsChangesNothing) {
  for (const int num_hashes : {16, 100, 128, 1000}) {
    for (uint64_t seed = 0; seed < 60; ++seed) {
      const auto bins = static_cast<uint32_t>(num_hashes);
      const auto shingles = RandomWords(seed, 0, 16 * bins + seed);
      std::vector<uint64_t> unfiltered(bins, UINT64_MAX);
      for (const uint64_t shingle : shingles) {
        const uint64_t bin =
            std::has_single_bit(bins) ? shingle % bins : (shingle & 0xFFFFFFFF) * bins >> 32;
        unfiltered[bin] = std::min(unfiltered[bin], shingle >> 7);
      }
      const auto slots = Sketch(SketchAlgorithm::kFast, num_hashes, shingles);
      for (size_t k = 0; k < bins; ++k) {
        if (unfiltered[k] == UINT64_MAX) continue;
        ASSERT_EQ(slots[k], unfiltered[k]);
      }
    }
  }
}

// Values of the formulae, computed apart from this program. They never change: signatures are
// stored.
TEST(MinHasher, FewestShinglesIsALowerBoundThatLongSetsNearlyFill) {
  std::mt19937_64 random(8);
  const MinHasher fast(SketchAlgorithm::kFast, 128);
  for (const size_t distinct : std::vector<size_t>{1, 5, 60, 128, 400, 5000}) {
    std::vector<uint64_t> shingles(distinct);
    for (uint64_t& shingle : shingles) shingle = random();
    shingles.resize(3 * distinct, shingles[0]);  // repeats
    std::vector<uint64_t> slots(128);
    fast.Sketch(shingles, slots);
    const size_t fewest = fast.FewestShingles(slots);
    EXPECT_LE(fewest, std::min<size_t>(distinct, 128));
    const double full = 128 * (1 - std::exp(-static_cast<double>(distinct) / 128));
    EXPECT_NEAR(static_cast<double>(fewest), full, 12) << distinct;  // three deviations and more
  }
  std::vector<uint64_t> slots(128);
  const MinHasher classic(SketchAlgorithm::kClassic, 128);
  classic.Sketch(std::vector<uint64_t>{7, 8, 9}, slots);
  EXPECT_EQ(classic.FewestShingles(slots), 1u);
}

TEST(MinHasher, GoldenVectors) {
  const std::vector<uint64_t> shingles = {0x0123456789abcdef, 0xfedcba9876543210,
                                          0xdeadbeefcafebabe};
  EXPECT_THAT(
      Sketch(SketchAlgorithm::kClassic, 4, shingles),
      ElementsAre(0x0000000076543210, 0x000000007530eca9, 0x00000000740da742, 0x000000006707f78b));
  EXPECT_THAT(
      Sketch(SketchAlgorithm::kFast, 4, shingles),
      ElementsAre(0x01fdb97530eca864, 0x03bd5b7ddf95fd75, 0x01bd5b7ddf95fd75, 0x0002468acf13579b));
  EXPECT_THAT(
      Sketch(SketchAlgorithm::kFast, 7, shingles),
      ElementsAre(0x0202468acf13579b, 0x03bd5b7ddf95fd75, 0xfe000000740da742, 0x0002468acf13579b,
                  0x0202468acf13579b, 0x01bd5b7ddf95fd75, 0x05bd5b7ddf95fd75));
}

TEST(EstimateJaccard, IsTheShareOfEqualSlots) {
  EXPECT_EQ(EstimateJaccard(std::vector<uint64_t>{1, 2, 3, 4}, std::vector<uint64_t>{1, 9, 3, 4}),
            0.75);
  EXPECT_EQ(EstimateJaccard(std::vector<uint64_t>{1}, std::vector<uint64_t>{2}), 0);
}

TEST(OneBitSketch, GoldenVector) {
  const auto slots = Sketch(SketchAlgorithm::kFast, 128, RandomWords(12, 0, 50));
  const OneBitSketch sketch = ToOneBit(slots);
  EXPECT_THAT(sketch.words, ElementsAre(0x1596c8ce257799a2, 0x430d8b60964b6070));
}

TEST(OneBitSketch, UsesTheFirst128SlotsAndPadsWithZeros) {
  auto slots = RandomWords(13, 0, 130);
  const OneBitSketch sketch = ToOneBit(slots);
  slots[128] = ~slots[128];
  EXPECT_EQ(ToOneBit(slots), sketch);
  EXPECT_EQ(ToOneBit(std::vector<uint64_t>(slots.begin(), slots.begin() + 7)).words[0],
            sketch.words[0] & 0x7f);
  EXPECT_EQ(ToOneBit(std::vector<uint64_t>(slots.begin(), slots.begin() + 7)).words[1], 0u);
}

TEST(OneBitSketch, DistanceCountsDifferentBits) {
  EXPECT_EQ(Distance({{0, 0}}, {{0, 0}}), 0);
  EXPECT_EQ(Distance({{1, 3}}, {{0, 0}}), 3);
  EXPECT_EQ(Distance({{UINT64_MAX, UINT64_MAX}}, {{0, 0}}), 128);
}

// E = 128 (1 - J) / 2; the mean of 400 pairs has a standard deviation of at most 0.29.
TEST(OneBitSketch, FarthestLikelyIsTheQuantileOfABinomialDistribution) {
  for (const int slots : {1, 20, 64, 128}) {
    for (const double jaccard : {0.05, 0.3, 0.5, 0.8, 0.95}) {
      const double p = (1 - jaccard) / 2;
      const auto farther = [&](int distance) {
        double sum = 0;
        for (int k = distance + 1; k <= slots; ++k) {
          sum += std::exp(std::lgamma(slots + 1) - std::lgamma(k + 1) - std::lgamma(slots - k + 1) +
                          k * std::log(p) + (slots - k) * std::log1p(-p));
        }
        return sum;
      };
      const int distance = FarthestLikely(jaccard, slots);
      EXPECT_LE(farther(distance), 1.001e-6) << slots << ' ' << jaccard;
      if (distance == 0) continue;
      EXPECT_GT(farther(distance - 1), 0.999e-6) << slots << ' ' << jaccard;
    }
  }
  EXPECT_EQ(FarthestLikely(1.0, 128), 0);
  EXPECT_EQ(FarthestLikely(0.8, 128), FarthestLikely(0.8, 4096));
}

TEST(OneBitSketch, MeanDistanceFollowsJaccard) {
  for (const auto algorithm : {SketchAlgorithm::kFast, SketchAlgorithm::kClassic}) {
    for (const int num_hashes : {128, 256, 512}) {
      double sum = 0;
      for (uint64_t seed = 0; seed < 400; ++seed) {
        const auto pair = RandomPair(seed, 150, 150, 100);
        sum += Distance(ToOneBit(Sketch(algorithm, num_hashes, pair.a)),
                        ToOneBit(Sketch(algorithm, num_hashes, pair.b)));
      }
      EXPECT_NEAR(sum / 400, 32, 1.2) << num_hashes;
    }
  }
}

}  // namespace
}  // namespace refrain
