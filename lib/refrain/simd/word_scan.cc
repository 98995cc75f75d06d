// Each block becomes a few 64-bit masks, a bit a byte, and word bounds are where the mask of words changes. A table
// tells of the last byte of a code point of two what it may be, another which of that its first byte makes true. One
// source for every instruction set: Highway compiles it for each and picks at run time.
#include "refrain/simd/word_scan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#ifndef REFRAIN_SIMD_WORD_SCAN_TABLES_
#define REFRAIN_SIMD_WORD_SCAN_TABLES_
namespace refrain::simd {
namespace {

// Without those that normalisation makes more of than another letter of the same length.
constexpr bool IsPlainLetter(uint32_t c) {
  if (c < 0x100) return c >= 0xC0 && c != 0xD7 && c != 0xF7;
  if (c == 0x130 || c == 0x132 || c == 0x133 || c == 0x13F) return false;
  return c != 0x140 && c != 0x149 && c != 0x178 && c != 0x17F;
}

constexpr bool IsPlainCapital(uint32_t c) {
  if (!IsPlainLetter(c)) return false;
  if (c < 0x100) return c <= 0xDE;
  const bool odd = (c >= 0x139 && c <= 0x148) || c >= 0x179;
  return c != 0x138 && c % 2 == (odd ? 1 : 0);
}

// Of a byte 0x80..0xBF, what it makes with the byte before it. The first bytes C3, C4 and C5 have two bits each, for a
// letter and for a capital.
constexpr uint8_t kLetter = 0x15;
constexpr uint8_t kCapitalBy32 = 0x02;  // lower case is so far off
constexpr uint8_t kCapitalBy1 = 0x28;
constexpr uint8_t kNoBreakSpace = 0x80;
constexpr uint8_t kPunctuation = 0x40;  // as the third byte

constexpr uint8_t TailBits(uint32_t tail) {
  uint32_t bits = tail == 0x20 ? kNoBreakSpace : 0;
  // U+2010..U+2027 but for U+2017, a space with a mark.
  if (tail >= 0x10 && tail <= 0x27 && tail != 0x17) bits |= kPunctuation;
  for (uint32_t lead = 3; lead <= 5; ++lead) {
    const uint32_t c = lead << 6 | tail;
    bits |= (uint32_t{IsPlainLetter(c)} | uint32_t{IsPlainCapital(c)} << 1) << 2 * (lead - 3);
  }
  return static_cast<uint8_t>(bits);
}

alignas(64) constexpr std::array<uint8_t, 64> kTails = [] {
  std::array<uint8_t, 64> tails{};
  for (uint32_t i = 0; i < 64; ++i) tails[i] = TailBits(i);
  return tails;
}();

// Of a byte 0xC0..0xCF, the bits that count behind it.
alignas(16) constexpr std::array<uint8_t, 16> kLeads = {0, 0, kNoBreakSpace, 0x03, 0x0C, 0x30};

}  // namespace
}  // namespace refrain::simd
#endif  // REFRAIN_SIMD_WORD_SCAN_TABLES_

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/word_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

constexpr size_t kBlock = kWordScanBlock;
static_assert(kBlock == kByteBlock);

using Tag = TagBytes;
using Vector = VecBytes;
using Mask = MaskBytes;

constexpr bool kReadsBefore = HWY_TARGET != HWY_AVX3_DL;  // the byte before a block

struct Block {
  uint64_t words;  // bytes of words
  uint64_t
      stops;  // bytes that are not plain; the first of a code point that goes on after the block is one
};

class Classifier {
 public:
  HWY_INLINE Classifier() {}  // not implicit: it would be compiled for the plainest instruction set

  // Writes the block in lower case. The byte before it must not begin what goes on in the block, and be readable if
  // kReadsBefore.
  HWY_INLINE Block Classify(const uint8_t* block, uint8_t* lower) const {
    Parts parts{};
    for (size_t i = 0; i < kBlock; i += hn::Lanes(Tag())) AddPart(block + i, i, lower, &parts);
    const uint64_t letters = parts.letters | parts.letters >> 1;
    const uint64_t spaces = parts.spaces | parts.spaces >> 1;
    const uint64_t marks = parts.e2 & parts.x80 >> 1 & parts.punctuation >> 2;
    const uint64_t separators = spaces | marks | marks << 1 | marks << 2;
    return {parts.words | letters, parts.high & ~(letters | separators)};
  }

 private:
  // Bits of a block's bytes.
  struct Parts {
    uint64_t words;            // ASCII letters and digits
    uint64_t high;             // 0x80..0xFF
    uint64_t letters, spaces;  // last bytes
    uint64_t punctuation, e2, x80;
  };

