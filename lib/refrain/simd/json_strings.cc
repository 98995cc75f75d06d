// A block begins where no backslash escapes its first byte, so that it needs nothing of the one before it: one that
// ends inside an escape is taken only up to there. With AVX-512 the backslashes of a block are squeezed out in a
// register; elsewhere a block ends behind its first escape. One source for every instruction set: Highway compiles it
// for each and picks at run time.
#include "refrain/simd/json_strings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/json_strings.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

using Tag = TagBytes;
using Vector = VecBytes;
static_assert(kStringBlock == kByteBlock);

enum class Escapes { kStop, kSkip, kUndo };

constexpr bool kSqueezes = HWY_TARGET == HWY_AVX3_DL;

HWY_INLINE uint64_t FirstBits(size_t n) { return ~uint64_t{0} >> (64 - n); }

// What was taken of a block; all of it that counts is a number of first bytes.
struct Taken {
  size_t read;
  size_t written;
  bool stopped;  // and not only at an escape that goes on behind the block
};

// Places in a block, a bit each.
struct Block {
  uint64_t ends;  // quotes and control characters
  uint64_t backslashes;
  uint64_t high;  // bytes that are not ASCII
};

// A block, which may be copied on the way.
template <bool kCopy>
HWY_INLINE Block ReadBlock(const uint8_t* text, uint8_t* out) {
  const Tag d;
  Block block{0, 0, 0};
  for (size_t i = 0; i < kStringBlock; i += hn::Lanes(d)) {
    const Vector v = hn::LoadU(d, text + i);
    if (kCopy) hn::StoreU(v, d, out + i);
    const auto control = hn::Lt(v, hn::Set(d, uint8_t{0x20}));
    AddBits(d, hn::Or(hn::Eq(v, hn::Set(d, uint8_t{'"'})), control), i, &block.ends);
    AddBits(d, hn::Eq(v, hn::Set(d, uint8_t{'\\'})), i, &block.backslashes);
    AddBits(d, hn::Gt(v, hn::Set(d, uint8_t{0x7F})), i, &block.high);
  }
  return block;
}

#if HWY_TARGET == HWY_AVX3_DL

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

// Of any block.
template <Escapes kEscapes>
HWY_INLINE Taken TakeEscapes(const Block& block, const uint8_t* text, size_t size, uint8_t* out) {
  const Tag d;
  const Vector v = hn::LoadU(d, text);
  const Meaning meaning = MeaningOf(v);
  const uint64_t begins = EscapeBegins(block.backslashes & FirstBits(size));
  const uint64_t cut = begins & (uint64_t{1} << (size - 1));
  const uint64_t wrong = begins & ~cut & ~(BitsOf(d, meaning.escapes) >> 1);
  const uint64_t ends = (block.ends & FirstBits(size) & ~(begins << 1)) | wrong;
  const uint64_t stops = ends | cut;
  if (kEscapes == Escapes::kUndo) {
    const Vector undone = hn::IfThenElse(MaskOf(begins << 1), meaning.bytes, v);
    hn::StoreU(hn::Compress(undone, MaskOf(~begins)), d, out);
  }
  // Told by a branch and not by counting, so that the next block need not wait for this one.
  if (HWY_LIKELY(stops == 0)) {
    return {size, size - static_cast<size_t>(std::popcount(begins)), false};
  }
  const uint64_t taken = (stops & (0 - stops)) - 1;
  return {static_cast<size_t>(std::popcount(taken)),
          static_cast<size_t>(std::popcount(taken & ~begins)), ends != 0};
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

// Of a block with something to stop at: up to behind the first escape.
template <Escapes kEscapes>
HWY_INLINE Taken TakeEscapes(const Block& block, const uint8_t* text, size_t size, uint8_t* out) {
  const size_t plain = static_cast<size_t>(std::countr_zero(block.ends | block.backslashes));
  if (plain >= size) return {size, size, false};
  const bool cut = text[plain] == '\\' && plain + 1 == size;
  const uint8_t meaning = text[plain] == '\\' && !cut ? MeaningOf(text[plain + 1]) : 0;
  if (meaning == 0) return {plain, plain, !cut};
  if (kEscapes == Escapes::kUndo) out[plain] = meaning;
  return {plain + 2, plain + 1, false};
}

#endif

template <Escapes kEscapes>
HWY_INLINE Taken TakeBlock(const Block& block, const uint8_t* text, size_t size, uint8_t* out) {
  // No branch decides which of the blocks have an escape: about every third has, in no order that could be foreseen.
  if (kSqueezes && kEscapes == Escapes::kUndo) {
    return TakeEscapes<kEscapes>(block, text, size, out);
  }
  const uint64_t special = (block.ends | block.backslashes) & FirstBits(size);
  if (special == 0) return {size, size, false};
  if (kEscapes != Escapes::kStop) return TakeEscapes<kEscapes>(block, text, size, out);
  const size_t plain = static_cast<size_t>(std::countr_zero(special));
  return {plain, plain, true};
}

template <Escapes kEscapes>
HWY_INLINE StringPart TakeAll(const char* begin, size_t size, char* to) {
  const auto* const text = reinterpret_cast<const uint8_t*>(begin);
  auto* const out = reinterpret_cast<uint8_t*>(to);
  constexpr bool kWrite = kEscapes == Escapes::kUndo;
  constexpr bool kCopy = kWrite && !kSqueezes;  // which writes the whole block itself
  StringPart part{0, 0, true};
  Taken taken{1, 0, false};
  while (part.read < size && taken.read != 0 && !taken.stopped) {
    const size_t rest = std::min(size - part.read, kStringBlock);
    const Block block = ReadBlock<kCopy>(text + part.read, out + part.written);
    taken = TakeBlock<kEscapes>(block, text + part.read, rest, out + part.written);
    part.ascii &= taken.read == 0 || (block.high & FirstBits(taken.read)) == 0;
    part.read += taken.read;
    if (kWrite) part.written += taken.written;
  }
  return part;
}

StringPart SkipPlain(const char* text, size_t size) {
  return TakeAll<Escapes::kStop>(text, size, nullptr);
}

StringPart SkipShortEscapes(const char* text, size_t size) {
  return TakeAll<Escapes::kSkip>(text, size, nullptr);
}

StringPart UndoShortEscapes(const char* text, size_t size, char* out) {
  return TakeAll<Escapes::kUndo>(text, size, out);
}

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(SkipPlain);
HWY_EXPORT(SkipShortEscapes);
HWY_EXPORT(UndoShortEscapes);

StringPart SkipPlain(const char* text, size_t size) {
  return HWY_DYNAMIC_DISPATCH(SkipPlain)(text, size);
}

StringPart SkipShortEscapes(const char* text, size_t size) {
  return HWY_DYNAMIC_DISPATCH(SkipShortEscapes)(text, size);
}

StringPart UndoShortEscapes(const char* text, size_t size, char* out) {
  return HWY_DYNAMIC_DISPATCH(UndoShortEscapes)(text, size, out);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
