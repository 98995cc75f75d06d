#include "refrain/text/units.h"

#include <algorithm>

#include "refrain/text/line_look.h"

namespace refrain {
namespace {

using internal::LineKind;
using internal::LineLook;
using internal::LookAtLine;
using internal::TitleWord;
using internal::TrimLine;

// A line that is not blank.
struct Line {
  uint64_t begin;
  uint64_t number;
  uint32_t blanks_before;
  bool after_feed;
  LineLook look;
};

// What counts for a heading, in points; a line with this many is one.
constexpr int kHeading = 3;
constexpr int kCertainWord = 3;
constexpr int kPossibleWord = 1;
constexpr int kPartNumber = 3;
constexpr int kSpaced = 2;
constexpr int kSalutationAfter = 2;
constexpr int kInterrupted = -2;

constexpr uint16_t kMostTitleTokens = 40;
constexpr uint16_t kMostUntitledTokens = 24;  // of a heading without a title word
constexpr size_t kMostFrontLines = 5;         // between a title and the salutation
constexpr size_t kLeastBody = 20;             // tokens that make text out of short lines

std::string_view LineAt(std::string_view text, uint64_t begin) {
  const size_t end = text.find('\n', begin);
  return text.substr(begin, (end == text.npos ? text.size() : end) - begin);
}

// Calls take(begin, line, number) for each line that is not blank.
template <typename Take>
void ForEachLine(std::string_view text, Take take) {
  uint64_t number = 1;
  for (size_t begin = 0; begin < text.size(); ++number) {
    const std::string_view line = LineAt(text, begin);
    if (!TrimLine(line).empty()) take(begin, line, number);
    begin += line.size() + 1;
  }
}

uint64_t CountLines(std::string_view text) {
  const auto feeds = static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return feeds + (!text.empty() && text.back() != '\n');
}

std::vector<Line> ReadLines(std::string_view text) {
  std::vector<Line> lines;
  uint64_t last_end = 0, last_number = 0;
  ForEachLine(text, [&](uint64_t begin, std::string_view line, uint64_t number) {
    const std::string_view above = text.substr(last_end, begin - last_end);
    const bool feed = line.front() == '\f' || above.find('\f') != above.npos;
    lines.push_back(
        {begin, number, static_cast<uint32_t>(number - last_number - 1), feed, LookAtLine(line)});
    last_end = begin + line.size();
    last_number = number;
  });
  return lines;
}

class HeadingFinder {
 public:
  explicit HeadingFinder(const std::vector<Line>& lines) : lines_(lines) {}

  // Indexes of the lines at which units begin.
  std::vector<size_t> Find() const {
    std::vector<size_t> headings;
    for (size_t i = 0; i < lines_.size(); ++i) {
      if (IsHeading(i)) headings.push_back(TopOf(i, headings.empty() ? 0 : headings.back() + 1));
    }
    return WithoutLists(headings);
  }

 private:
  bool MayBeHeading(size_t i) const {
    const LineLook& look = lines_[i].look;
    if (look.kind != LineKind::kShort || look.tokens > kMostTitleTokens) return false;
    if (look.begins_inside || (look.closed && !look.part_number)) return false;
    return i + 1 == lines_.size() || !lines_[i + 1].look.begins_inside;
  }

  bool IsNumberedTitle(size_t i) const {
    const LineLook& look = lines_[i].look;
    return look.numbered && look.title_word != TitleWord::kNone;
  }

  // Titles that are numbered one after the other are a table of contents.
  bool IsListed(size_t i) const {
    if (!IsNumberedTitle(i)) return false;
    return (i > 0 && IsNumberedTitle(i - 1)) || (i + 1 < lines_.size() && IsNumberedTitle(i + 1));
  }

  bool IsHeading(size_t i) const {
    if (!MayBeHeading(i) || IsListed(i)) return false;
    const LineLook& look = lines_[i].look;
    const bool named = look.title_word != TitleWord::kNone || look.part_number;
    if (!named && (look.numbered || look.tokens > kMostUntitledTokens)) return false;
    // Without a title word, only a date and people being hailed make a heading.
    return (named || lines_[i].after_feed ? PointsOf(i) : 0) + PointsAfter(i) >= kHeading;
  }

  int PointsOf(size_t i) const {
    const LineLook& look = lines_[i].look;
    int points = 0;
    if (look.title_word == TitleWord::kCertain) points += kCertainWord;
    if (look.title_word == TitleWord::kPossible) points += kPossibleWord;
    if (look.part_number) points += kPartNumber;
    if (look.at_occasion) points += 1;
    if (look.spaced) points += kSpaced;
    if (look.numbered) points -= 1 + look.part_number;
    if (lines_[i].after_feed || StandsApart(i)) points += 1;
    if (IsInterruption(i)) points += kInterrupted;
    return points;
  }