  HWY_INLINE void AddPart(const uint8_t* text, size_t at, uint8_t* lower, Parts* parts) const {
    const Tag d;
    const Vector v = hn::LoadU(d, text);
    const Vector tails = Tails(v);
    const Vector known = hn::And(tails, Leads(Before(text, v)));
    AddBits(d, Any(known, letter_), at, &parts->letters);
    AddBits(d, Any(known, no_break_space_), at, &parts->spaces);
    AddBits(d, Any(tails, punctuation_), at, &parts->punctuation);
    AddBits(d, hn::Eq(v, e2_), at, &parts->e2);
    AddBits(d, hn::Eq(v, x80_), at, &parts->x80);
    AddBits(d, hn::Gt(v, x7f_), at, &parts->high);
    const Mask capital = hn::Lt(hn::Sub(v, capital_a_), letters_);
    const Mask letter = hn::Lt(hn::Sub(hn::Or(v, x20_), small_a_), letters_);
    const Mask digit = hn::Lt(hn::Sub(v, zero_), digits_);
    AddBits(d, hn::Or(letter, digit), at, &parts->words);
    const Vector by_32 = hn::IfThenElseZero(hn::Or(capital, Any(known, capital_by_32_)), x20_);
    const Vector by_1 = hn::IfThenElseZero(Any(known, capital_by_1_), one_);
    hn::StoreU(hn::Add(v, hn::Or(by_32, by_1)), d, lower + at);
  }

  // The bytes before those of the vector.
#if HWY_TARGET == HWY_AVX3_DL
  HWY_INLINE Vector Before(const uint8_t*, Vector v) const {
    return Vector{_mm512_maskz_permutexvar_epi8(~uint64_t{1}, before_.raw, v.raw)};
  }
#else
  HWY_INLINE Vector Before(const uint8_t* text, Vector) const { return hn::LoadU(Tag(), text - 1); }
#endif

  static HWY_INLINE Vector Byte(uint8_t value) { return Held(Tag(), value); }

  static HWY_INLINE Mask Any(Vector v, Vector bits) {
    return hn::Ne(hn::And(v, bits), hn::Zero(Tag()));
  }

#if HWY_TARGET == HWY_SCALAR
  HWY_INLINE Vector Leads(Vector v) const {
    const uint8_t byte = hn::GetLane(v);
    return hn::Set(Tag(), byte >> 4 == 0xC ? kLeads[byte & 15] : uint8_t{0});
  }

  HWY_INLINE Vector Tails(Vector v) const {
    const uint8_t byte = hn::GetLane(v);
    return hn::Set(Tag(), byte >> 6 == 2 ? kTails[byte & 63] : uint8_t{0});
  }
#else
  // The entry of the sixteen bytes from `first` on, or zero: an index above 0x7F gives that.
  HWY_INLINE Vector Row(const uint8_t* table, Vector first, Vector v) const {
    const Vector index = hn::SaturatedAdd(hn::Xor(v, first), x70_);
    return hn::TableLookupBytesOr0(hn::LoadDup128(Tag(), table), index);
  }

  HWY_INLINE Vector Leads(Vector v) const { return Row(kLeads.data(), xc0_, v); }

  HWY_INLINE Vector Tails(Vector v) const {
#if HWY_TARGET == HWY_AVX3_DL
    const Mask tail = hn::Lt(hn::Xor(v, x80_), x40_);
    const Vector table = hn::Load(Tag(), kTails.data());
    return Vector{_mm512_maskz_permutexvar_epi8(tail.raw, v.raw, table.raw)};
#else
    const Vector low = hn::Or(Row(kTails.data(), x80_, v),
                              Row(kTails.data() + 16, hn::Set(Tag(), uint8_t{0x90}), v));
    const Vector high = hn::Or(Row(kTails.data() + 32, hn::Set(Tag(), uint8_t{0xA0}), v),
                               Row(kTails.data() + 48, hn::Set(Tag(), uint8_t{0xB0}), v));
    return hn::Or(low, high);
#endif
  }
#endif

  const Vector letter_ = Byte(kLetter), capital_by_32_ = Byte(kCapitalBy32),
               capital_by_1_ = Byte(kCapitalBy1), no_break_space_ = Byte(kNoBreakSpace),
               punctuation_ = Byte(kPunctuation);
  const Vector e2_ = Byte(0xE2), x80_ = Byte(0x80), x7f_ = Byte(0x7F), xc0_ = Byte(0xC0),
               x70_ = Byte(0x70), x40_ = Byte(0x40), x20_ = Byte(0x20), one_ = Byte(1);
  const Vector before_ = hn::Sub(hn::Iota(Tag(), 0), hn::Set(Tag(), uint8_t{1}));
  const Vector capital_a_ = Byte('A'), small_a_ = Byte('a'), letters_ = Byte(26), zero_ = Byte('0'),
               digits_ = Byte(10);
};

