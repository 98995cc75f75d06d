// Most steps are sixteen code points of three bytes and nothing else, which one comparison tells: their bytes go to fixed
// lanes. Any other step becomes a few 64-bit masks, a bit a byte; what begins in it, a code point or a word, gets a lane,
// and all lanes are looked up together. So no branch asks where digits, spaces and characters meet, which nobody can
// predict, and where the next step begins is known before anything is looked up.
#include "refrain/simd/single_scan.h"

#include <algorithm>
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

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag32 = hn::CappedTag<uint32_t, 16>;
using Tag64 = hn::Repartition<uint64_t, Tag32>;
using Vec32 = hn::Vec<Tag32>;
using Mask32 = hn::Mask<Tag32>;
using Tag8 = TagBytes;
using Vec8 = VecBytes;
using Mask8 = MaskBytes;

constexpr size_t kBlock = kByteBlock;  // bytes that are looked at
constexpr size_t kStep = kBlock - 3;   // of these, where code points and words may begin
constexpr size_t kRead = kBlock + kHashedWordMost;  // with the word that begins last
constexpr size_t kLanes = 16;
constexpr size_t kVectorLanes = hn::MaxLanes(Tag32());
constexpr size_t kVectors = kLanes / kVectorLanes;
static_assert(kSingleScanTokens == kLanes * kSingleScanSteps);

HWY_INLINE uint64_t Below(size_t place) { return (uint64_t{1} << place) - 1; }

HWY_INLINE size_t Count(uint64_t bits) { return static_cast<size_t>(std::popcount(bits)); }

HWY_INLINE size_t First(uint64_t bits) { return static_cast<size_t>(std::countr_zero(bits)); }

HWY_INLINE uint32_t Bits(Mask32 mask) { return static_cast<uint32_t>(BitsOf(Tag32(), mask)); }

// Lanes are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

class Constants {
 public:
  HWY_INLINE Constants() {}

  Vec8 head_bits = Set8(0xF0);
  Vec8 head = Set8(0xE0);
  Vec8 tail_end = Set8(0xC0);
  Vec8 zero = Set8(0);
  Vec8 open = Set8('(');
  Vec8 lower = Set8(0x20);
  Vec8 a = Set8('a');
  Vec8 letters = Set8(26);
  Vec8 digit = Set8('0');
  Vec8 digits = Set8(10);
  // Of the bytes of a code point, the first lowest.
  Vec32 frame_bits = Set32(0xC0C0F0);
  Vec32 frame = Set32(0x8080E0);
  Vec32 wide = Set32(0x80);
  Vec32 first = Set32(0x0F);
  Vec32 second = Set32(0x0FC0);
  Vec32 third = Set32(0x3F);
  Vec32 bracket = Set32(kFateBracket);
  Vec32 separator = Set32(kFateSeparator);

 private:
  static HWY_INLINE Vec8 Set8(uint8_t value) { return Held(Tag8(), value); }
  static HWY_INLINE Vec32 Set32(uint32_t value) { return Held(Tag32(), value); }
};

HWY_INLINE Mask8 IsLess(Vec8 a, Vec8 b) {
  const hn::RebindToSigned<Tag8> d;
  return hn::RebindMask(Tag8(), hn::Lt(hn::BitCast(d, a), hn::BitCast(d, b)));
}

HWY_INLINE uint64_t LettersAndDigits(const uint8_t* block, const Constants& c) {
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR {
    return hn::Or(hn::Lt(hn::Sub(hn::Or(v, c.lower), c.a), c.letters),
                  hn::Lt(hn::Sub(v, c.digit), c.digits));
  });
}

// Code points of three bytes, by their first byte.
HWY_INLINE uint64_t WideOnes(const uint8_t* block, const Constants& c) {
  const uint64_t heads =
      BitsWhere(block, [&](Vec8 v) HWY_ATTR { return hn::Eq(hn::And(v, c.head_bits), c.head); });
  const uint64_t tails = BitsWhere(block, [&](Vec8 v) HWY_ATTR { return IsLess(v, c.tail_end); });
  return heads & tails >> 1 & tails >> 2;
}

