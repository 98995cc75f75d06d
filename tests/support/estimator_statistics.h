// Measures a Jaccard estimator over many seeded random pairs of sets.
#ifndef REFRAIN_TESTS_SUPPORT_ESTIMATOR_STATISTICS_H_
#define REFRAIN_TESTS_SUPPORT_ESTIMATOR_STATISTICS_H_

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "refrain/bucket/band_tuner.h"
#include "refrain/sketch/min_hash.h"
#include "support/random_sets.h"

namespace refrain::testing {

inline constexpr int kSlots = 128;

using Sketcher = std::function<std::vector<uint64_t>(const std::vector<uint64_t>& shingles)>;

inline Sketcher SketcherOf(SketchAlgorithm algorithm) {
  return [hasher = MinHasher(algorithm, kSlots)](const std::vector<uint64_t>& shingles) {
    std::vector<uint64_t> slots(kSlots);
    hasher.Sketch(shingles, slots);
    return slots;
  };
}

struct EstimatorStatistics {
  double bias_in_sigmas;  // mean error / its standard error
  double mse_ratio;       // mean squared error / (J (1 - J) / K)
  double candidates;      // share of pairs that agree on a band of 16 x 6
};

inline bool AgreeOnABand(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  constexpr Bands kBands = {16, 6};
  uint32_t keys_a[kBands.bands], keys_b[kBands.bands];
  BandKeys(a, kBands, keys_a);
  BandKeys(b, kBands, keys_b);
  for (int band = 0; band < kBands.bands; ++band) {
    if (keys_a[band] == keys_b[band]) return true;
  }
  return false;
}

inline EstimatorStatistics Measure(const Sketcher& sketch, size_t size_a, size_t size_b,
                                   size_t common, int trials) {
  double sum = 0, sum_of_squares = 0, candidates = 0, jaccard = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const uint64_t seed = SplitMix64(size_a * 1000003 + size_b, static_cast<uint64_t>(trial));
    const SetPair pair = RandomPair(seed, size_a, size_b, common);
    const auto a = sketch(pair.a), b = sketch(pair.b);
    const double error = EstimateJaccard(a, b) - pair.jaccard;
    sum += error;
    sum_of_squares += error * error;
    candidates += AgreeOnABand(a, b) ? 1 : 0;
    jaccard = pair.jaccard;
  }
  const double mse = sum_of_squares / trials;
  return {sum / trials / std::sqrt(mse / trials), mse / (jaccard * (1 - jaccard) / kSlots),
          candidates / trials};
}

}  // namespace refrain::testing

#endif  // REFRAIN_TESTS_SUPPORT_ESTIMATOR_STATISTICS_H_
