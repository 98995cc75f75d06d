// A step takes up to sixteen code points of three bytes, as many as follow each other: one comparison tells how many, each
// is looked up from its place, and where the next step begins is known before. Then it takes the ASCII up to the next one,
// which most steps do not have.
#include "refrain/simd/single_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "refrain/base/mix.h"
#include "refrain/simd/short_word.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/single_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"
#include "refrain/simd/compress-inl.h"
#include "refrain/simd/multiply-inl.h"

#ifndef REFRAIN_SIMD_SINGLE_SCAN_TABLES_
#define REFRAIN_SIMD_SINGLE_SCAN_TABLES_
namespace refrain::simd {
namespace {

// Repeats the three bytes over a block.
constexpr std::array<uint8_t, 64> Threes(uint8_t first, uint8_t other) {
  std::array<uint8_t, 64> bytes{};
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = i % 3 == 0 ? first : other;
  return bytes;
}

// What code points of three bytes have in common, one after the other: which bits, and what they are.
alignas(64) constexpr std::array<uint8_t, 64> kFrameBits = Threes(0xF0, 0xC0);
alignas(64) constexpr std::array<uint8_t, 64> kFrame = Threes(0xE0, 0x80);

}  // namespace
}  // namespace refrain::simd
#endif  // REFRAIN_SIMD_SINGLE_SCAN_TABLES_

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag32 = hn::CappedTag<uint32_t, 16>;
using Tag64 = hn::Repartition<uint64_t, Tag32>;
using Vec32 = hn::Vec<Tag32>;
using Tag8 = TagBytes;
using Vec8 = VecBytes;

constexpr size_t kBlock = kByteBlock;               // bytes that are looked at
constexpr size_t kRead = kBlock + kHashedWordMost;  // with the word that begins last
constexpr size_t kLanes = 16;                       // code points of a step
constexpr size_t kVectorLanes = hn::MaxLanes(Tag32());
constexpr size_t kVectors = kLanes / kVectorLanes;
constexpr size_t kStepTokens = kLanes + kBlock / 2;  // with the words behind them
constexpr size_t kMostBytes = size_t{1} << 30;       // whose places are numbers of 32 bits

HWY_INLINE uint64_t Below(size_t place) { return (uint64_t{1} << place) - 1; }

HWY_INLINE size_t First(uint64_t bits) { return static_cast<size_t>(std::countr_zero(bits)); }

// Lanes are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

// The first four bytes; of these, the first lowest, what a code point of three has.
HWY_INLINE uint32_t FourBytes(const uint8_t* text) {
  uint32_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return bytes;
}

HWY_INLINE bool IsWide(const uint8_t* text) { return (FourBytes(text) & 0xC0C0F0) == 0x8080E0; }

HWY_INLINE uint32_t CodePointAt(const uint8_t* text) {
  const uint32_t bytes = FourBytes(text);
#if HWY_TARGET <= HWY_AVX3
  // All that have AVX-512 are fast at this; of those that have AVX2, some are not.
  return _pext_u32(__builtin_bswap32(bytes), 0x0F3F3F00);
#else
  return (bytes & 0x0F) << 12 | (bytes >> 2 & 0x0FC0) | (bytes >> 16 & 0x3F);
#endif
}

// Those of kVectorLanes code points that follow each other. Not by a gather, as loads and inserts take Zen 4 less time;
// nor from memory, where what was just written in small pieces cannot be read at once.
#if HWY_TARGET <= HWY_SSE4
HWY_INLINE __m128i FourFates(const uint8_t* text, const uint32_t* fates) {
  const auto fate = [&](size_t i)
                        HWY_ATTR { return static_cast<int>(fates[CodePointAt(text + 3 * i)]); };
  __m128i found = _mm_cvtsi32_si128(fate(0));
  found = _mm_insert_epi32(found, fate(1), 1);
  found = _mm_insert_epi32(found, fate(2), 2);
  return _mm_insert_epi32(found, fate(3), 3);
}

HWY_INLINE Vec32 FatesAt(const uint8_t* text, const uint32_t* fates) {
  const __m128i first = FourFates(text, fates);
#if HWY_TARGET == HWY_SSE4
  return Vec32{first};
#else
  const __m256i low = _mm256_set_m128i(FourFates(text + 12, fates), first);
#if HWY_TARGET == HWY_AVX2
  return Vec32{low};
#else
  const __m256i high = _mm256_set_m128i(FourFates(text + 36, fates), FourFates(text + 24, fates));
  return Vec32{_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1)};
#endif
#endif
}
#else
HWY_INLINE Vec32 FatesAt(const uint8_t* text, const uint32_t* fates) {
  alignas(64) uint32_t found[kVectorLanes];
  for (size_t i = 0; i < kVectorLanes; ++i) found[i] = fates[CodePointAt(text + 3 * i)];
  return hn::Load(Tag32(), found);
}
#endif