  // Blank lines, not one as between paragraphs, but more: a text that starts anew.
  bool StandsApart(size_t i) const { return i > 0 && lines_[i].blanks_before >= 2; }

  // The sentence before goes on here: the line is a part of it that was set apart.
  bool IsInterruption(size_t i) const {
    if (i == 0 || lines_[i].after_feed) return false;
    const LineLook& above = lines_[i - 1].look;
    if (above.closed || above.kind == LineKind::kMark || above.kind == LineKind::kLabel)
      return false;
    const bool title = above.title_word != TitleWord::kNone || above.part_number;
    if (above.kind == LineKind::kShort) return lines_[i].blanks_before == 0 && !title;
    return above.kind == LineKind::kText;
  }

  // What follows a title before the text begins: a date, a name, whom it is said to.
  int PointsAfter(size_t i) const {
    int date = 0;
    for (size_t j = i + 1; j < lines_.size() && j <= i + kMostFrontLines; ++j) {
      const LineLook& look = lines_[j].look;
      if (look.kind == LineKind::kSalutation) return date + kSalutationAfter;
      if (look.kind == LineKind::kLabel && j <= i + 2) date = 1;
      if (look.hails) return date + 1;
      if (look.kind == LineKind::kText || (look.closed && look.kind == LineKind::kShort)) break;
      if (look.numbered && look.kind == LineKind::kShort) break;
    }
    return date;
  }

  // A title may have lines above the one that was known by its words.
  size_t TopOf(size_t i, size_t limit) const {
    const LineLook& look = lines_[i].look;
    if (!look.subtitle && (look.title_word != TitleWord::kNone || look.part_number)) return i;
    size_t top = i;
    while (top > limit && i - top < 3 && MayBeHeading(top - 1) && !lines_[top - 1].look.numbered)
      --top;
    return top;
  }

  bool HasText(size_t begin, size_t end) const {
    size_t tokens = 0;
    for (size_t i = begin; i < end; ++i) {
      const LineLook& look = lines_[i].look;
      if (look.kind == LineKind::kText) return true;
      if (look.kind == LineKind::kShort && look.closed) tokens += look.tokens;
    }
    return tokens >= kLeastBody;
  }

  // Headings with no text between them are one, or, from three on, a list and a heading.
  std::vector<size_t> WithoutLists(const std::vector<size_t>& headings) const {
    std::vector<size_t> kept;
    for (size_t begin = 0, end; begin < headings.size(); begin = end) {
      end = begin + 1;
      while (end < headings.size() && !HasText(headings[end - 1] + 1, headings[end])) ++end;
      kept.push_back(headings[begin]);
      if (end - begin >= 3) kept.push_back(headings[end - 1]);
    }
    return kept;
  }

  const std::vector<Line>& lines_;
};

// Units that begin at the given lines; the first one takes in what stands before.
std::vector<Unit> UnitsAt(std::string_view text, const std::vector<Unit>& starts) {
  std::vector<Unit> units = starts;
  if (units.empty()) units.push_back({0, 0, 1, 0, ""});
  units.front().begin = 0;
  units.front().line_begin = 1;
  for (size_t i = 0; i + 1 < units.size(); ++i) {
    units[i].end = units[i + 1].begin;
    units[i].line_end = units[i + 1].line_begin;
  }
  units.back().end = text.size();
  units.back().line_end = CountLines(text) + 1;
  return units;
}

std::vector<Unit> SplitAtLines(std::string_view text) {
  std::vector<Unit> starts;
  ForEachLine(text, [&](uint64_t begin, std::string_view, uint64_t number) {
    starts.push_back({begin, 0, number, 0, ""});
  });
  return UnitsAt(text, starts);
}

std::vector<Unit> SplitAtHeadings(std::string_view text) {
  const std::vector<Line> lines = ReadLines(text);
  const std::vector<size_t> headings = HeadingFinder(lines).Find();
  std::vector<Unit> starts;
  const size_t first = headings.empty() ? 0 : headings.front();
  const bool preamble =
      std::any_of(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first),
                  [](const Line& line) { return line.look.tokens > 0; });
  if (preamble) starts.push_back({0, 0, 1, 0, ""});
  for (const size_t i : headings) {
    const std::string_view title = TrimLine(LineAt(text, lines[i].begin));
    starts.push_back({lines[i].begin, 0, lines[i].number, 0, std::string(title)});
  }
  return UnitsAt(text, starts);
}

}  // namespace

std::vector<Unit> SplitUnits(std::string_view text, SplitMode mode) {
  if (text.empty()) return {};
  if (mode == SplitMode::kLine) return SplitAtLines(text);
  return mode == SplitMode::kAuto ? SplitAtHeadings(text) : UnitsAt(text, {});
}

}  // namespace refrain
