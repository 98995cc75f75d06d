// A step becomes a few 64-bit masks, a bit a byte; what begins in it, a code point or a word, gets a lane, and all lanes
// are looked up together. So no branch asks where digits, spaces and characters meet, which nobody can predict, and where
// the next step begins is known before anything is looked up.
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
#include "refrain/simd/multiply-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag32 = hn::CappedTag<uint32_t, 16>;
using Tag64 = hn::Repartition<uint64_t, Tag32>;
using TagI32 = hn::RebindToSigned<Tag32>;
using Vec32 = hn::Vec<Tag32>;
using Mask32 = hn::Mask<Tag32>;
using Tag8 = TagBytes;
using Vec8 = VecBytes;
using Mask8 = MaskBytes;

constexpr size_t kBlock = kByteBlock;  // bytes that are looked at
constexpr size_t kStep = 48;  // of these, where the code points and words of a step may begin
constexpr size_t kLanes = 16;
static_assert(kSingleScanTokens == kLanes * kSingleScanSteps);

HWY_INLINE uint64_t Below(size_t place) { return (uint64_t{1} << place) - 1; }

HWY_INLINE size_t Count(uint64_t bits) { return static_cast<size_t>(std::popcount(bits)); }

HWY_INLINE size_t First(uint64_t bits) { return static_cast<size_t>(std::countr_zero(bits)); }

HWY_INLINE uint32_t Bits(Mask32 mask) { return static_cast<uint32_t>(BitsOf(Tag32(), mask)); }

HWY_INLINE Mask32 MaskOf(uint32_t bits) {
  uint8_t bytes[8] = {};
  std::memcpy(bytes, &bits, sizeof(bits));
  return hn::LoadMaskBits(Tag32(), bytes);
}

// Lanes are numbers of this machine; all that Highway is built for here are little-endian.
static_assert(std::endian::native == std::endian::little);

class Constants {
 public:
  HWY_INLINE Constants() {}

  Vec8 head_bits = Set8(0xF0);
  Vec8 head = Set8(0xE0);
  Vec8 tail_end = Set8(0xC0);
  Vec8 zero = Set8(0);
  Vec8 bracket = Set8('(');
  Vec8 lower = Set8(0x20);
  Vec8 a = Set8('a');
  Vec8 letters = Set8(26);
  Vec8 digit = Set8('0');
  Vec8 digits = Set8(10);
  Vec32 wide = Set32(0x80);
  Vec32 first = Set32(0x0F);
  Vec32 second = Set32(0x0FC0);
  Vec32 third = Set32(0x3F);
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

HWY_INLINE uint64_t PlainAscii(const uint8_t* block, const Constants& c) {
  return BitsWhere(block, [&](Vec8 v) HWY_ATTR {
    return hn::Not(hn::Or(hn::Eq(v, c.bracket), IsLess(v, c.zero)));
  });
}

// The place of a set bit, the lowest being number zero.
size_t PlaceOf(uint64_t bits, size_t number) {
  for (; number > 0; --number) bits &= bits - 1;
  return First(bits);
}

// What the bytes of a block are, a bit for each, and how much of it a step takes.
struct Step {
  // `over` are the last bytes of a code point that began in the step before.
  HWY_INLINE Step(const uint8_t* block, uint64_t over, const Constants& c)
      : wide(WideOnes(block, c) & Below(kStep)), letters(LettersAndDigits(block, c)) {
    const uint64_t tails = wide << 1 | wide << 2 | over;
    stops = ~(wide | tails | PlainAscii(block, c)) & Below(kStep);
    starts = (wide | (letters & ~(letters << 1))) & Below(kStep);
    next_over = tails >> kStep;
  }

  // Ends it at the place, or before the word that touches that.
  HWY_INLINE void EndAt(size_t place) {
    length = static_cast<size_t>(std::bit_width(~letters & Below(place)));
    starts &= Below(length);
    next_over = 0;
  }

  // Ends it at what stops it, before a word that goes on behind it, or where the lanes are full. False if it is stopped.
  HWY_INLINE bool Limit() {
    const bool ends_in_word = (letters >> (kStep - 1) & 1) != 0;
    if (stops != 0 || ends_in_word) EndAt(std::min(kStep, First(stops)));
    const bool full = Count(starts) > kLanes;
    if (full) EndAt(PlaceOf(starts, kLanes));
    return stops == 0 || full;
  }

