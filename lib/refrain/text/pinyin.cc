#include "refrain/text/pinyin.h"

#include <string_view>

namespace refrain::internal {
namespace {

constexpr int kMaxLetters = 8;
// More marks than any letter of pinyin has.
constexpr size_t kMaxSegment = 8;

constexpr std::u32string_view kToneBearers = U"aeiouüêɑnm";
constexpr std::u32string_view kToned = U"āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿếề";
constexpr std::u32string_view kToneMarks = U"\u0304\u0301\u030C\u0300";

bool In(std::u32string_view set, char32_t c) { return set.find(c) != set.npos; }

// What stands between the brackets, as far as read.
class Syllable {
 public:
  // False if c cannot belong to pinyin at this place.
  bool Add(char32_t c) {
    const bool ascii = c < 0x80;
    if (!ascii && In(kToneMarks, c)) return AddToneMark();
    const bool toned = !ascii && In(kToned, c);
    bearer_ = In(kToneBearers, c);
    toned_ = toned_ || toned;
    return (toned || bearer_ || (c >= U'a' && c <= U'z') || c == U'ɡ') && ++letters_ <= kMaxLetters;
  }

  bool IsPinyin() const { return toned_; }

 private:
  bool AddToneMark() {
    if (!bearer_) return false;
    bearer_ = false;
    toned_ = true;
    return true;
  }

  int letters_ = 0;
  bool bearer_ = false;
  bool toned_ = false;
};

bool IsClosingBracket(const RawCodePoint& raw) {
  return (raw.entry & kEntrySequence) == 0 &&
         CodePointOf(MappingTable::MappedOf(raw.code_point, raw.entry)) == U')';
}

bool BeginsWithMark(const RawText& text, const RawCodePoint& raw) {
  const bool sequence = (raw.entry & kEntrySequence) != 0;
  return ClassOf(sequence ? text.table().Sequence(raw.entry)[0] : raw.entry) ==
         CodePointClass::kMark;
}

// Whether what stands there, if anything, is surely no mark, not dropped, and joins nothing before it.
bool IsBoundary(const RawText& text, const uint8_t* p) {
  if (p == text.end() || *p < 0x80) return true;
  if (*p >= 0xC3 && *p <= 0xC9) return true;  // letters of Latin
  return text.end() - p >= 3 && (*p & 0xF0) == 0xE0 && text.table().FateAt(p) != simd::kFateStops;
}

// Most are one code point, which needs no normalising with others.
bool StandsAlone(const RawText& text, const RawCodePoint& raw) {
  return !raw.broken && (raw.entry & kEntrySpecial) == 0 && IsBoundary(text, raw.end);
}

bool AddSegment(const Segment& segment, Syllable* syllable) {
  if (segment.cut) return false;
  for (const Mapped mapped : segment.mapped) {
    if (!syllable->Add(CodePointOf(mapped))) return false;
  }
  return true;
}

}  // namespace

const uint8_t* EndOfPinyin(const RawText& text, const uint8_t* p, SegmentReader* reader) {
  Syllable syllable;
  while (p < text.end()) {
    const RawCodePoint raw = text.At(p);
    if (!StandsAlone(text, raw)) break;
    if (IsClosingBracket(raw)) return syllable.IsPinyin() ? raw.end : nullptr;
    if (!syllable.Add(CodePointOf(MappingTable::MappedOf(raw.code_point, raw.entry))))
      return nullptr;
    p = raw.end;
  }
  for (auto raw = text.KeptFrom(p); raw; raw = text.KeptFrom(p)) {
    if (IsClosingBracket(*raw)) {
      const auto next = text.KeptFrom(raw->end);
      const bool marked = next && BeginsWithMark(text, *next);
      return syllable.IsPinyin() && !marked ? raw->end : nullptr;
    }
    const Segment segment = reader->Read(*raw, kMaxSegment);
    if (!AddSegment(segment, &syllable)) return nullptr;
    p = segment.end;
  }
  return nullptr;
}

}  // namespace refrain::internal
