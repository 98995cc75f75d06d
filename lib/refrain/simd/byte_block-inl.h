// Blocks of 64 bytes as 64-bit masks, a bit a byte, the first lowest, whatever the width of a vector is.
//
// Included by each source once for every instruction set, inside its own guard; see Highway's documentation of -inl.h.
// Threads: pure functions.
#if defined(REFRAIN_SIMD_BYTE_BLOCK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef REFRAIN_SIMD_BYTE_BLOCK_INL_H_
#undef REFRAIN_SIMD_BYTE_BLOCK_INL_H_
#else
#define REFRAIN_SIMD_BYTE_BLOCK_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kByteBlock = 64;

using TagBytes = hn::CappedTag<uint8_t, kByteBlock>;
using VecBytes = hn::Vec<TagBytes>;
using MaskBytes = hn::Mask<TagBytes>;

// A bit for each lane.
template <class Tag>
HWY_INLINE uint64_t BitsOf(Tag d, hn::Mask<Tag> mask) {
  uint8_t bytes[8] = {};
  hn::StoreMaskBits(d, mask, bytes);
  uint64_t bits;
  std::memcpy(&bits, bytes, sizeof(bits));
  constexpr size_t kLanes = hn::MaxLanes(d);
  return kLanes < 8 ? bits & ((uint64_t{1} << kLanes % 8) - 1) : bits;
}

// The bits of the lanes from number `at` on. REQUIRES: they are clear.
template <class Tag>
HWY_INLINE void AddBits(Tag d, hn::Mask<Tag> mask, size_t at, uint64_t* bits) {
  *bits |= BitsOf(d, mask) << at;
}

// A bit for each byte of the block that passes.
template <typename Test>
HWY_INLINE uint64_t BitsWhere(const uint8_t* block, const Test& test) {
  const TagBytes d;
  uint64_t bits = 0;
  for (size_t i = 0; i < kByteBlock; i += hn::Lanes(d)) {
    AddBits(d, test(hn::LoadU(d, block + i)), i, &bits);
  }
  return bits;
}

// A number in all lanes that stays in its register. GCC would make one that it knows again in each round of a loop, on
// the port that such loops wait for; so it must not know it. To be called before the loop.
template <class Tag>
HWY_INLINE hn::Vec<Tag> Held(Tag d, hn::TFromD<Tag> value) {
  hn::Vec<Tag> v = hn::Set(d, value);
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  __asm__("" : "+v"(v.raw));
#endif
  return v;
}

}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // REFRAIN_SIMD_BYTE_BLOCK_INL_H_
