// The noise of scraped texts: what scripts, scanners, printers and web pages put into them.
//
// NoiseProfile says which kinds one document has; NoisyRenderer writes pieces with them. Noise is either
// something that normalisation takes away (traditional letters, variants, radicals, pinyin in brackets,
// full-width digits, punctuation, line breaks inside sentences), or stands between tokens (page marks),
// or takes the place of a token (masks, mojibake).
// By construction no noise repeats 13 tokens: what is fixed in it is shorter, the rest is random.
// Kinds and examples: scraped Chinese speeches.
#ifndef REFRAIN_SYNTH_COMPILATION_NOISE_H_
#define REFRAIN_SYNTH_COMPILATION_NOISE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/synth/random.h"
#include "refrain/synth/text_model.h"

namespace refrain {

enum class PageStyle { kNone, kDashes, kNumbered, kScanned, kPrinted, kLineNumber, kFormFeed };

struct NoiseProfile {
  bool traditional = false;
  bool pinyin = false;    // in brackets after a letter
  bool variants = false;  // of letters, one in fifty
  bool radicals = false;  // in place of letters
  bool wide_digits = false;
  bool ascii_punctuation = false;  // in Chinese; in English nothing
  bool line_wraps = false;         // inside sentences
  bool masks = false;              // ** for words, 20xx for numbers
  bool mojibake = false;           // ?;? for a letter
  bool toc = false;                // headings listed at the begin
  PageStyle pages = PageStyle::kNone;
  std::string_view line_end = "\n";
};

NoiseProfile DrawProfile(Language language, double noise, Random* random);

// Other letters that normalisation takes for those of a vocabulary.
class LetterVariants {
 public:
  explicit LetterVariants(const Vocabulary& vocabulary);

  struct Letters {
    std::string traditional, variant, radical;  // UTF-8; empty if there is none
  };

  // REQUIRES: token < vocabulary.han_tokens().
  const Letters& Of(uint32_t token) const { return letters_[token]; }

 private:
  std::vector<Letters> letters_;
};

class NoisyRenderer {
 public:
  static constexpr uint32_t kGone = UINT32_MAX;

  NoisyRenderer(const TextModel& model, const LetterVariants& letters, const NoiseProfile& profile,
                Random* random, std::string* text);

  // Returns the byte at which the token begins, or kGone if noise took its place. `first`: nothing
  // stands before it that needs a gap.
  uint32_t AppendPiece(const Piece& piece, bool first);

  // A full stop, and the end of the paragraph.
  void EndText();

  void AppendHeading(uint32_t part, double noise);
  void AppendEditor();
  void AppendContents(uint32_t texts);

 private:
  void AppendGap(const Piece& piece, bool first);
  void AppendHan(uint32_t token);
  bool AppendInstead(const Piece& piece);
  void AppendPageMark();
  void AppendDigits(uint32_t number);
  void AppendRandomHan(int letters);
  void AppendName();
  void AppendNameAndDate();
  void AppendDateline();
  std::string Title();
  std::string Number(uint64_t low, uint64_t high);
  void Put(std::initializer_list<std::string_view> parts);
  void Line(std::string_view text);
  std::string_view Script(std::string_view simplified, std::string_view traditional) const {
    return profile_.traditional ? traditional : simplified;
  }
  bool OneIn(uint64_t n) { return random_->Below(n) == 0; }

  const TextModel& model_;
  const LetterVariants& letters_;
  const NoiseProfile& profile_;
  Random* random_;
  std::string* text_;
  std::string_view line_end_;  // a page on one line has blanks instead
  bool chinese_;
  bool noisy_letters_;
  bool after_word_ = false;  // the last token needs a blank before a word
  uint32_t page_ = 1;
  uint64_t pieces_on_page_ = 0;
  uint64_t page_length_;
  std::string page_title_;
  std::string page_address_;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_COMPILATION_NOISE_H_
