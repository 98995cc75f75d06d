#include "refrain/text/page_marks.h"

#include <algorithm>
#include <cstring>
#include <initializer_list>

#include "refrain/text/line_look.h"
#include "refrain/text/mark_cursor.h"

namespace refrain {
namespace internal {
namespace {

// A mark is short: what is longer is not looked at.
constexpr size_t kLongestMark = 64;
constexpr size_t kLongestHeader = 480;

std::string_view Prefix(std::string_view text, size_t bytes) { return text.substr(0, bytes); }

bool TakeLetters(MarkCursor* at, std::string_view lower) {
  const std::string_view rest = at->Rest();
  if (rest.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i) {
    const char c = rest[i] >= 'A' && rest[i] <= 'Z' ? static_cast<char>(rest[i] + 32) : rest[i];
    if (c != lower[i]) return false;
  }
  return at->Take(rest.substr(0, lower.size()));
}

// "page 3" in Chinese: the ordinal word, a number, the word for page.
bool TakePageNumber(MarkCursor* at) {
  if (!at->Take("第")) return false;
  at->SkipBlanks();
  if (!at->TakeNumber()) return false;
  at->SkipBlanks();
  return at->TakeAny({"页", "頁"});
}

// "15 pages in all".
bool TakePageCount(MarkCursor* at) {
  if (!at->TakeAny({"共", "总", "總"})) return false;
  at->SkipBlanks();
  if (!at->TakeNumber()) return false;
  at->SkipBlanks();
  return at->TakeAny({"页", "頁"});
}

void SkipJoint(MarkCursor* at) {
  at->SkipBlanks();
  if (at->TakeAny({"/", "／", ",", "，", "|", "｜"})) at->SkipBlanks();
}

// Number and count of pages in either order.
bool TakeNumberAndCount(MarkCursor* at) {
  MarkCursor other = *at;
  if (TakePageNumber(at)) {
    SkipJoint(at);
    if (TakePageCount(at)) return true;
  }
  *at = other;
  if (!TakePageCount(at)) return false;
  SkipJoint(at);
  at->Take("当前");
  return TakePageNumber(at);
}

bool TakeEnglishPage(MarkCursor* at) {
  uint32_t number;
  if (!TakeLetters(at, "page")) return false;
  at->SkipBlanks();
  if (!at->TakeDigits(&number)) return false;
  MarkCursor more = *at;
  more.SkipBlanks();
  if (!TakeLetters(&more, "of") && !more.Take("/")) return true;
  more.SkipBlanks();
  if (more.TakeDigits(&number)) *at = more;
  return true;
}

bool TakeAnyPage(MarkCursor* at) {
  using Reader = bool (*)(MarkCursor*);
  for (const Reader read : {TakeNumberAndCount, TakePageNumber, TakePageCount, TakeEnglishPage}) {
    MarkCursor tried = *at;
    if (!read(&tried)) continue;
    *at = tried;
    return true;
  }
  return false;
}

// A page in square or lenticular brackets, perhaps with the word OCR.
bool TakeBracketed(MarkCursor* at) {
  const bool square = at->TakeAny({"[", "［"});
  if (!square && !at->Take("【")) return false;
  at->SkipBlanks();
  if (TakeLetters(at, "ocr")) at->SkipBlanks();
  if (!TakeAnyPage(at)) return false;
  at->SkipBlanks();
  return square ? at->TakeAny({"]", "］"}) : at->Take("】");
}

bool TakeDash(MarkCursor* at) { return at->TakeAny({"-", "－", "——", "—", "–", "·", "~"}); }

// "- 12 -".
bool TakeDashed(MarkCursor* at) {
  uint32_t number;
  if (!TakeDash(at)) return false;
  at->SkipBlanks();
  if (!at->TakeDigits(&number) || number > 9999) return false;
  at->SkipBlanks();
  return TakeDash(at);
}

// "2026/3/23 21:07", with or without seconds.
bool TakeDateAndTime(MarkCursor* at) {
  uint32_t year, month, day, hour, minute;
  if (!at->TakeDigits(&year) || year < 1000 || year > 9999) return false;
  if (!at->TakeAny({"/", "-"}) || !at->TakeDigits(&month) || month > 12) return false;
  if (!at->TakeAny({"/", "-"}) || !at->TakeDigits(&day) || day > 31) return false;
  at->Take(",");
  at->SkipBlanks();
  TakeLetters(at, "上午") || TakeLetters(at, "下午");
  if (!at->TakeDigits(&hour) || hour > 24 || !at->Take(":") || !at->TakeDigits(&minute))
    return false;
  return minute < 60;
}

bool IsAddressByte(char c) { return c > ' ' && c < 0x7F; }

// "https://host/path 1/15".
bool TakeAddressAndPage(MarkCursor* at) {
  uint32_t page, pages;
  if (!at->TakeAny({"https://", "http://"})) return false;
  while (!at->AtEnd() && IsAddressByte(at->Rest()[0])) at->Skip();
  at->SkipBlanks();
  return at->TakeDigits(&page) && at->Take("/") && at->TakeDigits(&pages) && page >= 1 &&
         page <= pages;
}

// Date, time, title, address and page in one piece.
bool TakePrintHeader(MarkCursor* at) {
  if (!TakeDateAndTime(at)) return false;
  const size_t address = at->Rest().find("http");
  if (address == std::string_view::npos) return false;
  const std::string_view between = at->Rest().substr(0, address);
  if (between.find('\n') != std::string_view::npos) return false;
  return at->Take(between) && TakeAddressAndPage(at);
}

using Reader = bool (*)(MarkCursor*);

// The length of the mark that begins the text, 0 if none does.
size_t LengthOf(Reader read, std::string_view text, size_t limit) {
  MarkCursor at(Prefix(text, limit));
  return read(&at) ? at.position() : 0;
}

bool IsWholly(Reader read, std::string_view line) {
  return LengthOf(read, line, line.size()) == line.size();
}

}  // namespace

bool IsPageMarkLine(std::string_view raw) {
  const std::string_view line = TrimLine(raw);
  if (line.empty() || line.size() > kLongestHeader) return false;
  std::string_view inner = line;
  if (inner.starts_with("(") && inner.ends_with(")")) inner = inner.substr(1, inner.size() - 2);
  if (inner.starts_with("（") && inner.ends_with("）")) inner = inner.substr(3, inner.size() - 6);
  return IsWholly(TakeAnyPage, TrimLine(inner)) || IsWholly(TakeBracketed, line) ||
         IsWholly(TakeDashed, line) || IsWholly(TakeAddressAndPage, line) ||
         IsWholly(TakePrintHeader, line);
}

namespace {

struct NumberedLine {
  TokenSpan mark;  // the number and its comma, or the bare number
  uint32_t number;
  uint64_t line;  // count of lines that are not blank
  bool bare;
  bool after_cut;  // the line before it ends inside a sentence
  bool is_long;
};

constexpr size_t kLongLineBytes = 300;  // a hundred Han letters

// After a letter or a comma; an opening bracket says that the line break is the markup's.
bool EndsInside(std::string_view line) {
  if (line.empty()) return false;
  const auto ends = [&](std::initializer_list<std::string_view> marks) {
    return std::any_of(marks.begin(), marks.end(), [&](auto mark) { return line.ends_with(mark); });
  };
  if (ends({"，", ",", "、"})) return true;
  return !ends({"[", "(", "（", "【", "〔", "《", "“"}) && !LookAtLine(line).closed;
}

// What may begin a mark inside a line: brackets, the words for "number" and "in all" in both
// scripts, a year and a slash.
enum class InlineHead { kNone, kBracket, kPage, kYear };

constexpr size_t kHeadBytes = 5;  // as many are read from a head on

// Comparisons as bytes, 0xFF or 0, and no branches: the compiler makes vectors of them, and in
// Chinese the first bytes of letters cannot be foretold.
using Byte = uint8_t;

constexpr Byte Is(Byte x, Byte y) { return x == y ? 0xFF : 0; }

inline Byte IsLetter(const Byte* p, Byte first, Byte second, Byte third) {
  return Is(p[0], first) & Is(p[1], second) & Is(p[2], third);
}

inline Byte IsBracket(const Byte* p) {
  return Is(p[0], '[') | IsLetter(p, 0xE3, 0x80, 0x90) |  // U+3010
         IsLetter(p, 0xEF, 0xBC, 0xBB);                   // U+FF3B
}

inline Byte IsPageWord(const Byte* p) {
  return IsLetter(p, 0xE7, 0xAC, 0xAC) | IsLetter(p, 0xE5, 0x85, 0xB1) |  // ordinal, "in all"
         IsLetter(p, 0xE6, 0x80, 0xBB) | IsLetter(p, 0xE7, 0xB8, 0xBD);   // "total", both scripts
}

inline Byte IsYear(const Byte* p) {
  return (Is(p[0], '1') | Is(p[0], '2')) & (Is(p[4], '/') | Is(p[4], '-'));
}

InlineHead HeadAt(const Byte* p) {
  if (IsBracket(p) != 0) return InlineHead::kBracket;
  if (IsPageWord(p) != 0) return InlineHead::kPage;
  return IsYear(p) != 0 ? InlineHead::kYear : InlineHead::kNone;
}

constexpr size_t kBlock = 64;

// Whether a mark may begin in the block at p.
bool BlockHasHead(const Byte* p) {
  Byte any = 0;
  for (size_t i = 0; i < kBlock; ++i)
    any = static_cast<Byte>(any | IsBracket(p + i) | IsPageWord(p + i) | IsYear(p + i));
  return any != 0;
}

// Reads a text line by line and collects marks that are sure, and lines that may turn out to be.
class MarkFinder {
 public:
  explicit MarkFinder(std::string_view text) : text_(text) {}

