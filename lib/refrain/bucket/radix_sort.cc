#include "refrain/bucket/radix_sort.h"

#include <array>
#include <cstddef>

namespace refrain {
namespace {

constexpr int kBits = 11;
constexpr size_t kBins = size_t{1} << kBits;

void Pass(const std::vector<uint64_t>& from, int shift, std::vector<uint64_t>* to) {
  std::array<size_t, kBins> place{};
  for (const uint64_t value : from) ++place[(value >> shift) & (kBins - 1)];
  size_t sum = 0;
  for (size_t& p : place) {
    const size_t count = p;
    p = sum;
    sum += count;
  }
  for (const uint64_t value : from) (*to)[place[(value >> shift) & (kBins - 1)]++] = value;
}

}  // namespace

void RadixSortByKey(std::vector<uint64_t>* values, std::vector<uint64_t>* scratch) {
  scratch->resize(values->size());
  for (int shift = 32; shift < 64; shift += kBits) {
    Pass(*values, shift, scratch);
    values->swap(*scratch);
  }
}

}  // namespace refrain
