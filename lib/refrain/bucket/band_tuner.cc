#include "refrain/bucket/band_tuner.h"

#include <array>
#include <cassert>
#include <cmath>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/mix.h"
#include "refrain/base/status_macros.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {
namespace {

// By squaring; unlike std::pow it has one result on all machines.
double Power(double base, int exponent) {
  double power = 1;
  for (; exponent > 0; exponent >>= 1, base *= base) {
    if (exponent & 1) power *= base;
  }
  return power;
}

// The fewest bands of `rows` rows that reach the recall within num_hashes; 0 if none do.
int FewestBands(double threshold, double recall, int num_hashes, int rows) {
  for (int bands = 1; bands * rows <= num_hashes; ++bands) {
    if (CandidateProbability(threshold, {bands, rows}) >= recall) return bands;
  }
  return 0;
}

absl::Status CheckArguments(double threshold, double recall, int num_hashes) {
  if (!(threshold > 0 && threshold <= 1)) {
    return absl::InvalidArgumentError(absl::StrCat("threshold ", threshold, " is not in (0, 1]"));
  }
  if (!(recall > 0 && recall < 1)) {
    return absl::InvalidArgumentError(absl::StrCat("recall ", recall, " is not in (0, 1)"));
  }
  if (num_hashes < 1 || num_hashes > MinHasher::kMaxHashes) {
    return absl::InvalidArgumentError(
        absl::StrCat("number of hashes ", num_hashes, " is not in 1..", MinHasher::kMaxHashes));
  }
  return absl::OkStatus();
}

absl::Status OutOfReach(double threshold, double recall, int num_hashes) {
  const double needed = std::ceil(std::log1p(-recall) / std::log1p(-threshold));
  return absl::InvalidArgumentError(absl::StrCat(
      "recall ", recall, " at threshold ", threshold, " takes ", needed, " hashes, more than ",
      num_hashes, " (the limit is ", MinHasher::kMaxHashes, ")"));
}

constexpr uint64_t kKeySeed = 0x6b65795f62616e64;
constexpr uint64_t kBandStream = uint64_t{1} << 32;

// One odd multiplier for each row that a band can have.
constexpr auto kRowMultipliers = [] {
  std::array<uint64_t, MinHasher::kMaxHashes> multipliers{};
  for (size_t row = 0; row < multipliers.size(); ++row) {
    multipliers[row] = SplitMix64(kKeySeed, row) | 1;
  }
  return multipliers;
}();

}  // namespace

double CandidateProbability(double jaccard, Bands bands) {
  return 1 - Power(1 - Power(jaccard, bands.rows), bands.bands);
}

absl::StatusOr<Bands> TuneBands(double threshold, double recall, int num_hashes) {
  REFRAIN_RETURN_IF_ERROR(CheckArguments(threshold, recall, num_hashes));
  for (int rows = num_hashes; rows >= 1; --rows) {
    const int bands = FewestBands(threshold, recall, num_hashes, rows);
    if (bands > 0) return Bands{bands, rows};
  }
  return OutOfReach(threshold, recall, num_hashes);
}

void BandKeys(std::span<const uint64_t> slots, Bands bands, std::span<uint32_t> keys) {
  const size_t rows = static_cast<size_t>(bands.rows);
  assert(keys.size() == static_cast<size_t>(bands.bands));
  assert(slots.size() >= keys.size() * rows);
  for (size_t band = 0; band < keys.size(); ++band) {
    uint64_t sum = SplitMix64(kKeySeed, kBandStream + band);
    const uint64_t* slot = slots.data() + band * rows;
    for (size_t row = 0; row < rows; ++row) sum += slot[row] * kRowMultipliers[row];
    keys[band] = static_cast<uint32_t>(Mix64(sum));
  }
}

}  // namespace refrain