HWY_INLINE uint64_t Ascii(const uint8_t* block, const Constants& c) {
  return ~BitsWhere(block, [&](Vec8 v) HWY_ATTR { return IsLess(v, c.zero); });
}

HWY_INLINE uint64_t OpenBrackets(const uint8_t* block, const Constants& c) {
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR { return hn::Eq(v, c.open); });
}

// The place of a set bit, the lowest being number zero; kBlock if there are not as many.
HWY_INLINE size_t PlaceOf(uint64_t bits, size_t number) {
#if HWY_TARGET == HWY_AVX3_DL
  return First(_pdep_u64(uint64_t{1} << number, bits));
#else
  for (; number > 0; --number) bits &= bits - 1;
  return First(bits);
#endif
}

// What the bytes of a block are, a bit for each, and how much of it a step takes.
struct Step {
  HWY_INLINE Step(const uint8_t* block, const Constants& c)
      : wide(WideOnes(block, c) & Below(kStep)),
        letters(LettersAndDigits(block, c)),
        brackets(OpenBrackets(block, c)) {
    const uint64_t tails = wide << 1 | wide << 2;
    stops = ~(wide | tails | Ascii(block, c)) & Below(kStep);
    starts = (wide | (letters & ~(letters << 1))) & Below(kStep);
    length = kStep + Count(tails >> kStep);
  }

  // Ends it at the place, or before the word that touches that.
  HWY_INLINE void EndAt(size_t place) {
    length = static_cast<size_t>(std::bit_width(~letters & Below(place)));
    starts &= Below(length);
  }

  // Ends it where the lanes are full, at what stops it, or before a word that may go on behind it. False if it is stopped.
  HWY_INLINE bool Limit() {
    const size_t next = PlaceOf(starts, kLanes);
    const size_t most = std::min(next, kStep);
    const uint64_t seen = stops & Below(most);
    length = std::min(length, next);
    starts &= Below(length);
    const bool ends_in_word = (letters >> (most - 1) & 1) != 0;
    if (seen != 0 || ends_in_word) EndAt(std::min(most, First(seen)));
    return seen == 0;
  }

  uint64_t wide;      // code points of three bytes, by their first byte
  uint64_t letters;   // ASCII letters and digits
  uint64_t brackets;  // '('
  uint64_t stops;     // what is not known
  uint64_t starts;    // of code points and words
  size_t length;
};

// Those of code points that follow each other.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE Vec32 LoadCodePoints(const uint8_t* text) {
  uint32_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return hn::Set(Tag32(), bytes & 0xFFFFFF);
}
#elif HWY_TARGET == HWY_AVX3_DL
HWY_INLINE Vec32 LoadCodePoints(const uint8_t* text) {
  const Tag8 d;
  // Number i of a lane of four bytes from 3 * lane on.
  alignas(64) static constexpr uint8_t kPlaces[64] = {
      0,  1,  2,  3,  3,  4,  5,  6,  6,  7,  8,  9,  9,  10, 11, 12, 12, 13, 14, 15, 15, 16,
      17, 18, 18, 19, 20, 21, 21, 22, 23, 24, 24, 25, 26, 27, 27, 28, 29, 30, 30, 31, 32, 33,
      33, 34, 35, 36, 36, 37, 38, 39, 39, 40, 41, 42, 42, 43, 44, 45, 45, 46, 47, 48};
  const Vec8 bytes{_mm512_permutexvar_epi8(hn::Load(d, kPlaces).raw, hn::LoadU(d, text).raw)};
  return hn::BitCast(Tag32(), bytes);
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

// Each lane gets the bytes from a start on, the first lowest, three of them at least.
#if HWY_TARGET == HWY_AVX3_DL
HWY_INLINE void LoadStarts(const uint8_t* block, uint64_t starts, uint32_t* lanes) {
  const Tag8 d;
  const Tag32 d32;
  const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const uint8_t*>(&starts));
  const Vec8 places = hn::Compress(hn::Iota(d, 0), mask);
  // A lane of number i takes the place of number i four times, from a copy of all sixteen.
  const Vec8 copies{_mm512_broadcast_i32x4(_mm512_castsi512_si128(places.raw))};
  const Vec32 numbers = hn::Mul(hn::Iota(d32, 0), hn::Set(d32, 0x01010101));
  const Vec8 first = hn::TableLookupBytes(copies, hn::BitCast(d, numbers));
  const Vec8 each = hn::Add(first, hn::BitCast(d, hn::Set(d32, 0x03020100)));
  const Vec8 bytes{_mm512_permutexvar_epi8(each.raw, hn::LoadU(d, block).raw)};
  hn::Store(hn::BitCast(d32, bytes), d32, lanes);
}
#else
HWY_INLINE void LoadStarts(const uint8_t* block, uint64_t starts, uint32_t* lanes) {
  for (size_t i = 0; i < kLanes; ++i, starts &= starts - 1) {
    std::memcpy(lanes + i, block + First(starts) % kBlock, sizeof(*lanes));
  }
}
#endif

