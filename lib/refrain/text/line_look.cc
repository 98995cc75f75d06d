#include "refrain/text/line_look.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "refrain/text/mark_cursor.h"
#include "refrain/text/page_marks.h"
#include "refrain/text/tokenizer.h"
#include "refrain/text/utf8.h"

namespace refrain::internal {
namespace {

constexpr size_t kLongestShortLine = 512;  // bytes: pinyin in brackets makes four of one
constexpr size_t kMostTokens = 40;
constexpr size_t kMostHailTokens = 24;
constexpr size_t kMostDateTokens = 24;

using Strings = std::initializer_list<std::string_view>;

// What a speech is called, simplified. These words are seldom the end of anything but a title.
constexpr std::array<std::string_view, 24> kCertain = {
    "讲话",   "发言",   "致辞",   "致词",   "演讲",   "演说",   "讲稿",   "演讲词",
    "开幕词", "闭幕词", "开幕辞", "闭幕辞", "主持词", "主持辞", "贺词",   "贺辞",
    "祝词",   "祝酒词", "悼词",   "欢迎词", "欢迎辞", "答谢词", "答谢辞", "献词"};

// Titles, but sections and sentences end in them as well.
constexpr std::array<std::string_view, 14> kPossible = {"报告",   "总结", "汇报", "谈话", "说明",
                                                        "倡议书", "表态", "体会", "建议", "计划",
                                                        "方案",   "意见", "通知", "要点"};

constexpr std::array<std::string_view, 14> kSuffixes = {"稿",   "内容", "全文", "范文", "提纲",
                                                        "材料", "实录", "摘要", "要点", "节选",
                                                        "精选", "模板", "原文", "大全"};

constexpr std::array<std::string_view, 4> kParts = {"篇", "范文", "之", "稿"};

bool EndsWithAny(std::string_view text, auto words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.ends_with(word); });
}

bool BeginsWithAny(std::string_view text, Strings words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.starts_with(word); });
}

Decoded Last(std::string_view text) {
  const auto* begin = reinterpret_cast<const uint8_t*>(text.data());
  return DecodeBefore(begin, begin + text.size());
}

char32_t First(std::string_view text) { return MarkCursor(text).Peek(); }

bool In(std::u32string_view set, char32_t c) { return set.find(c) != set.npos; }

// Quotation marks after a full stop do not hide it.
bool IsClosed(std::string_view line) {
  while (!line.empty() && In(U"”’\"'』」", Last(line).code_point))
    line.remove_suffix(Last(line).length);
  return !line.empty() && In(U"。．.!！?？;；:：,，、…", Last(line).code_point);
}

bool BeginsInside(std::string_view line) {
  return In(U"。．.!！?？;；:：,，、…”’』」》〉）)】]", First(line));
}

// Removes a last number, Han or not: part 3 of a series.
bool RemoveLastNumber(std::string_view* text) {
  const size_t size = text->size();
  while (!text->empty()) {
    const Decoded last = Last(*text);
    if (DigitValue(last.code_point) < 0 && !IsHanNumeral(last.code_point)) break;
    text->remove_suffix(last.length);
  }
  return text->size() < size;
}

bool RemoveSuffix(std::string_view* text, std::string_view suffix) {
  if (!text->ends_with(suffix)) return false;
  text->remove_suffix(suffix.size());
  return true;
}

// A number at the end, with its word if it has one. True if that word says that it counts parts.
bool RemoveLastPart(std::string_view* text) {
  std::string_view rest = *text;
  if (!RemoveLastNumber(&rest)) return false;
  for (const std::string_view part : kParts) {
    if (!RemoveSuffix(&rest, part)) continue;
    RemoveSuffix(&rest, "第");
    *text = rest;
    return part == "篇" || part == "范文";
  }
  *text = rest;
  return false;
}

// "third part" at the begin.
bool BeginsWithPart(std::string_view text) {
  MarkCursor at(text);
  at.TakeAny({"【", "[", "（", "("});
  if (at.Take("第")) {
    at.SkipBlanks();
    if (!at.TakeNumber()) return false;
    at.SkipBlanks();
    return at.TakeAny({"篇", "讲", "辑"});
  }
  if (!at.TakeAny({"篇", "范文"})) return false;
  at.SkipBlanks();
  return at.TakeNumber();
}

