// The lanes that are kept, moved together to the front.
//
// Highway has this too, but for AVX2 with a table in a local constant, which GCC copies to the stack each time it is used:
// 1024 bytes for lanes of 32 bits, 512 for those of 64.
// Included by each source once for every instruction set, inside its own guard; see Highway's documentation of -inl.h.
// Cost: a few instructions. Threads: pure functions.
#if defined(REFRAIN_SIMD_COMPRESS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef REFRAIN_SIMD_COMPRESS_INL_H_
#undef REFRAIN_SIMD_COMPRESS_INL_H_
#else
#define REFRAIN_SIMD_COMPRESS_INL_H_
#endif

#include <hwy/highway.h>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "refrain/simd/byte_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX2
// For each mask of eight lanes the numbers of its lanes, four bits each, the first lowest.
constexpr std::array<uint32_t, 256> CompressTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t mask = 0; mask < 256; ++mask) {
    uint32_t shift = 0;
    for (uint32_t lane = 0; lane < 8; ++lane) {
      if ((mask >> lane & 1) == 0) continue;
      table[mask] |= lane << shift;
      shift += 4;
    }
  }
  return table;
}

alignas(64) constexpr std::array<uint32_t, 256> kCompressTable = CompressTable();
#endif

// Those of 32 bits of which a bit is set. What is behind them is undefined. REQUIRES: no other bit is set.
template <class Tag32>
HWY_INLINE hn::Vec<Tag32> CompressLanes(Tag32 d, hn::Vec<Tag32> v, uint32_t bits) {
#if HWY_TARGET == HWY_AVX2
  alignas(32) static constexpr uint32_t kShifts[8] = {0, 4, 8, 12, 16, 20, 24, 28};
  const auto lanes = hn::Set(d, kCompressTable[bits]) >> hn::Load(d, kShifts);
  return hn::TableLookupLanes(v, hn::IndicesFromVec(d, hn::And(lanes, hn::Set(d, 7))));
#else
  uint8_t bytes[8] = {};
  std::memcpy(bytes, &bits, sizeof(bits));
  return hn::Compress(v, hn::LoadMaskBits(d, bytes));
#endif
}

// Writes those of 64 bits in the mask, and what is behind them up to a whole vector. Returns how many they are.
template <class Tag64>
HWY_INLINE size_t StoreCompressed(Tag64 d, hn::Vec<Tag64> v, hn::Mask<Tag64> mask, uint64_t* to) {
#if HWY_TARGET == HWY_SCALAR
  return hn::CompressStore(v, mask, d, to);
#else
  // Not CompressStore, which is microcode on Zen 4 and took five sixths of KeepUpTo, nor Compress, whose table GCC 12
  // copies to the stack at every use: as halves, in a register.
  const hn::Repartition<uint32_t, Tag64> halves;
  const auto wanted = hn::MaskFromVec(hn::BitCast(halves, hn::VecFromMask(d, mask)));
  const auto bits = static_cast<uint32_t>(BitsOf(halves, wanted));
  hn::StoreU(hn::BitCast(d, CompressLanes(halves, hn::BitCast(halves, v), bits)), d, to);
  return static_cast<size_t>(std::popcount(bits)) / 2;
#endif
}

}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // REFRAIN_SIMD_COMPRESS_INL_H_