  std::vector<TokenSpan> Find() && {
    for (size_t begin = 0; begin < text_.size();) {
      const size_t feed = text_.find('\n', begin);
      const size_t end = feed == std::string_view::npos ? text_.size() : feed;
      ReadLine(begin, end);
      begin = end + 1;
    }
    AddCountingLines();
    return Disjoint();
  }

 private:
  void ReadLine(size_t begin, size_t end) {
    const std::string_view line = TrimLine(text_.substr(begin, end - begin));
    AddFeeds(begin, end);
    if (line.empty()) return;
    const auto at = static_cast<size_t>(line.data() - text_.data());
    ++line_;
    if (IsPageMarkLine(line)) {
      Add(at, line.size());
      printed_ = printed_ || IsWholly(TakeAddressAndPage, line);
      return;
    }
    AddHeaderLine(at, line);
    AddInlineMarks(at, line);
    NoteNumber(at, line);
    previous_ = line;
  }

  void Add(size_t begin, size_t length) { marks_.push_back({begin, begin + length}); }

  void AddFeeds(size_t begin, size_t end) {
    for (size_t i = begin; (i = FindByte('\f', i, end)) < end; ++i) Add(i, 1);
  }

  size_t FindByte(char c, size_t begin, size_t end) const {
    const void* found = std::memchr(text_.data() + begin, c, end - begin);
    return found == nullptr ? end
                            : static_cast<size_t>(static_cast<const char*>(found) - text_.data());
  }

