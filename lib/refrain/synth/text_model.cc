#include "refrain/synth/text_model.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace refrain {
namespace {

// Fixed size, so that it can be copied without looking at its length.
struct GapText {
  char bytes[8];
  uint8_t size;
};
using GapTexts = std::array<GapText, static_cast<size_t>(Gap::kCount)>;

struct GapSpelling {
  Gap gap;
  std::string_view english;
  std::string_view chinese;
};

constexpr GapSpelling kSpellings[] = {
    {Gap::kPlain, " ", ""},           {Gap::kComma, ", ", "，"},
    {Gap::kEnumeration, ", ", "、"},  {Gap::kSemicolon, "; ", "；"},
    {Gap::kColon, ": ", "："},        {Gap::kDash, "—", "——"},
    {Gap::kEllipsis, "… ", "……"},     {Gap::kHyphen, "-", "·"},
    {Gap::kApostrophe, "’", "’"},     {Gap::kOpenQuote, " \"", "\""},
    {Gap::kCloseQuote, "\" ", "\""},  {Gap::kOpenCurly, " “", "“"},
    {Gap::kCloseCurly, "” ", "”"},    {Gap::kOpenBracket, " (", "（"},
    {Gap::kCloseBracket, ") ", "）"}, {Gap::kOpenTitle, " “", "《"},
    {Gap::kCloseTitle, ",” ", "》"},  {Gap::kDecimalPoint, ".", "."},
    {Gap::kThousands, ",", ","},      {Gap::kStop, ". ", "。"},
    {Gap::kQuestion, "? ", "？"},     {Gap::kExclamation, "! ", "！"},
    {Gap::kLineEnd, ".\n", "。\n"},   {Gap::kBlankLine, ".\n\n", "。\n\n"},
};

constexpr GapTexts MakeGapTexts(Language language) {
  GapTexts texts{};
  for (const GapSpelling& spelling : kSpellings) {
    const std::string_view text =
        language == Language::kEnglish ? spelling.english : spelling.chinese;
    GapText& slot = texts[static_cast<size_t>(spelling.gap)];
    for (size_t i = 0; i < text.size(); ++i) slot.bytes[i] = text[i];
    slot.size = static_cast<uint8_t>(text.size());
  }
  return texts;
}

constexpr GapTexts kEnglishGaps = MakeGapTexts(Language::kEnglish);
constexpr GapTexts kChineseGaps = MakeGapTexts(Language::kChinese);

// Gaps inside a sentence by frequency in 256ths; the rest is plain.
struct GapShare {
  Gap gap;
  int in_256;
};
constexpr GapShare kEnglishShares[] = {
    {Gap::kComma, 13},     {Gap::kSemicolon, 1},  {Gap::kColon, 1},     {Gap::kDash, 3},
    {Gap::kEllipsis, 1},   {Gap::kHyphen, 2},     {Gap::kOpenQuote, 2}, {Gap::kOpenCurly, 2},
    {Gap::kApostrophe, 3}, {Gap::kOpenBracket, 1}};
constexpr GapShare kChineseShares[] = {
    {Gap::kComma, 22},    {Gap::kEnumeration, 8}, {Gap::kSemicolon, 2},
    {Gap::kColon, 2},     {Gap::kDash, 1},        {Gap::kOpenQuote, 1},
    {Gap::kOpenCurly, 3}, {Gap::kOpenTitle, 1},   {Gap::kOpenBracket, 2}};

using GapTable = std::array<Gap, 256>;

template <size_t kSize>
constexpr GapTable MakeGapTable(const GapShare (&shares)[kSize]) {
  GapTable table{};
  size_t next = 0;
  for (const GapShare& share : shares) {
    for (int i = 0; i < share.in_256; ++i) table[next++] = share.gap;
  }
  return table;
}

constexpr GapTable kEnglishTable = MakeGapTable(kEnglishShares);
constexpr GapTable kChineseTable = MakeGapTable(kChineseShares);

Gap ClosingOf(Gap gap) {
  switch (gap) {
    case Gap::kOpenQuote:
      return Gap::kCloseQuote;
    case Gap::kOpenCurly:
      return Gap::kCloseCurly;
    case Gap::kOpenBracket:
      return Gap::kCloseBracket;
    case Gap::kOpenTitle:
      return Gap::kCloseTitle;
    default:
      return Gap::kPlain;
  }
}

Gap DrawSentenceEnd(Random* random) {
  constexpr std::array kEnds = {Gap::kStop,    Gap::kStop,      Gap::kStop,        Gap::kStop,
                                Gap::kStop,    Gap::kStop,      Gap::kStop,        Gap::kStop,
                                Gap::kStop,    Gap::kQuestion,  Gap::kLineEnd,     Gap::kLineEnd,
                                Gap::kLineEnd, Gap::kBlankLine, Gap::kExclamation, Gap::kStop};
  return kEnds[random->Below(kEnds.size())];
}

constexpr uint64_t kShortestSentence = 6;
constexpr uint64_t kLongestSentence = 28;
constexpr uint64_t kLongestQuote = 8;
constexpr size_t kLongestWord = 4;  // tokens

// Of 512 words, so many are numbers, names (with a capital), in capitals throughout.
constexpr uint64_t kNumbersIn512 = 9;
constexpr uint64_t kNamesIn512 = 20;
constexpr uint64_t kShoutsIn512 = 3;

// `kind`: 9 random bits. A sentence and a name begin with a capital; a few words are all capitals.
LetterCase CaseAfter(Gap gap, bool first, uint64_t kind) {
  if (kind < kShoutsIn512) return LetterCase::kUpper;
  const bool capital = first || gap >= Gap::kStop || kind < kNamesIn512;
  return capital ? LetterCase::kCapital : LetterCase::kLower;
}

char* AppendNumber(uint32_t number, char* out) { return std::to_chars(out, out + 10, number).ptr; }

char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

char* AppendToken(const TokenText& token, LetterCase letter_case, char* out) {
  std::memcpy(out, token.bytes, sizeof(token.bytes));
  if (letter_case == LetterCase::kCapital) *out = Upper(*out);
  if (letter_case == LetterCase::kUpper) std::transform(out, out + token.size, out, Upper);
  return out + token.size;
}

}  // namespace

