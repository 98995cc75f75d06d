#include "refrain/simd/single_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "refrain/base/mix.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/single_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/multiply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag32 = hn::CappedTag<uint32_t, 16>;
using Tag64 = hn::Repartition<uint64_t, Tag32>;
using TagI32 = hn::RebindToSigned<Tag32>;
using Vec32 = hn::Vec<Tag32>;
using Mask32 = hn::Mask<Tag32>;

HWY_INLINE Vec32 Set(uint32_t value) { return hn::Set(Tag32(), value); }

HWY_INLINE uint32_t Bits(Mask32 mask) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(Tag32(), mask, bytes);
  uint32_t bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  return bits & static_cast<uint32_t>((uint64_t{1} << hn::Lanes(Tag32())) - 1);
}

// Lanes are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

// A lane holds the three bytes of its code point, the first lowest. Reads a whole vector.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE Vec32 LoadCodePoints(const uint8_t* text) {
  uint32_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return Set(bytes & 0xFFFFFF);
}
#else
HWY_INLINE Vec32 LoadCodePoints(const uint8_t* text) {
  const Tag32 d;
  const hn::Repartition<uint8_t, Tag32> d8;
  // First every block of 16 bytes gets the 12 bytes of its four code points, then every lane its three.
  alignas(64) static constexpr uint32_t kWords[16] = {0, 1, 2, 3, 3, 4,  5,  6,
                                                      6, 7, 8, 9, 9, 10, 11, 12};
  alignas(16) static constexpr uint8_t kBytes[16] = {0, 1, 2, 0x80, 3, 4,  5,  0x80,
                                                     6, 7, 8, 0x80, 9, 10, 11, 0x80};
  const Vec32 raw = hn::BitCast(d, hn::LoadU(d8, text));
  const Vec32 spread = hn::TableLookupLanes(raw, hn::SetTableIndices(d, kWords));
  return hn::BitCast(d,
                     hn::TableLookupBytesOr0(hn::BitCast(d8, spread), hn::LoadDup128(d8, kBytes)));
}
#endif

HWY_INLINE Vec32 Decode(Vec32 bytes) {
  const Vec32 first = hn::ShiftLeft<12>(hn::And(bytes, Set(0x0F)));
  const Vec32 second = hn::And(hn::ShiftRight<2>(bytes), Set(0x0FC0));
  const Vec32 third = hn::And(hn::ShiftRight<16>(bytes), Set(0x3F));
  return hn::Or(first, hn::Or(second, third));
}

HWY_INLINE Vec32 LookUp(Vec32 code_points, const uint32_t* fates) {
  return hn::GatherIndex(Tag32(), fates, hn::BitCast(TagI32(), code_points));
}

// The id of a single, as in text/token_id.h: SplitMix64(x, 0).
HWY_INLINE hn::Vec<Tag64> IdOf(hn::Vec<Tag64> x) {
  x = hn::Add(x, hn::Set(Tag64(), kSplitMixStep));
  x = Factor<Tag64>(kSplitMixFirst).Times(hn::Xor(x, hn::ShiftRight<30>(x)));
  x = Factor<Tag64>(kSplitMixSecond).Times(hn::Xor(x, hn::ShiftRight<27>(x)));
  return hn::Xor(x, hn::ShiftRight<31>(x));
}

// The ids of lanes of 32 bits, while they are in a register: what was just written cannot be read at once in other pieces.
HWY_INLINE void StoreIds(Vec32 singles, uint64_t* ids) {
#if HWY_TARGET == HWY_SCALAR
  *ids = SplitMix64(hn::GetLane(singles), 0);
#else
  const Tag64 d;
  const hn::Half<Tag32> half;
  hn::StoreU(IdOf(hn::PromoteTo(d, hn::LowerHalf(half, singles))), d, ids);
  hn::StoreU(IdOf(hn::PromoteTo(d, hn::UpperHalf(half, singles))), d, ids + hn::Lanes(d));
#endif
}

class Scan {
 public:
  Scan(const uint8_t* text, const uint32_t* fates, uint32_t* mapped, uint64_t* ids)
      : text_(text), fates_(fates), mapped_(mapped), ids_(ids) {}

  SingleScan Run(size_t size) {
    bool all = true;
    while (all && count_ < kSingleScanMost && size - 3 * count_ >= 3) {
      const size_t rest = size - 3 * count_;
      all = rest >= kRead ? Step(text_ + 3 * count_) : StepAtEnd(rest);
    }
    return {count_, singles_};
  }

 private:
  static constexpr size_t kRead = sizeof(Vec32);

  // The last bytes of the text, of a block that is filled up with zeros.
  bool StepAtEnd(size_t rest) {
    uint8_t block[kRead] = {};
    std::memcpy(block, text_ + 3 * count_, rest);
    return Step(block);
  }

  // Takes the next vector of code points as far as it goes. True if it took all; this is told by a branch and not by
  // adding up what was taken, so that the next load need not wait.
  HWY_INLINE bool Step(const uint8_t* text) {
    const Vec32 bytes = LoadCodePoints(text);
    const Vec32 fate = LookUp(Decode(bytes), fates_);
    const Mask32 formed = hn::Eq(hn::And(bytes, Set(0xC0C0F0)), Set(0x8080E0));
    const Mask32 good = hn::And(formed, hn::Ne(fate, Set(kFateStops)));
    const Mask32 single = hn::Gt(fate, Set(kFateSeparator));
    if (!hn::AllTrue(Tag32(), good)) {
      Take(fate, single, static_cast<size_t>(std::countr_one(Bits(good))));
      return false;
    }
    Take(fate, single, hn::Lanes(Tag32()));
    return true;
  }

  HWY_INLINE void Take(Vec32 mapped, Mask32 single, size_t taken) {
    const Tag32 d;
    hn::StoreU(mapped, d, mapped_ + count_);
    const Mask32 used = hn::And(single, hn::FirstN(d, taken));
    StoreIds(hn::Compress(mapped, used), ids_ + found_);
    found_ += hn::CountTrue(d, used);
    singles_ |= uint64_t{Bits(used)} << count_;
    count_ += taken;
  }

  const uint8_t* text_;
  const uint32_t* fates_;
  uint32_t* mapped_;
  uint64_t* ids_;
  size_t count_ = 0;  // code points
  size_t found_ = 0;  // singles
  uint64_t singles_ = 0;
};

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint32_t* mapped,
                       uint64_t* ids) {
  return Scan(text, fates, mapped, ids).Run(size);
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(ScanSingles);

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint32_t* mapped,
                       uint64_t* ids) {
  return HWY_DYNAMIC_DISPATCH(ScanSingles)(text, size, fates, mapped, ids);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