// Titles end in brackets that say where, when or how many.
std::string_view WithoutBrackets(std::string_view line) {
  constexpr std::array<std::array<std::string_view, 2>, 5> kBrackets = {
      {{"（", "）"}, {"(", ")"}, {"【", "】"}, {"[", "]"}, {"〔", "〕"}}};
  for (bool again = true; again;) {
    again = false;
    for (const auto& [open, close] : kBrackets) {
      const size_t at = line.ends_with(close) ? line.rfind(open) : line.npos;
      if (at == line.npos || at == 0) continue;
      line = TrimLine(line.substr(0, at));
      again = true;
    }
  }
  return line;
}

const Tokenizer& FoldingTokenizer() {
  static const Tokenizer tokenizer(NormalizeOptions::Full());
  return tokenizer;
}

struct Words {
  std::string text;  // tokens one after the other, once if they stand twice over
  size_t count;
  bool twice;
};

Words WordsOf(const std::vector<std::string>& tokens) {
  const auto half = static_cast<std::ptrdiff_t>(tokens.size() / 2);
  const bool twice = half >= 2 && tokens.size() % 2 == 0 &&
                     std::equal(tokens.begin(), tokens.begin() + half, tokens.begin() + half);
  Words words{"", tokens.size(), twice};
  const auto end = twice ? tokens.begin() + half : tokens.end();
  for (auto token = tokens.begin(); token != end; ++token) words.text += *token;
  return words;
}

bool IsNumbered(std::string_view line) {
  MarkCursor at(line);
  const bool bracket = at.TakeAny({"(", "（", "〔"});
  const bool ordinal = !bracket && at.Take("第");
  at.SkipBlanks();
  if (!at.TakeNumber()) return bracket && In(U")）", at.Peek());
  at.SkipBlanks();
  if (ordinal) return In(U",，、:：", at.Peek()) || at.TakeAny({"部分", "章", "节", "節"});
  if (bracket) return In(U")）〕", at.Peek());
  return In(U"、.．,，)）:：", at.Peek()) || at.TakeAny({"是", "要"});
}

// Words of the title before its end that make the last word part of a sentence.
bool IsTalkedAbout(std::string_view before) {
  constexpr std::array<std::string_view, 10> kVerbs = {"重要", "系列", "并",   "作了", "发表",
                                                       "请",   "听取", "学习", "精神", "出席"};
  return EndsWithAny(before, kVerbs) || BeginsWithAny(before, {"学习", "贯彻", "传达", "落实"});
}

void ReadTitleWord(std::string_view text, LineLook* look) {
  look->part_number = RemoveLastPart(&text);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view suffix : kSuffixes) again = again || RemoveSuffix(&text, suffix);
  }
  const auto read = [&](auto words, TitleWord kind) {
    for (const std::string_view word : words) {
      if (!text.ends_with(word) || look->title_word != TitleWord::kNone) continue;
      std::string_view before = text.substr(0, text.size() - word.size());
      look->title_word = IsTalkedAbout(before) ? TitleWord::kPossible : kind;
      RemoveSuffix(&before, "的");
      look->at_occasion = before.ends_with("上") || before.ends_with("时");
    }
  };
  read(kCertain, TitleWord::kCertain);
  read(kPossible, TitleWord::kPossible);
}