// The id of a single, as in text/token_id.h: SplitMix64(x, 0).
HWY_INLINE hn::Vec<Tag64> IdOf(hn::Vec<Tag64> x) {
  x = hn::Add(x, hn::Set(Tag64(), kSplitMixStep));
  x = Factor<Tag64>(kSplitMixFirst).Times(hn::Xor(x, hn::ShiftRight<30>(x)));
  x = Factor<Tag64>(kSplitMixSecond).Times(hn::Xor(x, hn::ShiftRight<27>(x)));
  return hn::Xor(x, hn::ShiftRight<31>(x));
}

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

// As IdOfWord of text/token_id.h. REQUIRES: letters and digits, in sixteen bytes that may be read.
HWY_INLINE uint64_t IdOfWord(const uint8_t* word, size_t length) {
  return HashShortWord(word, length, 0x2020202020202020);  // digits have this bit already
}

class Constants {
 public:
  HWY_INLINE Constants() {}  // not implicit: it would be compiled for the plainest instruction set

  Vec8 zero = Set8(0);
  Vec8 open = Set8('(');
  Vec8 lower = Set8(0x20);
  Vec8 a = Set8('a');
  Vec8 letters = Set8(26);
  Vec8 digit = Set8('0');
  Vec8 digits = Set8(10);
  Vec32 separator = Held(Tag32(), kFateSeparator);

 private:
  static HWY_INLINE Vec8 Set8(uint8_t value) { return Held(Tag8(), value); }
};

// Code points of three bytes that follow each other from the first byte on, kLanes at most.
HWY_INLINE size_t CountWide(const uint8_t* block) {
  const Tag8 d;
  uint64_t same = 0;
  for (size_t i = 0; i < 3 * kLanes; i += hn::Lanes(d)) {
    const Vec8 bits = hn::And(hn::LoadU(d, block + i), hn::Load(d, kFrameBits.data() + i));
    AddBits(d, hn::Eq(bits, hn::Load(d, kFrame.data() + i)), i, &same);
  }
  return std::min(kLanes, First(~same) / 3);
}

HWY_INLINE uint64_t HighBytes(const uint8_t* block, const Constants& c) {
  const hn::RebindToSigned<Tag8> d;
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR {
    return hn::RebindMask(Tag8(), hn::Lt(hn::BitCast(d, v), hn::BitCast(d, c.zero)));
  });
}

HWY_INLINE uint64_t LettersAndDigits(const uint8_t* block, const Constants& c) {
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR {
    return hn::Or(hn::Lt(hn::Sub(hn::Or(v, c.lower), c.a), c.letters),
                  hn::Lt(hn::Sub(v, c.digit), c.digits));
  });
}

HWY_INLINE uint64_t OpenBrackets(const uint8_t* block, const Constants& c) {
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR { return hn::Eq(v, c.open); });
}

template <bool kPlaces>
class Scan {
 public:
  Scan(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids, SinglePlaces* places)
      : text_(text), size_(size), table_(fates), ids_(ids), places_(places) {}

  HWY_INLINE SingleScan Run() {
    const Constants constants;
    // Nothing is called between the steps, so that constants stay in registers.
    const uint8_t* text = text_;
    size_t end = size_ < kRead ? 0 : size_ - kRead + 1;  // what is read is text below
    uint8_t padded[2 * kRead];
    bool more = true;
    while (more) {
      while (more && at_ < end) more = Take(text + at_, constants) && HasRoom();
      if (!more || at_ >= size_) break;
      std::memset(padded, 0, sizeof(padded));
      std::memcpy(padded, text_ + at_, size_ - at_);
      text = padded - at_;
      end = size_;
    }
    return {at_, found_, stopped_};
  }

 private:
  HWY_INLINE bool HasRoom() const {
    return found_ + kStepTokens + kLanes <= kSingleScanTokens && at_ < kMostBytes;
  }

  // False if the scan stops.
  HWY_INLINE bool Take(const uint8_t* block, const Constants& c) {
    const size_t wide = CountWide(block);
    if (wide > 0) {
      const size_t taken = TakeWide(block, wide, c);
      at_ += 3 * taken;
      if (taken < wide) return taken > 0 || Stop();
    }
    return wide == kLanes || TakeAscii(block, 3 * wide, c);
  }

  HWY_INLINE bool Stop() {
    stopped_ = true;
    return false;
  }

  // Returns how many are done with: up to the first that stops, or that is a bracket that no single follows.
  HWY_INLINE size_t TakeWide(const uint8_t* block, size_t count, const Constants& c) {
    Vec32 fates[kVectors];
    uint32_t tokens = 0, special = 0;
    for (size_t i = 0; i < kVectors; ++i) {
      const size_t at = i * kVectorLanes;
      fates[i] = FatesAt(block + 3 * at, table_);
      tokens |= Bits(hn::Gt(fates[i], c.separator)) << at;
      special |= Bits(hn::Lt(fates[i], c.separator)) << at;
    }
    tokens &= static_cast<uint32_t>(Below(count));
    special &= static_cast<uint32_t>(Below(count));
    if (special != 0) {
      count = CountBefore(special, tokens, block, count);
      tokens &= static_cast<uint32_t>(Below(count));
    }
    StoreSingles(fates, tokens);
    return count;
  }

