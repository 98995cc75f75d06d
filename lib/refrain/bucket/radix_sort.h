// Sorts packed (32-bit key, 32-bit payload) pairs by key.
//
// Input: values, key in the high half. Output: the same values, ascending by key; equal keys keep their order.
// Cost: three passes of 11 bits, but for those in which all keys are equal, about 8 ns a value, and `scratch` of the same
//   size. REQUIRES: fewer than 2^32 values. Threads: plain function.
#ifndef REFRAIN_BUCKET_RADIX_SORT_H_
#define REFRAIN_BUCKET_RADIX_SORT_H_

#include <cstdint>
#include <vector>

namespace refrain {

void RadixSortByKey(std::vector<uint64_t>* values, std::vector<uint64_t>* scratch);

}  // namespace refrain

#endif  // REFRAIN_BUCKET_RADIX_SORT_H_
