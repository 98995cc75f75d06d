// The noise of scraped texts: what scripts, scanners, printers and web pages put into them.
//
// NoiseProfile says which kinds one document has; NoisyRenderer writes pieces with them. Noise is either
// something that normalisation takes away (traditional letters, variants, radicals, pinyin in brackets,
// full-width digits, punctuation, line breaks inside sentences), or stands between tokens (page marks),
// or takes the place of a token (masks, mojibake).
// By construction no noise repeats 13 tokens: its fixed words stand between names that are given once in
// a corpus. The longest stretch of them, with all but the last letter of the names on either side, has
// 12 tokens. Beside a text at most 4 fixed words stand before the next name (5 in a print footer), with a
// part of the name at most 6: for a run of 13, 7 tokens of two texts would have to be equal by chance.
// Kinds and examples: scraped Chinese speeches.
#ifndef REFRAIN_SYNTH_COMPILATION_NOISE_H_
#define REFRAIN_SYNTH_COMPILATION_NOISE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/synth/permutation.h"
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

// Names of people and places, each given once: three letters, or two words, computed from its number.
class NoiseNames {
 public:
  static constexpr uint64_t kOfAText = 8;  // no text needs more

  NoiseNames(const Vocabulary& vocabulary, uint64_t seed);

  uint64_t size() const { return size_; }  // 8.8e8 in English, 5e10 in Chinese

  // Tokens of the vocabulary, different for different numbers below size(). Nothing is stored.
  std::span<const uint32_t> Of(uint64_t number, std::array<uint32_t, 3>* tokens) const;

 private:
  size_t length_;
  uint64_t letters_;
  uint64_t size_;
  Permutation order_;
};

class NoisyRenderer {
 public:
  static constexpr uint32_t kGone = UINT32_MAX;

  // `first_name`: of kOfAText for each text; no other document may have them.
  NoisyRenderer(const TextModel& model, const LetterVariants& letters, const NoiseNames& names,
                uint64_t first_name, const NoiseProfile& profile, Random* random,
                std::string* text);

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
  void AppendLetter(uint32_t token);
  void AppendName();
  void AppendNameAndDate();
  void AppendSalutation(bool friends);
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
  const NoiseNames& names_;
  uint64_t next_name_;
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
