// A std::vector whose new values are whatever its memory held, for arrays that are filled right away.
//
// To make room and write there costs nothing beside the writing, where std::vector writes zeros first.
// Input: values of any trivial type. Cost, threads, errors: as std::vector.
// Example:
//   RawVector<uint64_t> shingles(windows);
//   std::iota(shingles.begin(), shingles.end(), 0);
#ifndef REFRAIN_BASE_RAW_VECTOR_H_
#define REFRAIN_BASE_RAW_VECTOR_H_

#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace refrain {

template <class T>
struct RawAllocator : std::allocator<T> {
  static_assert(std::is_trivial_v<T>);

  template <class U>
  void construct(U* at) {
    ::new (static_cast<void*>(at)) U;
  }
  template <class U, class... Values>
  void construct(U* at, Values&&... values) {
    ::new (static_cast<void*>(at)) U(std::forward<Values>(values)...);
  }
};

template <class T>
using RawVector = std::vector<T, RawAllocator<T>>;

}  // namespace refrain

#endif  // REFRAIN_BASE_RAW_VECTOR_H_