// In English a title word comes first: "Remarks by", "Address to", "Speech 3".
void ReadEnglishTitle(const std::vector<std::string>& tokens, LineLook* look) {
  if (tokens.size() < 2 || tokens.size() > 16) return;
  constexpr std::array<std::string_view, 5> kTitles = {"remarks", "speech", "address", "statement",
                                                       "lecture"};
  constexpr std::array<std::string_view, 7> kLinks = {"by", "at",     "to",   "on",
                                                      "of", "before", "given"};
  constexpr std::array<std::string_view, 2> kNumbered = {"speech", "lecture"};
  const auto has = [](auto words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  const bool digits = tokens[1].find_first_not_of("0123456789ivx") == std::string::npos;
  if (has(kTitles, tokens[0]) && has(kLinks, tokens[1])) look->title_word = TitleWord::kPossible;
  if (has(kNumbered, tokens[0]) && digits) look->part_number = true;
}

bool BeginsWithHail(std::string_view words) {
  return BeginsWithAny(words, {"同志们", "各位", "尊敬的", "敬爱的", "亲爱的", "女士们", "朋友们",
                               "同学们", "老师们", "战友们", "乡亲们", "代表们", "dear",
                               "ladiesand", "fellow", "mrpresident", "mrchairman"});
}

// Whom it is said to: a short line with a colon behind the people.
bool IsSalutation(std::string_view line, const Words& words) {
  const char32_t last = Last(line).code_point;
  if (words.count < 2 || words.count > kMostHailTokens || !In(U":：!！,，", last)) return false;
  if (BeginsWithHail(words.text)) return true;
  return In(U":：!！", last) && words.count <= 10 && words.text.ends_with("们");
}

// A year and a month in figures or Han numerals, or a label of time or source.
bool IsDate(std::string_view line, const Words& words) {
  if (words.count > kMostDateTokens || IsClosed(line)) return false;
  if (BeginsWithAny(words.text,
                    {"时间", "日期", "发布时间", "来源", "作者", "编辑", "责任编辑", "责编"}))
    return true;
  const size_t year = words.text.find("年"), month = words.text.find("月");
  if (year != std::string::npos && month != std::string::npos && year < month)
    return year > 0 && month - year <= 9 + std::string_view("年").size();
  MarkCursor at(line);
  uint32_t value;
  return at.TakeDigits(&value) && value >= 1000 && at.TakeAny({"-", "/", "."}) &&
         at.TakeDigits(&value) && value <= 12;
}

// Blanks between all letters, as in printed headings.
bool AreLettersApart(std::string_view line, size_t tokens) {
  size_t blanks = 0;
  for (size_t at = line.find("　"); at != line.npos; at = line.find("　", at + 3)) ++blanks;
  return tokens >= 4 && blanks + 2 >= tokens;
}

LineKind KindOf(std::string_view line, const Words& words, const LineLook& look) {
  if (IsPageMarkLine(line) || words.count == 0) return LineKind::kMark;
  if (IsSalutation(line, words)) return LineKind::kSalutation;
  if (look.title_word == TitleWord::kNone && IsDate(line, words)) return LineKind::kLabel;
  return LineKind::kShort;
}

void LookAtShortLine(std::string_view line, LineLook* look) {
  const std::vector<std::string> tokens = FoldingTokenizer().TokenTexts(line);
  const Words words = WordsOf(tokens);
  look->tokens = static_cast<uint16_t>(words.count);
  look->hails = BeginsWithHail(words.text);
  if (words.count > kMostTokens) {
    look->kind = LineKind::kText;
    return;
  }
  ReadTitleWord(WordsOf(FoldingTokenizer().TokenTexts(WithoutBrackets(line))).text, look);
  ReadEnglishTitle(tokens, look);
  std::string_view all = words.text;
  look->part_number = look->part_number || BeginsWithPart(line) || RemoveLastPart(&all);
  look->numbered = IsNumbered(line) && !BeginsWithPart(line);
  look->spaced = words.twice || AreLettersApart(line, words.count);
  look->subtitle = In(U"—–―", First(line)) || line.starts_with("--");
  look->kind = KindOf(line, words, *look);
}

}  // namespace

std::string_view TrimLine(std::string_view line) {
  while (!line.empty()) {
    const Decoded first = DecodeAt(reinterpret_cast<const uint8_t*>(line.data()),
                                   reinterpret_cast<const uint8_t*>(line.data() + line.size()));
    if (!IsBlankCodePoint(first.code_point)) break;
    line.remove_prefix(first.length);
  }
  while (!line.empty() && IsBlankCodePoint(Last(line).code_point))
    line.remove_suffix(Last(line).length);
  return line;
}

LineLook LookAtLine(std::string_view raw) {
  const std::string_view line = TrimLine(raw);
  LineLook look;
  if (line.empty()) return look;
  look.kind = LineKind::kText;
  look.tokens = UINT16_MAX;
  look.closed = IsClosed(line);
  look.begins_inside = BeginsInside(line);
  if (line.size() <= kLongestShortLine) LookAtShortLine(line, &look);
  return look;
}

}  // namespace refrain::internal