  uint64_t wide;     // code points of three bytes, by their first byte
  uint64_t letters;  // ASCII letters and digits
  uint64_t stops;    // what is not known
  uint64_t starts;   // of code points and words
  uint64_t next_over;
  size_t length = kStep;
};

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
// Those of code points that follow each other.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE Vec32 LoadCodePoints(const uint8_t* text) {
  uint32_t bytes;
  std::memcpy(&bytes, text, sizeof(bytes));
  return hn::Set(Tag32(), bytes & 0xFFFFFF);
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

HWY_INLINE void LoadStarts(const uint8_t* block, uint64_t starts, uint32_t* lanes) {
  constexpr uint64_t kAllWide = 0x249249249249;
  const Tag32 d;
  if (starts == kAllWide) {
    for (size_t i = 0; i < kLanes; i += hn::Lanes(d)) {
      hn::Store(LoadCodePoints(block + 3 * i), d, lanes + i);
    }
    return;
  }
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

// What became of the lanes.
struct Fates {
  uint32_t tokens;  // a bit for each
  uint32_t stops;
  alignas(64) uint32_t singles[kLanes];  // what they are mapped to
};

HWY_INLINE void LookUpLanes(const uint8_t* block, uint64_t starts, const uint32_t* fates,
                            const Constants& c, Fates* found) {
  const Tag32 d;
  alignas(64) uint32_t lanes[kLanes];
  LoadStarts(block, starts, lanes);
  uint32_t stops = 0;
  uint32_t tokens = 0;
  for (size_t i = 0; i < kLanes; i += hn::Lanes(d)) {
    const Vec32 bytes = hn::Load(d, lanes + i);
    const Vec32 fate = LookUp(Decode(bytes, c), fates);
    const Mask32 wide = hn::TestBit(bytes, c.wide);
    hn::Store(fate, d, found->singles + i);
    stops |= Bits(hn::And(wide, hn::Lt(fate, c.separator))) << i;
    tokens |= Bits(hn::Or(hn::Not(wide), hn::Gt(fate, c.separator))) << i;
  }
  const auto valid = static_cast<uint32_t>(Below(Count(starts)));
  found->stops = stops & valid;
  found->tokens = tokens & valid;
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
    size_t end = size_ < kBlock ? 0 : size_ - kBlock + 1;  // whole blocks begin below
    uint8_t padded[2 * kBlock];
    bool more = true;
    while (more) {
      while (more && at_ < end) more = Take(text + at_, constants) && count_ < kSingleScanSteps;
      if (!more || end == size_ || at_ >= size_) break;
      std::memset(padded, 0, sizeof(padded));
      std::memcpy(padded, text_ + at_, size_ - at_);
      text = padded - at_;
      end = size_;
    }
    return {std::min(at_ + Count(over_), size_), found_, count_};
  }

 private:
  // Takes a step as far as it goes. False if the scan ends in it.
  HWY_INLINE bool Take(const uint8_t* block, const Constants& c) {
    Step step(block, over_, c);
    bool more = step.Limit();
    if ((step.starts & step.wide) == 0) return false;
    Fates fates;
    LookUpLanes(block, step.starts, fates_, c, &fates);
    if (fates.stops != 0) {
      Cut(PlaceOf(step.starts, First(fates.stops)), &step, &fates);
      more = false;
    }
    StoreSingles(fates);
    more = StoreWords(block, &step, &fates) && more;
    Advance(step, fates);
    return more;
  }

  static HWY_INLINE void Cut(size_t place, Step* step, Fates* fates) {
    step->EndAt(place);
    fates->tokens &= static_cast<uint32_t>(Below(Count(step->starts)));
  }

  HWY_INLINE void Advance(const Step& step, const Fates& fates) {
    steps_[count_++] = {step.starts, step.letters, fates.tokens, static_cast<uint32_t>(at_)};
    found_ += Count(fates.tokens);
    at_ += step.length;
    over_ = step.next_over;
  }

  HWY_INLINE void StoreSingles(const Fates& fates) {
    const Tag32 d;
    uint64_t* ids = ids_ + found_;
    for (size_t i = 0; i < kLanes; i += hn::Lanes(d)) {
      const auto tokens = static_cast<uint32_t>(fates.tokens >> i & Below(hn::Lanes(d)));
      StoreIds(hn::Compress(hn::Load(d, fates.singles + i), MaskOf(tokens)), ids);
      ids += Count(tokens);
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
  size_t count_ = 0;   // steps
  uint64_t over_ = 0;  // bytes of a code point that the next step begins with, a bit for each
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