HWY_INLINE Vec32 Decode(Vec32 bytes, const Constants& c) {
  const Vec32 first = hn::ShiftLeft<12>(hn::And(bytes, c.first));
  const Vec32 second = hn::And(hn::ShiftRight<2>(bytes), c.second);
  const Vec32 third = hn::And(hn::ShiftRight<16>(bytes), c.third);
  return hn::Or(first, hn::Or(second, third));
}

#if HWY_TARGET <= HWY_SSE4
// By loads and inserts, which takes Zen 4 less time than a gather. Of two code points each, the first in the lower half.
HWY_INLINE __m128i LookUpFour(const uint64_t* pairs, const uint32_t* fates) {
  const auto fate = [&](uint64_t code_point)
                        HWY_ATTR { return static_cast<int>(fates[code_point]); };
  __m128i found = _mm_cvtsi32_si128(fate(pairs[0] & 0xFFFF));
  found = _mm_insert_epi32(found, fate(pairs[0] >> 32), 1);
  found = _mm_insert_epi32(found, fate(pairs[1] & 0xFFFF), 2);
  return _mm_insert_epi32(found, fate(pairs[1] >> 32), 3);
}

HWY_INLINE Vec32 LookUp(Vec32 code_points, const uint32_t* fates) {
  alignas(64) uint64_t pairs[kVectorLanes / 2];
  hn::Store(hn::BitCast(Tag64(), code_points), Tag64(), pairs);
#if HWY_TARGET == HWY_SSE4
  return Vec32{LookUpFour(pairs, fates)};
#else
  const __m256i first = _mm256_set_m128i(LookUpFour(pairs + 2, fates), LookUpFour(pairs, fates));
#if HWY_TARGET == HWY_AVX2
  return Vec32{first};
#else
  const __m256i last = _mm256_set_m128i(LookUpFour(pairs + 6, fates), LookUpFour(pairs + 4, fates));
  return Vec32{_mm512_inserti64x4(_mm512_castsi256_si512(first), last, 1)};
#endif
#endif
}
#else
HWY_INLINE Vec32 LookUp(Vec32 code_points, const uint32_t* fates) {
  const hn::RebindToSigned<Tag32> places;
  return hn::GatherIndex(Tag32(), fates, hn::BitCast(places, code_points));
}
#endif

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

// What became of the lanes, a bit for each.
struct Fates {
  uint32_t tokens;
  uint32_t stops;
  uint32_t brackets;
  Vec32 singles[kVectors];  // what they are mapped to
};

