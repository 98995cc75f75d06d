// Products of 64-bit lanes modulo 2^64, which Highway has for some instruction sets only.
//
// Included by each source once for every instruction set, inside its own guard; see Highway's documentation of -inl.h.
// Cost: three multiplications of 32-bit halves. Threads: pure functions.
#if defined(REFRAIN_SIMD_MULTIPLY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef REFRAIN_SIMD_MULTIPLY_INL_H_
#undef REFRAIN_SIMD_MULTIPLY_INL_H_
#else
#define REFRAIN_SIMD_MULTIPLY_INL_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// A number as factor of all lanes.
template <class Tag64>
class Factor {
 public:
  using Vector = hn::Vec<Tag64>;

  explicit HWY_INLINE Factor(uint64_t value) : value_(hn::Set(Tag64(), value)) {
    high_ = hn::ShiftRight<32>(value_);
  }

  HWY_INLINE Vector Times(Vector x) const {
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(Tag64(), hn::GetLane(x) * hn::GetLane(value_));
#elif HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    // These have the instruction.
    if constexpr (sizeof(x) == 64) return Vector{_mm512_mullo_epi64(x.raw, value_.raw)};
    return Product(x);
#else
    return Product(x);
#endif
  }

 private:
#if HWY_TARGET != HWY_SCALAR
  HWY_INLINE Vector Product(Vector x) const {
    const hn::Repartition<uint32_t, Tag64> halves;
    const auto low = hn::BitCast(halves, x);
    const auto high = hn::BitCast(halves, hn::ShiftRight<32>(x));
    const auto cross = hn::Add(hn::MulEven(low, hn::BitCast(halves, high_)),
                               hn::MulEven(high, hn::BitCast(halves, value_)));
    return hn::Add(hn::MulEven(low, hn::BitCast(halves, value_)), hn::ShiftLeft<32>(cross));
  }
#endif

  Vector value_;
  Vector high_;
};

}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // REFRAIN_SIMD_MULTIPLY_INL_H_
