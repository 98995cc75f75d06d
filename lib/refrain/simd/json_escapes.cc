// A block begins where no backslash escapes its first byte, so that it needs nothing of the one before it: one that
// ends inside an escape is taken only up to there. With AVX-512 the backslashes of a block are squeezed out in a
// register; elsewhere a block ends behind its first escape. One source for every instruction set: Highway compiles it
// for each and picks at run time.
#include "refrain/simd/json_escapes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/json_escapes.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Tag = hn::CappedTag<uint8_t, kEscapeBlock>;
using Vector = hn::Vec<Tag>;

HWY_INLINE uint64_t FirstBits(size_t n) { return ~uint64_t{0} >> (64 - n); }

#if HWY_TARGET == HWY_AVX3_DL

HWY_INLINE uint64_t Bits(hn::Mask<Tag> mask) {
  uint64_t bits;
  hn::StoreMaskBits(Tag(), mask, reinterpret_cast<uint8_t*>(&bits));
  return bits;
}

HWY_INLINE hn::Mask<Tag> MaskOf(uint64_t bits) {
  return hn::LoadMaskBits(Tag(), reinterpret_cast<const uint8_t*>(&bits));
}

// The backslashes that begin an escape: in a run of them every other one, from its first. Subtraction carries through
// a run and tells whether it began at an odd or an even place (Langdale, Lemire, Parsing gigabytes of JSON per second).
HWY_INLINE uint64_t EscapeBegins(uint64_t backslashes) {
  constexpr uint64_t kOdd = 0xAAAAAAAAAAAAAAAA;
  const uint64_t behind = backslashes << 1;
  return (((behind | kOdd) - backslashes) ^ kOdd) & backslashes;
}

struct Meaning {
  Vector bytes;  // of the byte behind a backslash; any other for what no backslash may stand before
  hn::Mask<Tag> escapes;  // whether a backslash may stand before it
};

// The exclusive or of its halves tells apart whatever may follow a backslash, but not the quote from f.
HWY_INLINE Meaning MeaningOf(Vector v) {
  const Tag d;
  alignas(16) static constexpr uint8_t kFrom[16] = {'f', 0,    0, 't', 'b', 'r', 0, 0,
                                                    'n', '\\', 0, 0,   0,   '/', 0, 0};
  alignas(16) static constexpr uint8_t kTo[16] = {'\f', 0,    0, '\t', '\b', '\r', 0, 0,
                                                  '\n', '\\', 0, 0,    0,    '/',  0, 0};
  const Vector place = hn::And(hn::Xor(v, hn::ShiftRight<4>(v)), hn::Set(d, uint8_t{15}));
  const auto quote = hn::Eq(v, hn::Set(d, uint8_t{'"'}));
  const auto letter = hn::Eq(v, hn::TableLookupBytes(hn::LoadDup128(d, kFrom), place));
  const Vector meant = hn::TableLookupBytes(hn::LoadDup128(d, kTo), place);
  return {hn::IfThenElse(quote, v, meant), hn::Or(quote, letter)};
}

template <bool kWrite>
HWY_INLINE Undone TakeBlock(const uint8_t* text, size_t size, uint8_t* out) {
  const Tag d;
  const Vector v = hn::LoadU(d, text);
  const uint64_t backslashes = Bits(hn::Eq(v, hn::Set(d, uint8_t{'\\'}))) & FirstBits(size);
  if (backslashes == 0) {
    if (kWrite) hn::StoreU(v, d, out);
    return {size, size};
  }
  const Meaning meaning = MeaningOf(v);
  const uint64_t begins = EscapeBegins(backslashes);
  const uint64_t last = uint64_t{1} << (size - 1);
  const uint64_t stops = begins & (~(Bits(meaning.escapes) >> 1) | last);
  const uint64_t taken = stops == 0 ? FirstBits(size) : (stops & (0 - stops)) - 1;
  if (kWrite) {
    const Vector undone = hn::IfThenElse(MaskOf(begins << 1), meaning.bytes, v);
    hn::StoreU(hn::Compress(undone, MaskOf(~begins)), d, out);
  }
  return {static_cast<size_t>(std::popcount(taken)),
          static_cast<size_t>(std::popcount(taken & ~begins))};
}

#else

// What one letter behind a backslash means, or 0.
HWY_INLINE uint8_t MeaningOf(uint8_t letter) {
  static constexpr auto kMeanings = [] {
    std::array<uint8_t, 256> meanings{};
    meanings['"'] = '"';
    meanings['\\'] = '\\';
    meanings['/'] = '/';
    meanings['b'] = '\b';
    meanings['f'] = '\f';
    meanings['n'] = '\n';
    meanings['r'] = '\r';
    meanings['t'] = '\t';
    return meanings;
  }();
  return kMeanings[letter];
}

// The backslashes of a block, which is copied on the way.
template <bool kWrite>
HWY_INLINE uint64_t Backslashes(const uint8_t* block, uint8_t* out) {
  const Tag d;
  uint64_t bits = 0;
  for (size_t i = 0; i < kEscapeBlock; i += hn::Lanes(d)) {
    const Vector v = hn::LoadU(d, block + i);
    uint8_t part[8] = {};
    hn::StoreMaskBits(d, hn::Eq(v, hn::Set(d, uint8_t{'\\'})), part);
    uint64_t word;
    std::memcpy(&word, part, sizeof(word));
    bits |= word << i;
    if (kWrite) hn::StoreU(v, d, out + i);
  }
  return bits;
}

template <bool kWrite>
HWY_INLINE Undone TakeBlock(const uint8_t* text, size_t size, uint8_t* out) {
  const uint64_t backslashes = Backslashes<kWrite>(text, out);
  const size_t clean = std::min<size_t>(size, static_cast<size_t>(std::countr_zero(backslashes)));
  const uint8_t meaning = clean + 1 < size ? MeaningOf(text[clean + 1]) : 0;
  if (meaning == 0) return {clean, clean};
  if (kWrite) out[clean] = meaning;
  return {clean + 2, clean + 1};
}

#endif

template <bool kWrite>
HWY_INLINE Undone TakeAll(const uint8_t* text, size_t size, uint8_t* out) {
  Undone all{0, 0};
  while (all.read < size) {
    const Undone block =
        TakeBlock<kWrite>(text + all.read, std::min(size - all.read, kEscapeBlock), out);
    if (block.read == 0) break;
    all.read += block.read;
    all.written += block.written;
    if (kWrite) out += block.written;
  }
  return all;
}

Undone UndoShortEscapes(const char* text, size_t size, char* out) {
  return TakeAll<true>(reinterpret_cast<const uint8_t*>(text), size,
                       reinterpret_cast<uint8_t*>(out));
}

size_t SkipShortEscapes(const char* text, size_t size) {
  return TakeAll<false>(reinterpret_cast<const uint8_t*>(text), size, nullptr).read;
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(UndoShortEscapes);
HWY_EXPORT(SkipShortEscapes);

Undone UndoShortEscapes(const char* text, size_t size, char* out) {
  return HWY_DYNAMIC_DISPATCH(UndoShortEscapes)(text, size, out);
}

size_t SkipShortEscapes(const char* text, size_t size) {
  return HWY_DYNAMIC_DISPATCH(SkipShortEscapes)(text, size);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
