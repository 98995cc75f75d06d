#include "refrain/simd/word_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

#include "refrain/base/mix.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/word_hash.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/multiply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

// Bytes of words are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

// Sixteen bytes of ones, then sixteen of zeros: what is read from 16 - length on keeps the first `length` bytes.
alignas(32) constexpr uint64_t kKeepFirst[4] = {~uint64_t{0}, ~uint64_t{0}, 0, 0};

// Without a branch on the length, which is what a processor predicts worst.
HWY_INLINE uint64_t HashShort(const uint8_t* word, size_t length) {
  uint64_t parts[2], keep[2];
  std::memcpy(parts, word, sizeof(parts));
  std::memcpy(keep, reinterpret_cast<const uint8_t*>(kKeepFirst) + kHashedWordMost - length,
              sizeof(keep));
  return FoldedProduct(parts[0] & keep[0], parts[1] & keep[1]);
}

HWY_INLINE uint64_t HashOne(const WordBuffer& buffer, size_t i) {
  const uint8_t* const word = buffer.lower + buffer.bounds[2 * i];
  const size_t length = size_t{buffer.bounds[2 * i + 1]} - buffer.bounds[2 * i];
  return length > kHashedWordMost ? XXH3_64bits(word, length) : HashShort(word, length);
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
// Only here gathering eight words is cheaper than reading them one by one.

using Tag64 = hn::CappedTag<uint64_t, 8>;
using Vec64 = hn::Vec<Tag64>;

HWY_INLINE Vec64 LowHalf(Vec64 x) { return hn::And(x, hn::Set(Tag64(), 0xFFFFFFFF)); }

HWY_INLINE Vec64 ProductOfLowHalves(Vec64 a, Vec64 b) {
  const hn::Repartition<uint32_t, Tag64> halves;
  return hn::MulEven(hn::BitCast(halves, a), hn::BitCast(halves, b));
}

// The halves of the product of 128 bits, combined by XOR.
HWY_INLINE Vec64 Folded(Vec64 a, Vec64 b) {
  const Vec64 a_high = hn::ShiftRight<32>(a);
  const Vec64 b_high = hn::ShiftRight<32>(b);
  const Vec64 low = ProductOfLowHalves(a, b);
  const Vec64 cross_a = ProductOfLowHalves(a_high, b);
  const Vec64 cross_b = ProductOfLowHalves(a, b_high);
  const Vec64 middle =
      hn::Add(hn::ShiftRight<32>(low), hn::Add(LowHalf(cross_a), LowHalf(cross_b)));
  const Vec64 crosses = hn::Add(hn::ShiftRight<32>(cross_a), hn::ShiftRight<32>(cross_b));
  const Vec64 high =
      hn::Add(ProductOfLowHalves(a_high, b_high), hn::Add(crosses, hn::ShiftRight<32>(middle)));
  return hn::Xor(high, hn::Or(LowHalf(low), hn::ShiftLeft<32>(middle)));
}

HWY_INLINE Vec64 FoldedProducts(Vec64 low, Vec64 high) {
  const Tag64 d;
  Vec64 x = Folded(hn::Xor(low, hn::Set(d, kFoldedLow)), hn::Xor(high, hn::Set(d, kFoldedHigh)));
  x = Factor<Tag64>(kFoldedLast).Times(hn::Xor(x, hn::ShiftRight<32>(x)));
  return hn::Xor(x, hn::ShiftRight<32>(x));
}

// Eight bytes from each place on, without those from the end of the word on. Shifts by 64 give zero on this processor.
HWY_INLINE Vec64 BytesFrom(const uint8_t* text, Vec64 place, Vec64 left) {
  const Tag64 d;
  const hn::RebindToSigned<Tag64> signed_tag;
  const Vec64 bytes =
      hn::GatherOffset(d, reinterpret_cast<const uint64_t*>(text), hn::BitCast(signed_tag, place));
  const Vec64 eight = hn::Set(d, 8);
  const Vec64 unused = hn::Sub(eight, hn::Min(left, eight));
  return hn::And(
      bytes, Vec64{_mm512_srlv_epi64(hn::Set(d, ~uint64_t{0}).raw, hn::ShiftLeft<3>(unused).raw)});
}

// The begin of each word, and its end in the higher half; zeros for lanes beyond the last word.
HWY_INLINE Vec64 LoadBounds(const uint16_t* bounds, size_t words) {
  const hn::Rebind<uint32_t, Tag64> pair_tag;
  const auto* const pairs = reinterpret_cast<const uint32_t*>(bounds);
  return hn::PromoteTo(Tag64(), hn::MaskedLoad(hn::FirstN(pair_tag, words), pair_tag, pairs));
}

void HashWords(const WordBuffer& buffer, size_t words, uint64_t* ids) {
  const Tag64 d;
  const Vec64 eight = hn::Set(d, 8);
  for (size_t i = 0; i < words; i += hn::Lanes(d)) {
    const Vec64 bounds = LoadBounds(buffer.bounds + 2 * i, words - i);
    const Vec64 begin = hn::And(bounds, hn::Set(d, 0xFFFF));
    const Vec64 length = hn::Sub(hn::ShiftRight<16>(bounds), begin);
    const Vec64 low = BytesFrom(buffer.lower, begin, length);
    const Vec64 high =
        BytesFrom(buffer.lower, hn::Add(begin, eight), hn::Sub(hn::Max(length, eight), eight));
    hn::BlendedStore(FoldedProducts(low, high), hn::FirstN(d, words - i), d, ids + i);
    uint8_t long_words[8] = {};
    hn::StoreMaskBits(d, hn::Gt(length, hn::Set(d, kHashedWordMost)), long_words);
    for (uint32_t left = long_words[0]; left != 0; left &= left - 1) {
      const size_t j = i + static_cast<size_t>(std::countr_zero(left));
      ids[j] = HashOne(buffer, j);
    }
  }
}

#else

void HashWords(const WordBuffer& buffer, size_t words, uint64_t* ids) {
  for (size_t i = 0; i < words; ++i) ids[i] = HashOne(buffer, i);
}

#endif

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(HashWords);

void HashWords(const WordBuffer& buffer, size_t words, uint64_t* ids) {
  HWY_DYNAMIC_DISPATCH(HashWords)(buffer, words, ids);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