// Appends the places where `words` changes. How many there are is hard to predict, so more are written than there are.
#if HWY_TARGET == HWY_AVX3_DL
HWY_INLINE size_t AppendBounds(uint64_t changes, size_t base, uint16_t* bounds, size_t count) {
  const Tag d;
  const hn::ScalableTag<uint16_t> d16;
  const auto mask = hn::LoadMaskBits(d, reinterpret_cast<const uint8_t*>(&changes));
  const Vector places = hn::Compress(hn::Iota(d, 0), mask);
  const auto first = hn::Set(d16, static_cast<uint16_t>(base));
  const auto low = hn::PromoteTo(d16, hn::LowerHalf(places));
  const auto high = hn::PromoteTo(d16, hn::UpperHalf(hn::Half<Tag>(), places));
  hn::StoreU(hn::Add(first, low), d16, bounds + count);
  hn::StoreU(hn::Add(first, high), d16, bounds + count + hn::Lanes(d16));
  return count + static_cast<size_t>(std::popcount(changes));
}
#else
// Eight at a time.
HWY_INLINE size_t AppendBounds(uint64_t changes, size_t base, uint16_t* bounds, size_t count) {
  const auto added = static_cast<size_t>(std::popcount(changes));
  for (size_t i = 0; i < added; i += 8) {
    for (size_t j = 0; j < 8; ++j) {
      bounds[count + i + j] =
          static_cast<uint16_t>(base + static_cast<size_t>(std::countr_zero(changes)));
      changes &= changes - 1;
    }
  }
  return count + added;
}
#endif

class Scan {
 public:
  Scan(const uint8_t* text, size_t size, WordBuffer* buffer)
      : text_(text), size_(size), buffer_(*buffer) {}

  WordScan Run() {
    bool plain = true;
    while (plain && size_ - at_ >= kBlock && at_ + kBlock <= kWordScanBytes) {
      plain = TakeBlock(kReadsBefore && at_ == 0 ? Copy(kBlock) : text_ + at_);
    }
    const bool near_end = size_ - at_ < kBlock;
    const bool ended = plain && near_end && TakeRest();
    return Finish(ended);
  }

 private:
  // False if something stands in it that is not plain. That nothing does is told by a branch and not by counting, so
  // that the next block need not wait for this one. A code point that only seems to stop, as it goes on after the
  // block, is met again in the next one.
  HWY_INLINE bool TakeBlock(const uint8_t* block) {
    const Block found = classifier_.Classify(block, buffer_.lower + at_);
    if (HWY_LIKELY(found.stops == 0)) {
      Take(found.words, kBlock);
      return true;
    }
    const auto length = static_cast<size_t>(std::countr_zero(found.stops));
    Take(found.words, length);
    return length > kBlock - 3;
  }

  HWY_INLINE void Take(uint64_t found, size_t length) {
    if (length == 0) return;
    const uint64_t taken = ~uint64_t{0} >> (kBlock - length);
    const uint64_t words = found & taken;
    count_ = AppendBounds((words ^ (words << 1 | open_)) & taken, at_, buffer_.bounds, count_);
    open_ = words >> (length - 1) & 1;
    at_ += length;
  }

  // The last bytes of the text.
  bool TakeRest() {
    const size_t size = size_ - at_;
    const Block found = classifier_.Classify(Copy(size), buffer_.lower + at_);
    const auto plain = static_cast<size_t>(std::countr_zero(found.stops));
    Take(found.words, std::min(size, plain));
    return plain >= size;
  }

  // With zeros before and behind.
  const uint8_t* Copy(size_t size) {
    std::memset(copy_, 0, sizeof(copy_));
    std::memcpy(copy_ + 1, text_ + at_, size);
    return copy_ + 1;
  }

  WordScan Finish(bool ended) {
    if (open_ != 0 && ended) buffer_.bounds[count_++] = static_cast<uint16_t>(at_);
    if (open_ != 0 && !ended) at_ = buffer_.bounds[--count_];
    return {at_, count_ / 2};
  }

  const uint8_t* text_;
  size_t size_;
  WordBuffer& buffer_;
  const Classifier classifier_;
  uint8_t copy_[kBlock + 1];
  size_t at_ = 0;
  size_t count_ = 0;   // of bounds
  uint64_t open_ = 0;  // 1: a word goes on
};

WordScan ScanWords(const uint8_t* text, size_t size, WordBuffer* buffer) {
  return Scan(text, size, buffer).Run();
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(ScanWords);

WordScan ScanWords(const uint8_t* text, size_t size, WordBuffer* buffer) {
  return HWY_DYNAMIC_DISPATCH(ScanWords)(text, size, buffer);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
