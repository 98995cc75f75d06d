#include "refrain/simd/min_hash_kernels.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/min_hash_kernels.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"
#include "refrain/simd/compress-inl.h"
#include "refrain/simd/multiply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

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
  if (n == 0) return;
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

// The minima of four slots, for which every shingle is loaded once.
class FourSlots {
 public:
  explicit HWY_INLINE FourSlots(const uint32_t* slots)
      : slot0_(hn::Set(Tag32(), slots[0])),
        slot1_(hn::Set(Tag32(), slots[1])),
        slot2_(hn::Set(Tag32(), slots[2])),
        slot3_(hn::Set(Tag32(), slots[3])) {
    min0_ = min1_ = min2_ = min3_ = hn::Set(Tag32(), UINT32_MAX);
  }

  HWY_INLINE void Take(const uint64_t* shingles) {
    const Progression p = LoadProgressions(shingles);
    min0_ = hn::Min(min0_, hn::Add(p.value, hn::Mul(slot0_, p.step)));
    min1_ = hn::Min(min1_, hn::Add(p.value, hn::Mul(slot1_, p.step)));
    min2_ = hn::Min(min2_, hn::Add(p.value, hn::Mul(slot2_, p.step)));
    min3_ = hn::Min(min3_, hn::Add(p.value, hn::Mul(slot3_, p.step)));
  }

  HWY_INLINE void Store(uint32_t* mins) const {
    mins[0] = LeastLane(min0_);
    mins[1] = LeastLane(min1_);
    mins[2] = LeastLane(min2_);
    mins[3] = LeastLane(min3_);
  }

 private:
  Vec32 slot0_, slot1_, slot2_, slot3_;
  Vec32 min0_, min1_, min2_, min3_;
};

void MinOfProgressionsAt(const uint64_t* shingles, size_t n, const uint32_t* slots, size_t count,
                         uint32_t* mins) {
  const size_t lanes = hn::Lanes(Tag32());
  const size_t whole = n / lanes * lanes;
  uint64_t last[kMaxLanes];
  FillUp(shingles + whole, n - whole, lanes, last);
  for (size_t k = 0; k < count; k += 4) {
    uint32_t group[4];
    uint32_t found[4];
    const size_t size = std::min<size_t>(4, count - k);
    std::fill(std::copy_n(slots + k, size, group), group + 4, slots[k]);
    FourSlots four(group);
    for (size_t i = 0; i < whole; i += lanes) four.Take(shingles + i);
    if (whole < n) four.Take(last);
    four.Store(found);
    std::copy_n(found, size, mins + k);
  }
}

// A bit for each of up to 64 words that passes, the first one lowest: by vectors, then one by one.
template <class TestVector, class TestWord>
HWY_INLINE uint64_t BitsWhere(const uint64_t* words, size_t n, const TestVector& test_vector,
                              const TestWord& test_word) {
  const Tag64 d;
  const size_t lanes = hn::Lanes(d);
  uint64_t bits = 0;
  size_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    AddBits(d, test_vector(hn::LoadU(d, words + i)), i, &bits);
  }
  for (; i < n; ++i) bits |= uint64_t{test_word(words[i])} << i;
  return bits;
}

uint64_t HighBitsOfProducts(const uint64_t* words, size_t n, uint64_t factor) {
  const Tag64 d;
  const hn::RebindToSigned<Tag64> ds;
  const Factor<Tag64> times(factor);
  return BitsWhere(
      words, n,
      [=](hn::Vec<Tag64> v) HWY_ATTR {
        return hn::RebindMask(d, hn::Lt(hn::BitCast(ds, times.Times(v)), hn::Zero(ds)));
      },
      [=](uint64_t word) { return (word * factor) >> 63; });
}

uint64_t BitsOfBelow(const uint64_t* words, size_t n, uint64_t bound) {
  return BitsWhere(
      words, n, [=](hn::Vec<Tag64> v) HWY_ATTR { return hn::Lt(v, hn::Set(Tag64(), bound)); },
      [=](uint64_t word) { return word < bound; });
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
    count += StoreCompressed(d, v, small, kept + count);
  }
  for (; i < n; ++i) {  // no branch: nobody could foretell it
    kept[count] = shingles[i];
    count += shingles[i] <= bound ? 1 : 0;
  }
  return count;
}

// No branch depends on the values, which nobody could foretell.
size_t KeepSmallest(size_t count, const uint64_t* values, size_t n, uint64_t* kept) {
  const Tag64 d;
  const size_t lanes = hn::Lanes(d);
  alignas(HWY_MAX_BYTES) uint64_t padded[kSmallestOfMost + HWY_MAX_BYTES / sizeof(uint64_t)];
  std::fill_n(std::copy_n(values, n, padded), lanes, UINT64_MAX);
  size_t size = 0;
  for (size_t i = 0; i < n; ++i) {
    const auto value = hn::Set(d, values[i]);
    size_t smaller = 0;
    for (size_t j = 0; j < n; j += lanes) {
      smaller += hn::CountTrue(d, hn::Lt(hn::Load(d, padded + j), value));
    }
    kept[size] = values[i];
    size += smaller < count ? 1 : 0;
  }
  return size;
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(MinOfProgressions);
HWY_EXPORT(MinOfProgressionsAt);
HWY_EXPORT(HighBitsOfProducts);
HWY_EXPORT(BitsOfBelow);
HWY_EXPORT(KeepUpTo);
HWY_EXPORT(KeepSmallest);

void MinOfProgressions(const uint64_t* shingles, size_t n, uint32_t first, uint32_t count,
                       uint32_t* mins) {
  HWY_DYNAMIC_DISPATCH(MinOfProgressions)(shingles, n, first, count, mins);
}

void MinOfProgressionsAt(const uint64_t* shingles, size_t n, const uint32_t* slots, size_t count,
                         uint32_t* mins) {
  HWY_DYNAMIC_DISPATCH(MinOfProgressionsAt)(shingles, n, slots, count, mins);
}

uint64_t HighBitsOfProducts(const uint64_t* words, size_t n, uint64_t factor) {
  return HWY_DYNAMIC_DISPATCH(HighBitsOfProducts)(words, n, factor);
}

uint64_t BitsOfBelow(const uint64_t* words, size_t n, uint64_t bound) {
  return HWY_DYNAMIC_DISPATCH(BitsOfBelow)(words, n, bound);
}

size_t KeepUpTo(uint64_t bound, const uint64_t* shingles, size_t n, uint64_t* kept) {
  return HWY_DYNAMIC_DISPATCH(KeepUpTo)(bound, shingles, n, kept);
}

size_t KeepSmallest(size_t count, const uint64_t* values, size_t n, uint64_t* kept) {
  return HWY_DYNAMIC_DISPATCH(KeepSmallest)(count, values, n, kept);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