// Decides, word by word, what stands before a word: sentences of 6 to 28 words, quotations inside
// them.
class TextModel::Punctuator {
 public:
  Punctuator(Language language, Random* random)
      : table_(language == Language::kEnglish ? kEnglishTable : kChineseTable),
        random_(random),
        left_in_sentence_(SentenceLength()) {}

  // `bits`: 8 random bits.
  Gap Next(uint64_t bits) {
    if (left_in_sentence_ == 0) {
      left_in_sentence_ = SentenceLength() - 1;
      return DrawSentenceEnd(random_);
    }
    --left_in_sentence_;
    if (left_in_quote_ > 0) return --left_in_quote_ == 0 ? closing_ : Gap::kPlain;
    return MaybeOpen(table_[bits & 255]);
  }

 private:
  uint64_t SentenceLength() { return random_->Between(kShortestSentence, kLongestSentence); }

  // A quotation ends before its sentence does.
  Gap MaybeOpen(Gap gap) {
    closing_ = ClosingOf(gap);
    if (closing_ == Gap::kPlain) return gap;
    if (left_in_sentence_ < 2) return Gap::kPlain;
    left_in_quote_ = random_->Between(1, std::min(left_in_sentence_, kLongestQuote));
    return gap;
  }

  const GapTable& table_;
  Random* random_;
  uint64_t left_in_sentence_;
  uint64_t left_in_quote_ = 0;
  Gap closing_ = Gap::kPlain;
};

TextModel::TextModel(Language language)
    : language_(language), vocabulary_(Vocabulary::Make(language)) {}

void TextModel::Draw(uint64_t tokens, Random* random, std::vector<Piece>* pieces) const {
  pieces->resize(tokens + kLongestWord);
  Piece* const begin = pieces->data();
  Piece* const end = begin + tokens;
  Punctuator punctuator(language_, random);
  for (Piece* piece = begin; piece < end;) {
    const uint64_t bits = random->Next();
    const uint64_t spare = bits >> vocabulary_.word_bits();
    const uint64_t kind = spare >> 8 & 511;
    piece->gap = piece == begin ? Gap::kPlain : punctuator.Next(spare);
    piece->letter_case = CaseAfter(piece->gap, piece == begin, kind);
    if (kind >= 512 - kNumbersIn512) {
      piece = DrawNumber(random, piece);
    } else if (piece->gap == Gap::kApostrophe) {
      *piece++ = {vocabulary_.possessive_token(), Gap::kApostrophe, LetterCase::kLower};
    } else {
      piece = SpellWord(vocabulary_.DrawWord(bits), piece);
    }
  }
  pieces->resize(tokens);
}

