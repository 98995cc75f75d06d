// Bias and variance of the estimators. Seeds are fixed, so a result never changes by itself;
// bounds are what chance allows at these numbers of trials: the MSE of T trials has a relative
// standard error of sqrt(2 / T).
#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <vector>

#include "reference/naive_min_hash.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/sketch/min_hash.h"
#include "support/estimator_statistics.h"

namespace refrain {
namespace {

using testing::CommonFor;
using testing::Measure;
using testing::SketcherOf;

constexpr int kTrials = 2000;

struct Case {
  size_t size_a, size_b, common;
};

std::vector<Case> EqualSizes(const std::vector<size_t>& sizes) {
  std::vector<Case> cases;
  for (const size_t size : sizes) {
    for (const double jaccard : {.2, .5, .8, .95}) {
      cases.push_back({size, size, CommonFor(jaccard, size)});
    }
  }
  return cases;
}

// Few shingles against many: where sketches with empty or borrowed slots go wrong.
const std::vector<Case> kUnequalSizes = {{5, 12, 4},    {10, 100, 10},   {20, 60, 15},
                                         {30, 400, 30}, {20, 2000, 20},  {100, 1500, 100},
                                         {60, 300, 60}, {128, 129, 110}, {1, 3, 1}};

void ExpectUnbiased(SketchAlgorithm algorithm, const std::vector<Case>& cases, double least_mse,
                    double most_mse) {
  for (const auto& [size_a, size_b, common] : cases) {
    const auto found = Measure(SketcherOf(algorithm), size_a, size_b, common, kTrials);
    SCOPED_TRACE(::testing::Message() << size_a << ' ' << size_b << ' ' << common);
    EXPECT_LE(std::abs(found.bias_in_sigmas), 4);
    EXPECT_GE(found.mse_ratio, least_mse);
    EXPECT_LE(found.mse_ratio, most_mse);
  }
}

TEST(FastSketch, IsUnbiasedAndNoWorseThanClassicAtAnySize) {
  ExpectUnbiased(SketchAlgorithm::kFast, EqualSizes({10, 20, 50, 100, 500, 5000}), 0.3, 1.15);
}

TEST(FastSketch, IsUnbiasedForSetsOfVeryDifferentSizes) {
  ExpectUnbiased(SketchAlgorithm::kFast, kUnequalSizes, 0.3, 1.15);
}

// Its reason to be, beside speed.
TEST(FastSketch, IsMoreAccurateThanClassicBeyondTheNumberOfSlots) {
  for (const size_t size : std::vector<size_t>{150, 300}) {
    const auto found =
        Measure(SketcherOf(SketchAlgorithm::kFast), size, size, CommonFor(.5, size), kTrials);
    EXPECT_LE(found.mse_ratio, 0.9) << size;
  }
}

TEST(ClassicSketch, HasBinomialVariance) {
  ExpectUnbiased(SketchAlgorithm::kClassic, EqualSizes({10, 20, 50, 100, 500}), 0.8, 1.25);
}

TEST(ClassicSketch, IsUnbiasedForSetsOfVeryDifferentSizes) {
  ExpectUnbiased(SketchAlgorithm::kClassic, kUnequalSizes, 0.8, 1.25);
}

// 4.5 standard errors of a binomial, plus 0.02 for slots that are not quite independent.
void ExpectOnTheCurve(SketchAlgorithm algorithm, size_t size) {
  for (const double jaccard : {.5, .6, .7, .8, .9}) {
    const size_t common = CommonFor(jaccard, size);
    const double exact = static_cast<double>(common) / static_cast<double>(2 * size - common);
    const double expected = CandidateProbability(exact, {16, 6});
    const auto found = Measure(SketcherOf(algorithm), size, size, common, kTrials);
    const double bound = 4.5 * std::sqrt(expected * (1 - expected) / kTrials) + 0.02;
    EXPECT_NEAR(found.candidates, expected, bound) << size << ' ' << jaccard;
  }
}

TEST(FastSketch, MakesCandidatesAsTheCurveSays) {
  for (const size_t size : std::vector<size_t>{64, 100, 300, 1000})
    ExpectOnTheCurve(SketchAlgorithm::kFast, size);
}

TEST(ClassicSketch, MakesCandidatesAsTheCurveSays) {
  for (const size_t size : std::vector<size_t>{64, 300})
    ExpectOnTheCurve(SketchAlgorithm::kClassic, size);
}

// The negative control: a sketch that is known to be bad must fail these measures by far.
TEST(RotatedSketch, WouldBeNoticed) {
  const auto rotation = [](const std::vector<uint64_t>& shingles) {
    return reference::NaiveRotation(std::set<uint64_t>(shingles.begin(), shingles.end()),
                                    testing::kSlots);
  };
  const auto found = Measure(rotation, 20, 20, CommonFor(.5, 20), 300);
  EXPECT_GE(found.mse_ratio, 3);
  EXPECT_GE(found.candidates, CandidateProbability(.5, {16, 6}) + 0.3);
}

}  // namespace
}  // namespace refrain
