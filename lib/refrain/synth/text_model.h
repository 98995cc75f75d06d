// Writes texts in a made-up language: draws words and punctuation, edits tokens, renders pieces as
// UTF-8.
//
// A text is a list of pieces: a token, what stands before it (blank, comma, full stop, quotation
// marks, line end,
// ...) and its letter case. Punctuation never joins or splits tokens: the tokens of the rendered
// text, by the product's definition (docs/design.md section 1), are exactly the pieces' tokens in
// order. Cost: 5 to 10 ns a token to draw, as much to render. Threads: const. Errors: none.
// Example:
//   const TextModel model(Language::kEnglish);
//   std::vector<Piece> pieces;
//   model.Draw(300, &random, &pieces);
//   std::string buffer;
//   std::string_view text = model.Render(pieces, &buffer);
#ifndef REFRAIN_SYNTH_TEXT_MODEL_H_
#define REFRAIN_SYNTH_TEXT_MODEL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/synth/random.h"
#include "refrain/synth/vocabulary.h"

namespace refrain {

// What stands between a token and the one before it. How each is written depends on the language.
enum class Gap : uint8_t {
  kPlain,  // a blank between words, nothing between Han characters
  kComma,
  kEnumeration,
  kSemicolon,
  kColon,
  kDash,
  kEllipsis,
  kHyphen,
  kApostrophe,
  kOpenQuote,
  kCloseQuote,
  kOpenCurly,
  kCloseCurly,
  kOpenBracket,
  kCloseBracket,
  kOpenTitle,
  kCloseTitle,
  kDecimalPoint,
  kThousands,
  kStop,  // from here on: ends of sentences
  kQuestion,
  kExclamation,
  kLineEnd,
  kBlankLine,
  kCount,
};

// Between any two tokens; an apostrophe or a decimal point only stands between those it was made
// for.
inline Gap GapForAnyToken(Gap gap) {
  const bool bound = gap == Gap::kApostrophe || gap == Gap::kDecimalPoint || gap == Gap::kThousands;
  return bound ? Gap::kPlain : gap;
}

enum class LetterCase : uint8_t { kLower, kCapital, kUpper };

struct Piece {
  uint32_t token;
  Gap gap;
  LetterCase letter_case;
};

class TextModel {
 public:
  explicit TextModel(Language language);

  // Replaces `pieces` by a text of exactly `tokens` tokens.
  void Draw(uint64_t tokens, Random* random, std::vector<Piece>* pieces) const;

  // A token as the language would have it somewhere, by frequency.
  uint32_t DrawToken(Random* random) const;

  // New punctuation and letter case; the tokens stay.
  void Repunctuate(Random* random, std::vector<Piece>* pieces) const;

  // The text, in `buffer`, which only ever grows: reuse it. Valid until its next use.
  std::string_view Render(const std::vector<Piece>& pieces, std::string* buffer) const;

  // The parts of Render, for callers that put something between them. A plain gap is written as
  // nothing or as a blank; between words there has to be one.
  std::string_view TextOf(Gap gap) const;
  void Append(const Piece& piece, std::string* text) const;

  const Vocabulary& vocabulary() const { return vocabulary_; }

 private:
  class Punctuator;
  Piece* SpellWord(uint32_t word, Piece* piece) const;
  Piece* DrawNumber(Random* random, Piece* piece) const;

  Language language_;
  Vocabulary vocabulary_;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_TEXT_MODEL_H_
