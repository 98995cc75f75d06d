#include "refrain/simd/odd_sketch.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/odd_sketch.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;
using Tag64 = hn::ScalableTag<uint64_t>;

HWY_INLINE hn::Vec<Tag64> BitsOfHashes(const uint64_t* hashes) {
  const Tag64 d;
  const auto bits = hn::And(hn::ShiftRight<32>(hn::LoadU(d, hashes)), hn::Set(d, 63));
  return hn::Shl(hn::Set(d, 1), bits);
}

uint64_t XorOf(hn::Vec<Tag64> v) {
  const Tag64 d;
  HWY_ALIGN uint64_t lanes[hn::MaxLanes(Tag64())];
  hn::Store(v, d, lanes);
  uint64_t all = 0;
  for (size_t i = 0; i < hn::Lanes(d); ++i) all ^= lanes[i];
  return all;
}

uint64_t OddSketch(const uint64_t* hashes, size_t n) {
  const Tag64 d;
  auto sum = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) sum = hn::Xor(sum, BitsOfHashes(hashes + i));
  uint64_t sketch = XorOf(sum);
  for (; i < n; ++i) sketch ^= uint64_t{1} << (hashes[i] >> 32 & 63);
  return sketch;
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(OddSketch);

uint64_t OddSketch(const uint64_t* hashes, size_t n) {
  return HWY_DYNAMIC_DISPATCH(OddSketch)(hashes, n);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
