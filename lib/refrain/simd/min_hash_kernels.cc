#include "refrain/simd/min_hash_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/min_hash_kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag32 = hn::ScalableTag<uint32_t>;
using Tag64 = hn::ScalableTag<uint64_t>;
using Vec32 = hn::Vec<Tag32>;

// Vectors of shingles that go through the slots side by side, in registers.
constexpr size_t kVectors = 4;
constexpr size_t kMaxLanes = HWY_MAX_BYTES / sizeof(uint32_t);

struct Progression {
  Vec32 value;
  Vec32 step;
};

// As many shingles as a vector has lanes of 32 bits, at slot 0.
HWY_INLINE Progression LoadProgressions(const uint64_t* shingles) {
  const Tag32 d;
#if HWY_TARGET == HWY_SCALAR
  return {hn::Set(d, static_cast<uint32_t>(*shingles)),
          hn::Set(d, static_cast<uint32_t>(*shingles >> 32) | 1)};
#else
  const auto first = hn::BitCast(d, hn::LoadU(Tag64(), shingles));
  const auto second = hn::BitCast(d, hn::LoadU(Tag64(), shingles + hn::Lanes(Tag64())));
  return {hn::ConcatEven(d, second, first),
          hn::Or(hn::ConcatOdd(d, second, first), hn::Set(d, uint32_t{1}))};
#endif
}

HWY_INLINE Progression StartAt(uint32_t slot, const uint64_t* shingles) {
  Progression p = LoadProgressions(shingles);
  p.value = hn::Add(p.value, hn::Mul(hn::Set(Tag32(), slot), p.step));
  return p;
}

// Takes kVectors vectors of shingles through the slots [first, first + count); mins holds a vector a slot.
HWY_INLINE void MinOfGroup(const uint64_t* shingles, uint32_t first, uint32_t count,
                           uint32_t* mins) {
  const Tag32 d;
  const size_t lanes = hn::Lanes(d);
  Progression p0 = StartAt(first, shingles), p1 = StartAt(first, shingles + lanes);
  Progression p2 = StartAt(first, shingles + 2 * lanes), p3 = StartAt(first, shingles + 3 * lanes);
  for (uint32_t k = 0; k < count; ++k, mins += lanes) {
    const auto least = hn::Min(hn::Min(p0.value, p1.value), hn::Min(p2.value, p3.value));
    hn::Store(hn::Min(hn::Load(d, mins), least), d, mins);
    p0.value = hn::Add(p0.value, p0.step);
    p1.value = hn::Add(p1.value, p1.step);
    p2.value = hn::Add(p2.value, p2.step);
    p3.value = hn::Add(p3.value, p3.step);
  }
}

// The last shingles of a set, filled up to `size` with the first of them: a repeat changes no minimum.
HWY_INLINE void FillUp(const uint64_t* shingles, size_t n, size_t size, uint64_t* filled) {
  std::fill(std::copy(shingles, shingles + n, filled), filled + size, shingles[0]);
}

HWY_INLINE uint32_t LeastLane(Vec32 v) { return hn::GetLane(hn::MinOfLanes(Tag32(), v)); }

void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins) {
  const Tag32 d;
  const size_t lanes = hn::Lanes(d);
  const size_t group = kVectors * lanes;
  alignas(HWY_MAX_BYTES) uint32_t lane_mins[kSlotBlock * kMaxLanes];
  std::fill_n(lane_mins, count * lanes, UINT32_MAX);
  size_t i = 0;
  for (; i + group <= n; i += group) MinOfGroup(shingles + i, first, count, lane_mins);
  if (i < n) {
    uint64_t last[kVectors * kMaxLanes];
    FillUp(shingles + i, n - i, group, last);
    MinOfGroup(last, first, count, lane_mins);
  }
  for (uint32_t k = 0; k < count; ++k) mins[k] = LeastLane(hn::Load(d, lane_mins + k * lanes));
}

uint32_t MinOfProgressionsAt(const uint64_t* shingles, size_t n, uint32_t slot) {
  const size_t lanes = hn::Lanes(Tag32());
  Vec32 least = hn::Set(Tag32(), UINT32_MAX);
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) least = hn::Min(least, StartAt(slot, shingles + i).value);
  if (i < n) {
    uint64_t last[kMaxLanes];
    FillUp(shingles + i, n - i, lanes, last);
    least = hn::Min(least, StartAt(slot, last).value);
  }
  return LeastLane(least);
}

size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept) {
  const Tag64 d;
  const size_t lanes = hn::Lanes(d);
  size_t count = 0;
  size_t i = 0;
  // A whole vector may be written each time: never past what has been read.
  for (; i + lanes <= n; i += lanes) {
    const auto v = hn::LoadU(d, shingles + i);
    const auto small = hn::Not(hn::Gt(v, hn::Set(d, bound)));
    count += hn::CompressStore(v, small, d, kept + count);
  }
  for (; i < n; ++i) {
    if (shingles[i] <= bound) kept[count++] = shingles[i];
  }
  return count;
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(MinOfProgressions);
HWY_EXPORT(MinOfProgressionsAt);
HWY_EXPORT(KeepUpTo);

void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins) {
  HWY_DYNAMIC_DISPATCH(MinOfProgressions)(shingles, n, first, count, mins);
}

uint32_t MinOfProgressionsAt(const uint64_t* shingles, size_t n, uint32_t slot) {
  return HWY_DYNAMIC_DISPATCH(MinOfProgressionsAt)(shingles, n, slot);
}

size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept) {
  return HWY_DYNAMIC_DISPATCH(KeepUpTo)(bound, shingles, n, kept);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