HWY_INLINE void LookUpLanes(const uint8_t* block, uint64_t starts, const uint32_t* fates,
                            const Constants& c, Fates* found) {
  const Tag32 d;
  alignas(64) uint32_t lanes[kLanes];
  LoadStarts(block, starts, lanes);
  *found = {};
  for (size_t i = 0; i < kVectors; ++i) {
    const size_t at = i * kVectorLanes;
    const Vec32 bytes = hn::Load(d, lanes + at);
    const Vec32 fate = LookUp(Decode(bytes, c), fates);
    const Mask32 wide = hn::TestBit(bytes, c.wide);
    found->singles[i] = fate;
    found->stops |= Bits(hn::And(wide, hn::Lt(fate, c.bracket))) << at;
    found->brackets |= Bits(hn::And(wide, hn::Eq(fate, c.bracket))) << at;
    found->tokens |= Bits(hn::Or(hn::Not(wide), hn::Gt(fate, c.separator))) << at;
  }
  const auto valid = static_cast<uint32_t>(Below(Count(starts)));
  found->stops &= valid;
  found->brackets &= valid;
  found->tokens &= valid;
}

// As IdOfWord of text/token_id.h. REQUIRES: letters and digits, in sixteen bytes that may be read.
HWY_INLINE uint64_t IdOfWord(const uint8_t* word, size_t length) {
  return HashShortWord(word, length, 0x2020202020202020);  // digits have this bit already
}

class Scan {
 public:
  Scan(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids, SingleStep* steps)
      : text_(text), size_(size), fates_(fates), ids_(ids), steps_(steps) {}

  HWY_INLINE SingleScan Run() {
    const Constants constants;
    // Nothing is called between the steps, so that constants stay in registers.
    const uint8_t* text = text_;
    size_t end = size_ < kRead ? 0 : size_ - kRead + 1;  // what is read is text below
    uint8_t padded[2 * kRead];
    bool more = true;
    while (more) {
      while (more && at_ < end) more = Take(text + at_, constants) && count_ < kSingleScanSteps;
      if (!more || end == size_ || at_ >= size_) break;
      std::memset(padded, 0, sizeof(padded));
      std::memcpy(padded, text_ + at_, size_ - at_);
      text = padded - at_;
      end = size_;
    }
    return {std::min(at_, size_), found_, count_};
  }

 private:
  // Takes a step. False if the scan ends in it.
  HWY_INLINE bool Take(const uint8_t* block, const Constants& c) {
    return TakeWide(block, c) || TakeMixed(block, c);
  }

  // Takes sixteen code points of three bytes, if they are that and none of them stops or is a bracket.
  HWY_INLINE bool TakeWide(const uint8_t* block, const Constants& c) {
    Vec32 lanes[kVectors];
    if (!LoadWide(block, c, lanes) || !LookUpWide(c, lanes)) return false;
    uint32_t tokens = 0;
    for (size_t i = 0; i < kVectors; ++i) {
      tokens |= Bits(hn::Gt(lanes[i], c.separator)) << i * kVectorLanes;
    }
    StoreSingles(lanes, tokens);
    Advance({kEvenStarts, 0, tokens, 0}, 3 * kLanes);
    return true;
  }

  static HWY_INLINE bool LoadWide(const uint8_t* block, const Constants& c,
                                  Vec32 (&bytes)[kVectors]) {
    const Tag32 d;
    Vec32 odd = hn::Zero(d);
    for (size_t i = 0; i < kVectors; ++i) {
      bytes[i] = LoadCodePoints(block + 3 * i * kVectorLanes);
      odd = hn::Or(odd, hn::Xor(hn::And(bytes[i], c.frame_bits), c.frame));
    }
    return hn::AllTrue(d, hn::Eq(odd, hn::Zero(d)));
  }

  // The bytes become fates.
  HWY_INLINE bool LookUpWide(const Constants& c, Vec32 (&lanes)[kVectors]) const {
    Vec32 least = c.separator;
    for (Vec32& lane : lanes) {
      lane = LookUp(Decode(lane, c), fates_);
      least = hn::Min(least, lane);
    }
    return hn::AllTrue(Tag32(), hn::Eq(least, c.separator));
  }

