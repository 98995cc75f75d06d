// Sorts packed (32-bit key, 32-bit payload) pairs by key, and goes through what is sorted key by key.
//
// Input: values, key in the high half. Output: the same values, ascending by key; equal keys keep their order.
// Cost: three passes of 11 bits, but for those in which all keys are equal, about 8 ns a value, and `scratch` of the same
//   size. REQUIRES: fewer than 2^32 values. Threads: plain function.
#ifndef REFRAIN_BUCKET_RADIX_SORT_H_
#define REFRAIN_BUCKET_RADIX_SORT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refrain {

void RadixSortByKey(std::vector<uint64_t>* values, std::vector<uint64_t>* scratch);

// Calls visit(key, values) for each key of sorted values.
template <class Visit>
void ForEachKey(std::span<const uint64_t> sorted, const Visit& visit) {
  for (size_t begin = 0, end = 0; begin < sorted.size(); begin = end) {
    const auto key = static_cast<uint32_t>(sorted[begin] >> 32);
    while (end < sorted.size() && sorted[end] >> 32 == key) ++end;
    visit(key, sorted.subspan(begin, end - begin));
  }
}

}  // namespace refrain

#endif  // REFRAIN_BUCKET_RADIX_SORT_H_
