// Two escapes are twelve bytes, three numbers of 32 bits: each sixteenth of a vector's bytes takes two of them, and works
// on each in a lane of 32 bits. One source for every instruction set.
#include "refrain/simd/unicode_escapes.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "refrain/simd/unicode_escapes.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "refrain/simd/byte_block-inl.h"

HWY_BEFORE_NAMESPACE();
namespace refrain::simd::HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_SCALAR

// Whoever asks undoes single escapes anyway, by what would stand here.
size_t UndoUnicodeEscapes(const char*, size_t, char*) { return 0; }

#else

using Tag32 = hn::CappedTag<uint32_t, 16>;
using Vec32 = hn::Vec<Tag32>;
using Tag8 = hn::Repartition<uint8_t, Tag32>;
using Vec8 = hn::Vec<Tag8>;

constexpr size_t kEscape = 6;  // \uXXXX
constexpr size_t kWritten = 3;
constexpr size_t kParts = hn::MaxLanes(Tag32()) / 4;            // of sixteen bytes
constexpr size_t kEscapes = 2 * kParts;                         // of a vector
constexpr uint32_t kTaken = 0x3333 & ((1U << 4 * kParts) - 1);  // the lanes of escapes
constexpr uint8_t kNone = 0x80;

// Of each part: the bytes that each of its two escapes begins with, its digits, the last one lowest, what it stands for.
alignas(16) constexpr uint8_t kBegins[16] = {
    0, 1, kNone, kNone, 6, 7, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
alignas(16) constexpr uint8_t kDigits[16] = {
    5, 4, 3, 2, 11, 10, 9, 8, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
alignas(16) constexpr uint8_t kPacked[16] = {
    0, 1, 2, 4, 5, 6, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};

HWY_INLINE Vec32 Shuffled(Vec32 v, const uint8_t* from) {
  const Tag8 d;
  return hn::BitCast(Tag32(), hn::TableLookupBytesOr0(hn::BitCast(d, v), hn::LoadDup128(d, from)));
}

HWY_INLINE Vec32 LoadParts(const char* text) {
  alignas(64) static constexpr int32_t kPlaces[16] = {0, 1, 2, 3, 3, 4,  5,  6,
                                                      6, 7, 8, 9, 9, 10, 11, 12};
  const Tag32 d;
  const Vec32 v = hn::BitCast(d, hn::LoadU(Tag8(), reinterpret_cast<const uint8_t*>(text)));
  return hn::TableLookupLanes(v, hn::SetTableIndices(d, kPlaces));
}

// Held in registers over a run; the compiler would make each anew for every vector.
class Constants {
 public:
  HWY_INLINE Constants() {}  // not implicit: it would be compiled for the plainest instruction set

  Vec8 zero = Held(Tag8(), '0');
  Vec8 ten = Held(Tag8(), 10);
  Vec8 lower = Held(Tag8(), 0x20);
  Vec8 a = Held(Tag8(), 'a');
  Vec8 six = Held(Tag8(), 6);
  Vec32 begin = Held(Tag32(), '\\' | 'u' << 8);
  Vec32 bytes = Held(Tag32(), 0x00FF00FF);
  Vec32 low_half = Held(Tag32(), 0xFFFF);
  Vec32 row = Held(Tag32(), 0xF800);
  Vec32 surrogates = Held(Tag32(), 0xD800);
  Vec32 frame = Held(Tag32(), 0x8080E0);
  Vec32 second = Held(Tag32(), 0x3F00);
  Vec32 third = Held(Tag32(), 0x3F0000);
};

struct CodePoints {
  Vec32 values;
  hn::Mask<Tag32> valid;  // all digits are
};

HWY_INLINE CodePoints Read(Vec32 digits, const Constants& c) {
  const Tag32 d;
  const Tag8 bytes;
  const Vec8 v = hn::BitCast(bytes, digits);
  const Vec8 number = hn::Sub(v, c.zero);
  const Vec8 letter = hn::Sub(hn::Or(v, c.lower), c.a);
  const auto is_number = hn::Lt(number, c.ten);
  const auto is_digit = hn::Or(is_number, hn::Lt(letter, c.six));
  const Vec8 value = hn::IfThenElse(is_number, number, hn::Add(letter, c.ten));
  const Vec32 all = hn::BitCast(d, hn::VecFromMask(bytes, is_digit));
  const Vec32 one = hn::BitCast(d, value);  // a byte a digit; then two, then four of them together
  const Vec32 two = hn::And(hn::Or(one, hn::ShiftRight<4>(one)), c.bytes);
  const Vec32 four = hn::And(hn::Or(two, hn::ShiftRight<8>(two)), c.low_half);
  return {four, hn::Eq(all, hn::Set(d, UINT32_MAX))};
}

HWY_INLINE hn::Mask<Tag32> HasThreeBytes(Vec32 code_point, const Constants& c) {
  const Vec32 row = hn::And(code_point, c.row);
  return hn::Not(hn::Or(hn::Eq(row, hn::Zero(Tag32())), hn::Eq(row, c.surrogates)));
}

HWY_INLINE Vec32 Utf8Of(Vec32 code_point, const Constants& c) {
  const Vec32 first = hn::Or(hn::ShiftRight<12>(code_point), c.frame);
  const Vec32 second = hn::And(hn::ShiftLeft<2>(code_point), c.second);
  const Vec32 third = hn::And(hn::ShiftLeft<16>(code_point), c.third);
  return hn::Or(first, hn::Or(second, third));
}

// Each part's, with bytes behind that do not count.
HWY_INLINE void Store(Vec32 utf8, char* out) {
  alignas(64) uint32_t packed[4 * kParts];
  hn::Store(Shuffled(utf8, kPacked), Tag32(), packed);
  for (size_t i = 0; i < kParts; ++i)
    std::memcpy(out + 2 * kWritten * i, packed + 4 * i, sizeof(uint64_t));
}

// Returns how many escapes there are from the first byte on.
HWY_INLINE size_t Undo(const char* text, char* out, const Constants& c) {
  const Vec32 parts = LoadParts(text);
  const CodePoints read = Read(Shuffled(parts, kDigits), c);
  const auto begins = hn::Eq(Shuffled(parts, kBegins), c.begin);
  Store(Utf8Of(read.values, c), out);
  const auto taken = hn::And(hn::And(begins, read.valid), HasThreeBytes(read.values, c));
  const auto missing = static_cast<uint32_t>(~BitsOf(Tag32(), taken)) & kTaken;
  if (missing == 0) return kEscapes;
  const auto lane = static_cast<size_t>(std::countr_zero(missing));
  return lane / 4 * 2 + lane % 4;
}

size_t UndoUnicodeEscapes(const char* text, size_t size, char* out) {
  const Constants constants;
  const size_t most = size / kEscape;
  size_t taken = 0;
  while (taken < most) {
    const size_t more = Undo(text + kEscape * taken, out + kWritten * taken, constants);
    taken += more;
    if (more < kEscapes) break;
  }
  return std::min(taken, most);
}

#endif

}  // namespace
}  // namespace refrain::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace refrain::simd {

HWY_EXPORT(UndoUnicodeEscapes);

size_t UndoUnicodeEscapes(const char* text, size_t size, char* out) {
  return HWY_DYNAMIC_DISPATCH(UndoUnicodeEscapes)(text, size, out);
}

}  // namespace refrain::simd
#endif  // HWY_ONCE
