#include "refrain/sketch/min_hash_kernels.h"

#include <algorithm>
#include <bit>

namespace refrain::internal {
namespace {

// Shingles side by side in registers, and how many of them share a running minimum: shapes that
// GCC turns into code for 128-bit registers.
constexpr size_t kGroup = 16;
constexpr size_t kLanes = 4;

// Signed and unsigned order agree after this is added; the oldest vector units compare only signed
// numbers.
constexpr uint32_t kBias = 0x80000000;

uint32_t Low(uint64_t shingle) { return static_cast<uint32_t>(shingle); }
uint32_t Step(uint64_t shingle) { return static_cast<uint32_t>(shingle >> 32) | 1; }

using LaneMins = int32_t[kSlotBlock][kLanes];

// Takes kGroup shingles through the slots [first, first + count).
void MinOfGroup(const uint64_t* shingles, uint32_t first, uint32_t count, LaneMins& mins) {
  uint32_t value[kGroup];
  uint32_t step[kGroup];
  for (size_t i = 0; i < kGroup; ++i) {
    step[i] = Step(shingles[i]);
    value[i] = Low(shingles[i]) + first * step[i] + kBias;
  }
  for (uint32_t k = 0; k < count; ++k) {
    for (size_t i = 0; i < kGroup; i += kLanes) {
      for (size_t lane = 0; lane < kLanes; ++lane) {
        const int32_t at = static_cast<int32_t>(value[i + lane]);
        mins[k][lane] = at < mins[k][lane] ? at : mins[k][lane];
        value[i + lane] += step[i + lane];
      }
    }
  }
}

}  // namespace

void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins) {
  LaneMins lane_mins;
  std::fill_n(&lane_mins[0][0], count * kLanes, INT32_MAX);
  size_t i = 0;
  for (; i + kGroup <= n; i += kGroup) MinOfGroup(shingles + i, first, count, lane_mins);
  if (i < n) {
    // A repeated shingle changes no minimum.
    uint64_t last[kGroup];
    std::fill(std::copy(shingles + i, shingles + n, last), last + kGroup, shingles[i]);
    MinOfGroup(last, first, count, lane_mins);
  }
  for (uint32_t k = 0; k < count; ++k) {
    const int32_t min = *std::min_element(lane_mins[k], lane_mins[k] + kLanes);
    mins[k] = static_cast<uint32_t>(min) - kBias;
  }
}

uint32_t MinOfProgressionsAt(const uint64_t* shingles, size_t n, uint32_t slot) {
  int32_t min = INT32_MAX;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t value = Low(shingles[i]) + slot * Step(shingles[i]) + kBias;
    min = std::min(min, static_cast<int32_t>(value));
  }
  return static_cast<uint32_t>(min) - kBias;
}

void MinOfBins(const uint64_t* shingles, size_t n, uint32_t num_bins, uint64_t* slots) {
  if (std::has_single_bit(num_bins)) {
    for (size_t i = 0; i < n; ++i) {
      uint64_t& slot = slots[shingles[i] & (num_bins - 1)];
      slot = std::min(slot, shingles[i] >> 7);
    }
  } else {
    for (size_t i = 0; i < n; ++i) {
      uint64_t& slot = slots[(uint64_t{Low(shingles[i])} * num_bins) >> 32];
      slot = std::min(slot, shingles[i] >> 7);
    }
  }
}

size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept) {
  size_t count = 0;
  for (size_t i = 0; i < n; ++i) {
    kept[count] = shingles[i];
    count += static_cast<size_t>(shingles[i] <= bound);
  }
  return count;
}

}  // namespace refrain::internal