  static HWY_INLINE uint32_t Bits(hn::Mask<Tag32> mask) {
    return static_cast<uint32_t>(BitsOf(Tag32(), mask));
  }

  size_t CountBefore(uint32_t special, uint32_t tokens, const uint8_t* block, size_t count) const {
    for (; special != 0; special &= special - 1) {
      const size_t lane = First(special);
      const bool bracket = table_[CodePointAt(block + 3 * lane)] == kFateBracket;
      if (!bracket || (tokens >> lane >> 1 & 1) == 0) return lane;
    }
    return count;
  }

  HWY_INLINE void StoreSingles(const Vec32 (&fates)[kVectors], uint32_t tokens) {
    for (size_t i = 0; i < kVectors; ++i) {
      const auto kept = static_cast<uint32_t>(tokens >> i * kVectorLanes & Below(kVectorLanes));
      StoreIds(CompressLanes(Tag32(), fates[i], kept), ids_ + found_);
      if constexpr (kPlaces) StorePlaces(at_ + 3 * i * kVectorLanes, kept);
      found_ += static_cast<size_t>(std::popcount(kept));
    }
  }

  HWY_INLINE void StorePlaces(size_t first, uint32_t kept) {
    const Tag32 d;
    const Vec32 offsets = hn::Mul(hn::Iota(d, 0), hn::Set(d, 3));
    const Vec32 begins = CompressLanes(d, offsets, kept);
    hn::StoreU(hn::Add(begins, hn::Set(d, static_cast<uint32_t>(first))), d,
               places_->begins + found_);
    std::memset(places_->lengths + found_, 3, kVectorLanes);
  }

  // Takes what is between the place in the block and the next byte that is not ASCII. If that is not seen from the
  // block's first byte on, the scan stops.
  HWY_INLINE bool TakeAscii(const uint8_t* block, size_t place, const Constants& c) {
    const size_t left = size_ - at_;
    const size_t seen = kBlock - place;
    const size_t ascii = First(HighBytes(block, c) >> place);
    const size_t length = ascii >= seen && seen < left ? 0 : std::min(ascii, left);
    if (length == 0) return place > 0 || Stop();
    const uint8_t* const text = block + place;
    const size_t end = EndAtBracket(text, OpenBrackets(block, c) >> place, length);
    const size_t taken = TakeWords(text, LettersAndDigits(block, c) >> place & UpTo(end), end);
    at_ += taken;
    return taken == length || Stop();
  }

  // All bits if the place is behind the last.
  static HWY_INLINE uint64_t UpTo(size_t place) {
    return place < kBlock ? Below(place) : ~uint64_t{0};
  }

  HWY_INLINE size_t EndAtBracket(const uint8_t* text, uint64_t opens, size_t length) const {
    const size_t first = First(opens);
    if (HWY_LIKELY(first >= length)) return length;
    return first + 1 == length && FateAt(text + length) > kFateSeparator ? length : first;
  }

  HWY_INLINE uint32_t FateAt(const uint8_t* text) const {
    return IsWide(text) ? table_[CodePointAt(text)] : kFateStops;
  }

  // Returns where it has to stop: at a word that is too long, or that may go on behind the last place.
  HWY_INLINE size_t TakeWords(const uint8_t* text, uint64_t letters, size_t end) {
    for (uint64_t left = letters; left != 0;) {
      const size_t begin = First(left);
      const size_t length = First(~(letters >> begin));
      const bool goes_on =
          begin + length == end && text[end] >= 0x80 && FateAt(text + end) == kFateStops;
      if (length > kHashedWordMost || goes_on) return begin;
      StoreWord(text + begin, at_ + begin, length);
      left &= ~UpTo(begin + length);
    }
    return end;
  }

  HWY_INLINE void StoreWord(const uint8_t* word, size_t place, size_t length) {
    ids_[found_] = IdOfWord(word, length);
    if constexpr (kPlaces) {
      places_->begins[found_] = static_cast<uint32_t>(place);
      places_->lengths[found_] = static_cast<uint8_t>(length);
    }
    ++found_;
  }

  const uint8_t* text_;
  const size_t size_;
  const uint32_t* const table_;
  uint64_t* const ids_;
  SinglePlaces* const places_;
  size_t at_ = 0;
  size_t found_ = 0;
  bool stopped_ = false;
};

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SinglePlaces* places) {
  if (places != nullptr) return Scan<true>(text, size, fates, ids, places).Run();
  return Scan<false>(text, size, fates, ids, places).Run();
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(ScanSingles);

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SinglePlaces* places) {
  return HWY_DYNAMIC_DISPATCH(ScanSingles)(text, size, fates, ids, places);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