  // Takes what is there as far as it goes. False if the scan ends in it.
  HWY_INLINE bool TakeMixed(const uint8_t* block, const Constants& c) {
    Step step(block, c);
    bool more = step.Limit();
    if ((step.starts & step.wide) == 0) return false;
    Fates fates;
    LookUpLanes(block, step.starts, fates_, c, &fates);
    if (fates.stops != 0) {
      Cut(PlaceOf(step.starts, First(fates.stops)), &step, &fates);
      more = false;
    }
    if (step.brackets != 0 || fates.brackets != 0) more = PassBrackets(&step, &fates) && more;
    StoreSingles(fates.singles, fates.tokens);
    more = StoreWords(block, &step, &fates) && more;
    Advance({step.starts, step.letters, fates.tokens, 0}, step.length);
    return more;
  }

  static HWY_INLINE uint64_t PlacesOfBrackets(const Step& step, const Fates& fates) {
    uint64_t places = step.brackets & Below(step.length);
    for (uint32_t left = fates.brackets; left != 0; left &= left - 1) {
      places |= uint64_t{1} << PlaceOf(step.starts, First(left));
    }
    return places;
  }

  // Ends the step before the first bracket that no single follows in it, and the scan if nothing is left of the step.
  static HWY_INLINE bool PassBrackets(Step* step, Fates* fates) {
    for (uint64_t left = PlacesOfBrackets(*step, *fates); left != 0; left &= left - 1) {
      const size_t place = First(left);
      const size_t end = place + ((step->wide >> place & 1) != 0 ? 3 : 1);
      if (IsSingle(end, *step, *fates)) continue;
      Cut(place, step, fates);
      return step->length > 0;
    }
    return true;
  }

  static HWY_INLINE bool IsSingle(size_t place, const Step& step, const Fates& fates) {
    if (place >= step.length || (step.wide >> place & 1) == 0) return false;
    return (fates.tokens >> Count(step.starts & Below(place)) & 1) != 0;
  }

  static HWY_INLINE void Cut(size_t place, Step* step, Fates* fates) {
    step->EndAt(place);
    const auto kept = static_cast<uint32_t>(Below(Count(step->starts)));
    fates->tokens &= kept;
    fates->brackets &= kept;
  }

  HWY_INLINE void Advance(SingleStep step, size_t length) {
    step.place = static_cast<uint32_t>(at_);
    steps_[count_++] = step;
    found_ += Count(step.tokens);
    at_ += length;
  }

  HWY_INLINE void StoreSingles(const Vec32 (&singles)[kVectors], uint32_t tokens) {
    uint64_t* ids = ids_ + found_;
    for (const Vec32 vector : singles) {
      const auto kept = static_cast<uint32_t>(tokens & Below(kVectorLanes));
      StoreIds(CompressLanes(Tag32(), vector, kept), ids);
      ids += Count(kept);
      tokens >>= kVectorLanes;
    }
  }

  // Over what stands there for their lanes. A word that is too long ends the step, and the scan: false.
  HWY_INLINE bool StoreWords(const uint8_t* block, Step* step, Fates* fates) {
    for (uint64_t left = step->starts & step->letters; left != 0; left &= left - 1) {
      const size_t place = First(left);
      const size_t length = First(~step->letters >> place);
      const size_t lane = Count(step->starts & Below(place));
      if (length > kHashedWordMost) {
        Cut(place, step, fates);
        return false;
      }
      ids_[found_ + Count(fates->tokens & Below(lane))] = IdOfWord(block + place, length);
    }
    return true;
  }

  const uint8_t* text_;
  size_t size_;
  const uint32_t* fates_;
  uint64_t* ids_;
  SingleStep* steps_;
  size_t at_ = 0;
  size_t found_ = 0;
  size_t count_ = 0;  // steps
};

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SingleStep* steps) {
  return Scan(text, size, fates, ids, steps).Run();
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(ScanSingles);

SingleScan ScanSingles(const uint8_t* text, size_t size, const uint32_t* fates, uint64_t* ids,
                       SingleStep* steps) {
  return HWY_DYNAMIC_DISPATCH(ScanSingles)(text, size, fates, ids, steps);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
