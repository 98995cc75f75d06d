// Each block becomes a few 64-bit masks, a bit a byte; two-byte and three-byte code points are put together by
// shifting masks, and word bounds are where the mask of words changes. One source for every instruction set: Highway
// compiles it for each and picks at run time.
#include "refrain/simd/word_scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/word_scan.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

constexpr size_t kBlock = kWordScanBlock;

using Tag = hn::CappedTag<uint8_t, kBlock>;
using Vector = hn::Vec<Tag>;
using Mask = hn::Mask<Tag>;

struct Block {
  uint64_t words;  // bytes of words
  uint64_t
      stops;  // bytes that are not plain; the first of a code point that goes on after the block is one
};

// A bit for each byte of the block that passes.
template <typename Test>
HWY_INLINE uint64_t BitsWhere(const uint8_t* block, const Test& test) {
  const Tag d;
  uint64_t bits = 0;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
    uint8_t part[8] = {};
    hn::StoreMaskBits(d, test(hn::LoadU(d, block + i)), part);
    uint64_t word;
    std::memcpy(&word, part, sizeof(word));
    bits |= word << i;
  }
  return bits;
}

HWY_INLINE Mask InRange(Vector v, uint8_t first, uint8_t last) {
  const Tag d;
  return hn::Lt(hn::Sub(v, hn::Set(d, first)), hn::Set(d, static_cast<uint8_t>(last - first + 1)));
}

HWY_INLINE uint64_t BytesFrom(const uint8_t* block, uint8_t first, uint8_t last) {
  return BitsWhere(block, [=](Vector v) HWY_ATTR { return InRange(v, first, last); });
}

HWY_INLINE uint64_t BytesEqual(const uint8_t* block, uint8_t value) {
  return BitsWhere(block, [=](Vector v) HWY_ATTR { return hn::Eq(v, hn::Set(Tag(), value)); });
}

HWY_INLINE uint64_t LettersAndDigits(const uint8_t* block) {
  return BitsWhere(block, [](Vector v) HWY_ATTR {
    const Vector folded = hn::Or(v, hn::Set(Tag(), uint8_t{0x20}));
    return hn::Or(InRange(folded, 'a', 'z'), InRange(v, '0', '9'));
  });
}

// The block with 0x20 added to the bytes of the mask.
HWY_INLINE void StoreRaised(const uint8_t* block, uint64_t raised, uint8_t* out) {
  const Tag d;
  for (size_t i = 0; i < kBlock; i += hn::Lanes(d)) {
    uint8_t part[8];
    const uint64_t word = raised >> i;
    std::memcpy(part, &word, sizeof(part));
    const Mask mask = hn::LoadMaskBits(d, part);
    const Vector v = hn::LoadU(d, block + i);
    hn::StoreU(hn::Add(v, hn::IfThenElseZero(mask, hn::Set(d, uint8_t{0x20}))), d, out + i);
  }
}

HWY_INLINE Block Classify(const uint8_t* block, uint8_t* lower) {
  // U+00C0..U+00FF but for the signs of multiplication and division.
  const uint64_t latin_tails =
      BytesFrom(block, 0x80, 0xBF) & ~BytesEqual(block, 0x97) & ~BytesEqual(block, 0xB7);
  const uint64_t latin = BytesEqual(block, 0xC3) & latin_tails >> 1;
  const uint64_t capital_tails = latin << 1 & BytesFrom(block, 0x80, 0x9E);
  const uint64_t no_break_space = BytesEqual(block, 0xC2) & BytesEqual(block, 0xA0) >> 1;
  // U+2010..U+2027 but for U+2017, a space with a mark.
  const uint64_t punctuation_tails = BytesFrom(block, 0x90, 0xA7) & ~BytesEqual(block, 0x97);
  const uint64_t punctuation =
      BytesEqual(block, 0xE2) & BytesEqual(block, 0x80) >> 1 & punctuation_tails >> 2;
  const uint64_t letters = latin | latin << 1;
  const uint64_t separators =
      no_break_space | no_break_space << 1 | punctuation | punctuation << 1 | punctuation << 2;

  StoreRaised(block, BytesFrom(block, 'A', 'Z') | capital_tails, lower);
  return {LettersAndDigits(block) | letters,
          BytesFrom(block, 0x80, 0xFF) & ~(letters | separators)};
}

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
      const size_t length = Take(text_ + at_, kBlock);
      // A code point that only seems to stop, as it goes on after the block, is met again in the next one.
      plain = length > kBlock - 3;
    }
    const bool near_end = size_ - at_ < kBlock;
    const bool ended = plain && near_end && TakeRest();
    return Finish(ended);
  }

 private:
  // Returns how many bytes were plain.
  size_t Take(const uint8_t* block, size_t size) {
    const Block found = Classify(block, buffer_.lower + at_);
    const size_t length =
        std::min<size_t>(size, static_cast<size_t>(std::countr_zero(found.stops)));
    if (length == 0) return 0;
    const uint64_t taken = ~uint64_t{0} >> (kBlock - length);
    const uint64_t words = found.words & taken;
    count_ = AppendBounds((words ^ (words << 1 | open_)) & taken, at_, buffer_.bounds, count_);
    open_ = words >> (length - 1) & 1;
    at_ += length;
    return length;
  }

  // The last bytes of the text, of a block that is filled up with zeros.
  bool TakeRest() {
    uint8_t block[kBlock] = {};
    const size_t size = size_ - at_;
    std::memcpy(block, text_ + at_, size);
    return Take(block, size) == size;
  }

  WordScan Finish(bool ended) {
    if (open_ != 0 && ended) buffer_.bounds[count_++] = static_cast<uint16_t>(at_);
    if (open_ != 0 && !ended) at_ = buffer_.bounds[--count_];
    return {at_, count_ / 2};
  }

  const uint8_t* text_;
  size_t size_;
  WordBuffer& buffer_;
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
