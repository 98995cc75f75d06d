// The same measures as min_hash_statistics_test.cc with more trials and tighter bounds.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "refrain/bucket/band_tuner.h"
#include "refrain/sketch/min_hash.h"
#include "support/estimator_statistics.h"

namespace refrain {
namespace {

using testing::CommonFor;
using testing::Measure;
using testing::SketcherOf;

TEST(ClassicSketchSlow, HasBinomialVarianceForLongDocuments) {
  for (const double jaccard : {.2, .5, .8, .95}) {
    const auto found =
        Measure(SketcherOf(SketchAlgorithm::kClassic), 5000, 5000, CommonFor(jaccard, 5000), 2000);
    EXPECT_LE(std::abs(found.bias_in_sigmas), 4) << jaccard;
    EXPECT_GE(found.mse_ratio, 0.8) << jaccard;
    EXPECT_LE(found.mse_ratio, 1.25) << jaccard;
  }
}

TEST(SketchSlow, IsUnbiasedToAThousandth) {
  for (const auto algorithm : {SketchAlgorithm::kFast, SketchAlgorithm::kClassic}) {
    for (const size_t size : std::vector<size_t>{10, 40, 128, 400}) {
      for (const double jaccard : {.5, .8}) {
        const auto found =
            Measure(SketcherOf(algorithm), size, size, CommonFor(jaccard, size), 20000);
        EXPECT_LE(std::abs(found.bias_in_sigmas), 4) << size << ' ' << jaccard;
        EXPECT_LE(found.mse_ratio, 1.06) << size << ' ' << jaccard;
      }
    }
  }
}

}  // namespace
}  // namespace refrain
