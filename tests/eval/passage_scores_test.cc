#include "refrain/eval/passage_scores.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <random>

#include "reference/naive_plagdet.h"

namespace refrain {
namespace {

RangePair Pair(uint32_t a, uint64_t a_begin, uint64_t a_end, uint32_t b, uint64_t b_begin,
               uint64_t b_end) {
  return {{a, a_begin, a_end}, {b, b_begin, b_end}};
}

TEST(ScorePassages, FoundAsPlanted) {
  const std::vector<RangePair> truth = {Pair(0, 0, 100, 1, 50, 150), Pair(0, 200, 300, 2, 0, 100)};
  const PassageScores scores = ScorePassages(truth, {}, truth);
  EXPECT_EQ(scores.cases, 2u);
  EXPECT_EQ(scores.detected, 2u);
  EXPECT_EQ(scores.plagdet, 1);
}

// Sides may stand in either order, rows may come again.
TEST(ScorePassages, PairsAreUnordered) {
  const PassageScores scores =
      ScorePassages({Pair(0, 0, 100, 1, 50, 150)}, {},
                    {Pair(1, 50, 150, 0, 0, 100), Pair(0, 0, 100, 1, 50, 150)});
  EXPECT_EQ(scores.detections, 1u);
  EXPECT_EQ(scores.inside, 1u);
  EXPECT_EQ(scores.plagdet, 1);
}

// One case of 100 + 100 bytes, found in two halves: recall and precision 1, granularity 2.
TEST(ScorePassages, TwoDetectionsOfOneCase) {
  const PassageScores scores = ScorePassages(
      {Pair(0, 0, 100, 1, 0, 100)}, {}, {Pair(0, 0, 50, 1, 0, 50), Pair(0, 50, 100, 1, 50, 100)});
  EXPECT_EQ(scores.precision, 1);
  EXPECT_EQ(scores.recall, 1);
  EXPECT_EQ(scores.granularity, 2);
  EXPECT_DOUBLE_EQ(scores.plagdet, 1 / std::log2(3));
}

// Found 50 of 100 bytes on one side and 100 of 100 on the other, and 50 too many on the first:
// 150 of 200 each way.
TEST(ScorePassages, HalfOverlapOnOneSide) {
  const PassageScores scores =
      ScorePassages({Pair(0, 0, 100, 1, 0, 100)}, {}, {Pair(0, 50, 150, 1, 0, 100)});
  EXPECT_DOUBLE_EQ(scores.precision, 0.75);
  EXPECT_DOUBLE_EQ(scores.recall, 0.75);
  EXPECT_DOUBLE_EQ(scores.plagdet, 0.75);
}

// The mean is over cases and detections, not over bytes: a short one counts as much as a long one.
TEST(ScorePassages, MacroAverage) {
  const PassageScores scores =
      ScorePassages({Pair(0, 0, 1000, 1, 0, 1000), Pair(0, 2000, 2010, 1, 2000, 2010)}, {},
                    {Pair(0, 0, 1000, 1, 0, 1000), Pair(2, 0, 10, 3, 0, 10)});
  EXPECT_DOUBLE_EQ(scores.recall, 0.5);
  EXPECT_DOUBLE_EQ(scores.precision, 0.5);
  EXPECT_EQ(scores.granularity, 1);
}

// One side alone is no meeting.
TEST(ScorePassages, BothSidesMustMeet) {
  const PassageScores scores = ScorePassages(
      {Pair(0, 0, 100, 1, 0, 100)}, {}, {Pair(0, 0, 100, 1, 100, 200), Pair(0, 0, 100, 2, 0, 100)});
  EXPECT_EQ(scores.detected, 0u);
  EXPECT_EQ(scores.precision, 0);
  EXPECT_EQ(scores.plagdet, 0);
}

// In one document the sides of a detection may be crossed; [0,100) and [200,300) are meant.
TEST(ScorePassages, OneDocumentWithItself) {
  const std::vector<RangePair> truth = {Pair(0, 0, 100, 0, 200, 300)};
  EXPECT_EQ(ScorePassages(truth, {}, {Pair(0, 200, 300, 0, 0, 100)}).plagdet, 1);
  // Ranges that overlap: straight 60 + 60 of 200, crossed 10 + 10.
  const PassageScores near =
      ScorePassages({Pair(0, 0, 100, 0, 50, 150)}, {}, {Pair(0, 40, 100, 0, 90, 150)});
  EXPECT_DOUBLE_EQ(near.recall, 0.6);
  EXPECT_DOUBLE_EQ(near.precision, 1);
}

TEST(ScorePassages, InnerDetectionsAreLeftOut) {
  const PassageScores scores = ScorePassages(
      {Pair(0, 0, 100, 1, 0, 100)}, {},
      {Pair(0, 0, 100, 1, 0, 100), Pair(1, 10, 20, 0, 10, 20), Pair(0, 10, 20, 1, 10, 110)});
  EXPECT_EQ(scores.inside, 1u);  // the third reaches out on one side
  EXPECT_EQ(scores.granularity, 2);
}

TEST(ScorePassages, IgnoredPairsAreNeitherWantedNorWrong) {
  const std::vector<RangePair> truth = {Pair(0, 0, 100, 1, 0, 100)};
  const std::vector<RangePair> ignored = {Pair(0, 200, 240, 1, 200, 240)};
  // The detection of the ignored pair does not count, nor does it count that there is none.
  EXPECT_EQ(ScorePassages(truth, ignored, truth).plagdet, 1);
  const PassageScores both = ScorePassages(truth, ignored, {truth[0], ignored[0]});
  EXPECT_EQ(both.ignored, 1u);
  EXPECT_EQ(both.plagdet, 1);
  // A detection that runs over both, with 100 bytes between on each side: 200 right of 400, as 80
  // of the 480 do not count.
  EXPECT_DOUBLE_EQ(ScorePassages(truth, ignored, {Pair(0, 0, 240, 1, 0, 240)}).precision, 0.5);
  // Less than one half of it ignored, and nothing right: wrong.
  EXPECT_EQ(ScorePassages(truth, ignored, {Pair(0, 190, 290, 1, 190, 290)}).detections, 1u);
}

TEST(ScorePassages, NothingWantedNothingFound) {
  const std::vector<RangePair> some = {Pair(0, 0, 100, 1, 0, 100)};
  EXPECT_EQ(ScorePassages({}, {}, {}).plagdet, 1);
  EXPECT_EQ(ScorePassages(some, {}, {}).precision, 1);
  EXPECT_EQ(ScorePassages(some, {}, {}).plagdet, 0);
  EXPECT_EQ(ScorePassages({}, {}, some).recall, 1);
  EXPECT_EQ(ScorePassages({}, {}, some).plagdet, 0);
}

std::vector<RangePair> RandomPairs(size_t count, uint32_t documents, uint64_t bytes,
                                   uint64_t longest, std::mt19937_64* random) {
  const auto range = [&] {
    const uint64_t begin = (*random)() % bytes;
    return TextRange{static_cast<uint32_t>((*random)() % documents), begin,
                     begin + 1 + (*random)() % longest};
  };
  std::vector<RangePair> pairs;
  for (size_t i = 0; i < count; ++i) pairs.push_back({range(), range()});
  return pairs;
}

TEST(ScorePassages, AgreesWithTheObvious) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    const uint32_t documents = 1 + static_cast<uint32_t>(round % 3);
    const auto some = [&](size_t most) {
      return RandomPairs(random() % (most + 1), documents, 40, 1 + random() % 30, &random);
    };
    const auto cases = some(8), ignored = some(3), detections = some(20);
    const PassageScores fast = ScorePassages(cases, ignored, detections);
    const PassageScores slow = NaivePlagdet(cases, ignored, detections);
    ASSERT_EQ(fast.cases, slow.cases);
    ASSERT_EQ(fast.detected, slow.detected);
    ASSERT_EQ(fast.detections, slow.detections);
    ASSERT_EQ(fast.inside, slow.inside);
    ASSERT_EQ(fast.ignored, slow.ignored);
    ASSERT_NEAR(fast.precision, slow.precision, 1e-12) << round;
    ASSERT_NEAR(fast.recall, slow.recall, 1e-12) << round;
    ASSERT_NEAR(fast.granularity, slow.granularity, 1e-12);
    ASSERT_NEAR(fast.plagdet, slow.plagdet, 1e-12);
  }
}

// All in one document, every detection on one and the same place: what a tree has to bear.
TEST(ScorePassages, ManyCasesAndDetections) {
  std::mt19937_64 random(2);
  const auto cases = RandomPairs(100'000, 1, 100'000'000, 1'000, &random);
  std::vector<RangePair> detections = RandomPairs(100'000, 1, 100'000'000, 1'000, &random);
  detections.insert(detections.end(), cases.begin(), cases.end());
  EXPECT_EQ(ScorePassages(cases, {}, detections).recall, 1);

  std::vector<RangePair> star;
  for (uint64_t i = 0; i < 100'000; ++i)
    star.push_back(Pair(0, 0, 50, 0, 100 + i * 60, 150 + i * 60));
  EXPECT_EQ(ScorePassages(star, {}, star).plagdet, 1);
}

}  // namespace
}  // namespace refrain