  // A print header without the address is one if the very same line stands on another page, and
  // some page has the footer.
  void AddHeaderLine(size_t at, std::string_view line) {
    if (line.size() > kLongestHeader || LengthOf(TakeDateAndTime, line, kLongestMark) == 0) return;
    headers_.push_back({at, at + line.size()});
  }

  // Where a mark may begin, a bounded look decides.
  void AddInlineMarks(size_t at, std::string_view line) {
    const auto* bytes = reinterpret_cast<const Byte*>(line.data());
    const size_t readable = text_.size() - at;  // beyond the line too: it may end inside a block
    for (size_t i = 0; i + kHeadBytes <= line.size();) {
      if (i + kBlock + kHeadBytes <= readable && !BlockHasHead(bytes + i)) {
        i += kBlock;
        continue;
      }
      const size_t end = std::min(i + kBlock, line.size() - kHeadBytes + 1);
      while (i < end) i += AddInlineMark(at, line, i);
    }
  }

  // Returns how many bytes it has dealt with.
  size_t AddInlineMark(size_t at, std::string_view line, size_t i) {
    const InlineHead head = HeadAt(reinterpret_cast<const Byte*>(line.data()) + i);
    const size_t length = head == InlineHead::kNone ? 0 : InlineMark(line, i, head);
    if (length == 0) return 1;
    Add(at + i, length);
    return length;
  }