// The first piece has its gap and case already. Returns the place after the last.
Piece* TextModel::SpellWord(uint32_t word, Piece* piece) const {
  if (vocabulary_.words_are_tokens()) {
    piece->token = word;
    return piece + 1;
  }
  const auto tokens = vocabulary_.TokensOf(word);
  piece->token = tokens[0];
  for (const uint32_t token : tokens.subspan(1))
    *++piece = {token, Gap::kPlain, LetterCase::kLower};
  return piece + 1;
}

Piece* TextModel::DrawNumber(Random* random, Piece* piece) const {
  const auto number = [](uint64_t value) { return kNumberToken + static_cast<uint32_t>(value); };
  const uint64_t kind = random->Below(6);
  piece->token = number(kind == 0   ? random->Between(1900, 2030)
                        : kind == 1 ? random->Between(1, 999)
                                    : random->Below(100));
  if (piece->gap == Gap::kApostrophe) piece->gap = Gap::kPlain;
  if (kind == 1)
    *++piece = {number(random->Between(100, 999)), Gap::kThousands, LetterCase::kLower};
  if (kind == 2) *++piece = {number(random->Below(100)), Gap::kDecimalPoint, LetterCase::kLower};
  return piece + 1;
}

uint32_t TextModel::DrawToken(Random* random) const {
  const uint64_t bits = random->Next();
  const auto tokens = vocabulary_.TokensOf(vocabulary_.DrawWord(bits));
  return tokens[(bits >> vocabulary_.word_bits()) % tokens.size()];
}

void TextModel::Repunctuate(Random* random, std::vector<Piece>* pieces) const {
  Punctuator punctuator(language_, random);
  bool first = true;
  for (Piece& piece : *pieces) {
    const uint64_t bits = random->Next();
    piece.gap = first ? Gap::kPlain : punctuator.Next(bits);
    piece.letter_case = CaseAfter(piece.gap, first, (bits >> 8) & 511);
    first = false;
  }
}

std::string_view TextModel::TextOf(Gap gap) const {
  const GapTexts& gaps = language_ == Language::kEnglish ? kEnglishGaps : kChineseGaps;
  const GapText& text = gaps[static_cast<size_t>(gap)];
  return {text.bytes, text.size};
}

void TextModel::Append(const Piece& piece, std::string* text) const {
  char buffer[sizeof(TokenText)];
  const char* end = piece.token >= kNumberToken
                        ? AppendNumber(piece.token - kNumberToken, buffer)
                        : AppendToken(vocabulary_.Text(piece.token), piece.letter_case, buffer);
  text->append(buffer, static_cast<size_t>(end - buffer));
}

std::string_view TextModel::Render(const std::vector<Piece>& pieces, std::string* buffer) const {
  constexpr size_t kLongestPiece = sizeof(TokenText) + sizeof(GapText);
  const size_t room = (pieces.size() + 1) * kLongestPiece;
  if (buffer->size() < room) buffer->resize(room);
  if (pieces.empty()) return {};
  const GapTexts& gaps = language_ == Language::kEnglish ? kEnglishGaps : kChineseGaps;
  char* out = buffer->data();
  bool after_han = true;  // and at the beginning: no blank
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    const bool han = piece.token < vocabulary_.han_tokens();
    const GapText& gap = gaps[static_cast<size_t>(piece.gap)];
    if (i > 0) {
      std::memcpy(out, gap.bytes, sizeof(gap.bytes));
      out += gap.size;
      if (gap.size == 0 && !han && !after_han) *out++ = ' ';
    }
    after_han = han;
    out = piece.token >= kNumberToken
              ? AppendNumber(piece.token - kNumberToken, out)
              : AppendToken(vocabulary_.Text(piece.token), piece.letter_case, out);
  }
  const GapText& stop = gaps[static_cast<size_t>(Gap::kStop)];
  const size_t stop_size = language_ == Language::kEnglish ? 1 : stop.size;
  std::memcpy(out, stop.bytes, stop_size);
  out += stop_size;
  return {buffer->data(), static_cast<size_t>(out - buffer->data())};
}

}  // namespace refrain
