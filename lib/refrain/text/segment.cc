#include "refrain/text/segment.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/unorm2.h>

#include <algorithm>

namespace refrain::internal {
namespace {

constexpr char32_t kFinalSigma = 0x03C2;
constexpr size_t kLongSegment = 32;

const icu::Normalizer2& Nfkc() {
  UErrorCode error = U_ZERO_ERROR;
  return *icu::Normalizer2::getNFKCInstance(error);  // built in, cannot fail
}

UChar32 Signed(char32_t c) { return static_cast<UChar32>(c); }

struct ClassedMark {
  char32_t code_point;
  uint8_t combining_class;
};

void AppendDecomposed(char32_t c, std::vector<ClassedMark>* out) {
  icu::UnicodeString parts;
  if (!Nfkc().getDecomposition(Signed(c), parts)) parts = icu::UnicodeString(Signed(c));
  for (int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
    const UChar32 part = parts.char32At(i);
    out->push_back({static_cast<char32_t>(part), Nfkc().getCombiningClass(part)});
  }
}

// Canonical order. ICU inserts each mark into its place, which is quadratic on long runs; sorted
// beforehand they only need appending.
void SortMarks(std::vector<ClassedMark>* marks) {
  const auto starts = [](const ClassedMark& mark) { return mark.combining_class == 0; };
  for (auto run = marks->begin(); run != marks->end();) {
    run = std::find_if_not(run, marks->end(), starts);
    const auto end = std::find_if(run, marks->end(), starts);
    std::stable_sort(run, end, [](const ClassedMark& a, const ClassedMark& b) {
      return a.combining_class < b.combining_class;
    });
    run = end;
  }
}

icu::UnicodeString ToIcu(const std::vector<char32_t>& code_points) {
  icu::UnicodeString text;
  if (code_points.size() < kLongSegment) {
    for (const char32_t c : code_points) text.append(Signed(c));
    return text;
  }
  std::vector<ClassedMark> marks;
  for (const char32_t c : code_points) AppendDecomposed(c, &marks);
  SortMarks(&marks);
  for (const ClassedMark& mark : marks) text.append(Signed(mark.code_point));
  return text;
}

bool IsDecomposed(char32_t c) {
  return u_getIntPropertyValue(Signed(c), UCHAR_NFKD_QUICK_CHECK) == UNORM_YES;
}

// Whether the segment is a base and marks that are decomposed and in canonical order already, as
// nearly all are.
bool IsInOrder(const std::vector<char32_t>& segment) {
  if (!IsDecomposed(segment[0]) || u_getCombiningClass(Signed(segment[0])) != 0) return false;
  uint8_t last = 1;
  for (size_t i = 1; i < segment.size(); ++i) {
    const uint8_t combining_class = u_getCombiningClass(Signed(segment[i]));
    if (combining_class < last || !IsDecomposed(segment[i])) return false;
    last = combining_class;
  }
  return true;
}

// Canonical composition (Unicode 15, D117) in place, without ICU's strings; false if the segment is
// not so simple. A mark is blocked from the base by one before it of the same class that stayed.
bool ComposeInOrder(std::vector<char32_t>* segment) {
  if (!IsInOrder(*segment)) return false;
  size_t kept = 1;
  uint8_t last = 0;
  for (size_t i = 1; i < segment->size(); ++i) {
    const char32_t mark = (*segment)[i];
    const uint8_t combining_class = u_getCombiningClass(Signed(mark));
    const UChar32 composed = combining_class > last
                                 ? Nfkc().composePair(Signed((*segment)[0]), Signed(mark))
                                 : U_SENTINEL;
    if (composed >= 0) {
      (*segment)[0] = static_cast<char32_t>(composed);
    } else {
      (*segment)[kept++] = mark;
      last = combining_class;
    }
  }
  segment->resize(kept);
  return true;
}

CaseContext ContextAt(const RawCodePoint& raw, uint32_t shift) {
  return static_cast<CaseContext>(CommittedNormalizerTable().Fact(raw.code_point) >> shift & 3);
}

bool CasedLetterBefore(const RawText& text, const uint8_t* p) {
  for (auto raw = text.KeptBefore(p); raw; raw = text.KeptBefore(raw->begin)) {
    const CaseContext context = ContextAt(*raw, kFactTrailingCaseShift);
    if (context != CaseContext::kIgnorable) return context == CaseContext::kCased;
  }
  return false;
}

bool CasedLetterAfter(const RawText& text, const uint8_t* p) {
  for (auto raw = text.KeptFrom(p); raw; raw = text.KeptFrom(raw->end)) {
    const CaseContext context = ContextAt(*raw, kFactLeadingCaseShift);
    if (context != CaseContext::kIgnorable) return context == CaseContext::kCased;
  }
  return false;
}

// Unicode 15, table 3-17, Final_Sigma. Linear over a text of sigmas too: a sigma has case, so that
// each scan ends at the next one. The generator checks that raw code points tell as much as
// normalised ones.
bool IsFinalSigma(const RawText& text, const RawCodePoint& sigma) {
  return CasedLetterBefore(text, sigma.begin) && !CasedLetterAfter(text, sigma.end);
}

}  // namespace

Segment SegmentReader::Read(const RawCodePoint& first, size_t limit) {
  code_points_.assign(1, first.code_point);
  const uint8_t* end = first.end;
  auto next = text_.KeptFrom(end);
  while (next && (next->entry & kEntryNoBoundary) && code_points_.size() < limit) {
    code_points_.push_back(next->code_point);
    end = next->end;
    next = text_.KeptFrom(end);
  }
  mapped_.clear();
  if (code_points_.size() == 1) {
    AppendMapped(first.code_point, first);
  } else {
    Normalize(first);
  }
  return {first.begin, end, mapped_, next && (next->entry & kEntryNoBoundary)};
}

void SegmentReader::Normalize(const RawCodePoint& first) {
  if (ComposeInOrder(&code_points_)) {
    for (const char32_t c : code_points_) AppendMapped(c, first);
    return;
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString text = Nfkc().normalize(ToIcu(code_points_), error);
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    AppendMapped(static_cast<char32_t>(text.char32At(i)), first);
  }
}

// Only the first code point of a segment can be a sigma.
void SegmentReader::AppendMapped(char32_t c, const RawCodePoint& first) {
  const MappingTable& table = text_.table();
  uint32_t entry = table.Entry(c);
  if ((entry & kEntrySequence) != 0) {
    const auto sequence = table.Sequence(entry);
    mapped_.insert(mapped_.end(), sequence.begin(), sequence.end());
    return;
  }
  if ((entry & kEntrySigma) != 0 && IsFinalSigma(text_, first)) {
    c = kFinalSigma;
    entry = table.Entry(c);
  }
  mapped_.push_back(MappingTable::MappedOf(c, entry));
}

}  // namespace refrain::internal
