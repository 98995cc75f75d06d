#include "refrain/simd/set_bitmap.h"

#include <bit>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/set_bitmap.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag64 = hn::ScalableTag<uint64_t>;

void TakeMarks(uint8_t* marks, size_t bits, uint64_t* words) {
  const TagBytes d;
  for (size_t at = 0; at < bits; at += kByteBlock) {
    words[at / kByteBlock] =
        BitsWhere(marks + at, [&](VecBytes v) { return hn::Ne(v, hn::Zero(d)); });
    for (size_t i = 0; i < kByteBlock; i += hn::Lanes(d))
      hn::StoreU(hn::Zero(d), d, marks + at + i);
  }
}

UnsharedBits CountUnsharedBits(const uint64_t* x, const uint64_t* y, size_t words) {
  const Tag64 d;
  auto only_x = hn::Zero(d);
  auto only_y = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= words; i += hn::Lanes(d)) {
    const auto vx = hn::LoadU(d, x + i);
    const auto vy = hn::LoadU(d, y + i);
    only_x = hn::Add(only_x, hn::PopulationCount(hn::AndNot(vy, vx)));
    only_y = hn::Add(only_y, hn::PopulationCount(hn::AndNot(vx, vy)));
  }
  UnsharedBits bits{hn::GetLane(hn::SumOfLanes(d, only_x)), hn::GetLane(hn::SumOfLanes(d, only_y))};
  for (; i < words; ++i) {
    bits.only_x += static_cast<size_t>(std::popcount(x[i] & ~y[i]));
    bits.only_y += static_cast<size_t>(std::popcount(y[i] & ~x[i]));
  }
  return bits;
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(TakeMarks);
HWY_EXPORT(CountUnsharedBits);

// A byte a bit, so that no store waits for the one before. Four loads before four stores, of which the compiler must
// think that they may change what is loaded next.
void MakeBitmap(const uint64_t* hashes, size_t n, std::span<uint8_t> marks, uint64_t* words) {
  const auto place = [&, mask = marks.size() - 1](size_t i) { return hashes[i] >> 32 & mask; };
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const size_t places[4] = {place(i), place(i + 1), place(i + 2), place(i + 3)};
    for (const size_t at : places) marks[at] = 1;
  }
  for (; i < n; ++i) marks[place(i)] = 1;
  HWY_DYNAMIC_DISPATCH(TakeMarks)(marks.data(), marks.size(), words);
}

UnsharedBits CountUnsharedBits(const uint64_t* x, const uint64_t* y, size_t words) {
  return HWY_DYNAMIC_DISPATCH(CountUnsharedBits)(x, y, words);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