  static size_t InlineMark(std::string_view line, size_t i, InlineHead head) {
    const std::string_view rest = line.substr(i);
    if (head == InlineHead::kBracket) return LengthOf(TakeBracketed, rest, kLongestMark);
    if (head == InlineHead::kPage) return LengthOf(TakeNumberAndCount, rest, kLongestMark);
    if (i > 0 && line[i - 1] >= '0' && line[i - 1] <= '9') return 0;
    return LengthOf(TakePrintHeader, rest, kLongestHeader);
  }

  // Lines that begin with a number and an enumeration comma, or are a number and nothing else.
  void NoteNumber(size_t at, std::string_view line) {
    MarkCursor cursor(Prefix(line, kLongestMark));
    uint32_t number;
    if (!cursor.TakeDigits(&number)) return;
    const bool bare = cursor.position() == line.size();
    if (!bare && !cursor.Take("、")) return;
    numbered_.push_back({{at, at + cursor.position()},
                         number,
                         line_,
                         bare,
                         EndsInside(previous_),
                         line.size() >= kLongLineBytes});
  }

  void AddCountingLines() {
    AddRuns(false);
    AddRuns(true);
    AddRepeatedHeaders();
  }

  // Runs of lines of one kind whose numbers go up by one.
  void AddRuns(bool bare) {
    std::vector<NumberedLine> run;
    for (const NumberedLine& line : numbered_) {
      if (line.bare != bare) continue;
      if (!run.empty() && !Continues(run.back(), line)) AddRun(&run);
      run.push_back(line);
    }
    AddRun(&run);
  }

  // Pages in numbered lines follow each other at once; between bare numbers there are pages of text.
  static bool Continues(const NumberedLine& last, const NumberedLine& next) {
    if (next.number != last.number + 1) return false;
    return next.bare ? next.mark.begin - last.mark.end >= kLongLineBytes
                     : next.line == last.line + 1;
  }

  void AddRun(std::vector<NumberedLine>* run) {
    size_t cuts = 0, long_lines = 0;
    for (size_t i = 0; i < run->size(); ++i) {
      cuts += i > 0 && (*run)[i].after_cut;
      long_lines += (*run)[i].is_long;
    }
    const size_t steps = run->size() - !run->empty();
    const bool bare = !run->empty() && run->front().bare;
    const bool pages = 3 * cuts >= 2 * steps && (bare || 3 * long_lines >= 2 * run->size());
    if (run->size() >= 3 && pages) {
      for (const NumberedLine& line : *run) marks_.push_back(line.mark);
    }
    run->clear();
  }

  void AddRepeatedHeaders() {
    if (!printed_) return;
    const auto content = [&](const TokenSpan& span) {
      return text_.substr(span.begin, span.end - span.begin);
    };
    std::stable_sort(headers_.begin(), headers_.end(), [&](const TokenSpan& x, const TokenSpan& y) {
      return content(x) < content(y);
    });
    for (size_t i = 0; i < headers_.size(); ++i) {
      const bool again =
          (i > 0 && content(headers_[i]) == content(headers_[i - 1])) ||
          (i + 1 < headers_.size() && content(headers_[i]) == content(headers_[i + 1]));
      if (again) marks_.push_back(headers_[i]);
    }
  }

  std::vector<TokenSpan> Disjoint() {
    std::sort(marks_.begin(), marks_.end(), [](const TokenSpan& x, const TokenSpan& y) {
      return x.begin != y.begin ? x.begin < y.begin : x.end > y.end;
    });
    std::vector<TokenSpan> disjoint;
    for (const TokenSpan& mark : marks_) {
      if (disjoint.empty() || mark.begin >= disjoint.back().end) {
        disjoint.push_back(mark);
      } else {
        disjoint.back().end = std::max(disjoint.back().end, mark.end);
      }
    }
    return disjoint;
  }

  std::string_view text_;
  std::string_view previous_;
  uint64_t line_ = 0;
  bool printed_ = false;  // a print footer was seen
  std::vector<TokenSpan> marks_;
  std::vector<TokenSpan> headers_;
  std::vector<NumberedLine> numbered_;
};

}  // namespace
}  // namespace internal

std::vector<TokenSpan> FindPageMarks(std::string_view text) {
  return internal::MarkFinder(text).Find();
}

}  // namespace refrain
