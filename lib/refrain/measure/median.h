// The middle of repeated measurements, which one disturbed run does not move.
#ifndef REFRAIN_MEASURE_MEDIAN_H_
#define REFRAIN_MEASURE_MEDIAN_H_

#include <algorithm>
#include <vector>

namespace refrain {

// 0 if there are none; the mean of the two in the middle if their number is even.
inline double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace refrain

#endif  // REFRAIN_MEASURE_MEDIAN_H_
