#include "refrain/bucket/radix_sort.h"

#include <array>
#include <cstddef>
#include <utility>

namespace refrain {
namespace {

constexpr size_t kBits = 11;
constexpr size_t kPasses = 3;
constexpr size_t kBins = size_t{1} << kBits;

using Counts = std::array<std::array<uint32_t, kBins>, kPasses>;

size_t BinOf(uint64_t value, size_t pass) { return value >> (32 + pass * kBits) & (kBins - 1); }

// How many values are in each bin of each pass.
void CountBins(const std::vector<uint64_t>& values, Counts* counts) {
  for (const uint64_t value : values) {
    for (size_t pass = 0; pass < kPasses; ++pass) ++(*counts)[pass][BinOf(value, pass)];
  }
}

void Pass(const std::vector<uint64_t>& from, size_t pass, std::array<uint32_t, kBins>* counts,
          std::vector<uint64_t>* to) {
  uint32_t sum = 0;
  for (uint32_t& place : *counts) sum += std::exchange(place, sum);
  for (const uint64_t value : from) (*to)[(*counts)[BinOf(value, pass)]++] = value;
}

}  // namespace

void RadixSortByKey(std::vector<uint64_t>* values, std::vector<uint64_t>* scratch) {
  if (values->empty()) return;
  scratch->resize(values->size());
  Counts counts{};
  CountBins(*values, &counts);
  for (size_t pass = 0; pass < kPasses; ++pass) {
    if (counts[pass][BinOf(values->front(), pass)] == values->size()) continue;
    Pass(*values, pass, &counts[pass], scratch);
    values->swap(*scratch);
  }
}

}  // namespace refrain
