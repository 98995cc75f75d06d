// The words of a made-up language: their tokens, their bytes, and how often each is drawn.
//
// English-like: 32,768 pronounceable words built from syllables, shorter the more frequent they are; Zipf frequencies;
//   one word in a hundred has more than 16 letters, about one in sixteen an accent (tuned so that texts have 2 % of
//   non-ASCII code points). A word is one token.
// Chinese-like: words of 1 to 4 Han characters composed at random (Zipf over characters, Zipf over words), and some
//   Latin words. A Han character is one token.
// A vocabulary depends on the language alone, never on the seed of a corpus: corpora of one language share it. Token
// texts are lower-case, normalised (NFKC), and distinct. Tokens from kNumberToken on are numbers, written in decimal
// digits; they need no vocabulary.
// Cost: 10 to 20 ms to make, 2 MB. Threads: const.
// Example:
//   const Vocabulary english = Vocabulary::Make(Language::kEnglish);
//   for (const uint32_t token : english.TokensOf(english.DrawWord(random.Next()))) {
//     tokens.push_back(token);
//   }
#ifndef REFRAIN_SYNTH_VOCABULARY_H_
#define REFRAIN_SYNTH_VOCABULARY_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/synth/alias_table.h"

namespace refrain {

enum class Language { kEnglish, kChinese };

// Tokens kNumberToken + n are the number n.
inline constexpr uint32_t kNumberToken = uint32_t{1} << 31;

// Fixed size, so that it can be copied without looking at its length.
struct TokenText {
  char bytes[31];
  uint8_t size;
};

class Vocabulary {
 public:
  static Vocabulary Make(Language language);

  // Uses the low word_bits() bits of a random number; the rest is free for other choices.
  uint32_t DrawWord(uint64_t bits) const { return draw_.Draw(bits); }
  int word_bits() const { return draw_.bits_used(); }

  std::span<const uint32_t> TokensOf(uint32_t word) const {
    return {word_tokens_.data() + word_begin_[word], word_begin_[word + 1] - word_begin_[word]};
  }

  // Every word w is the one token w: TokensOf need not be asked.
  bool words_are_tokens() const { return han_tokens_ == 0; }

  // REQUIRES: token < size().
  const TokenText& Text(uint32_t token) const { return texts_[token]; }
  uint32_t size() const { return static_cast<uint32_t>(texts_.size()); }

  // Tokens below this are Han characters, written without blanks between them.
  uint32_t han_tokens() const { return han_tokens_; }

  // Tokens 0..plain_tokens()-1 are ordinary ones: no accents, no special length. Slot values are
  // taken from these.
  uint32_t plain_tokens() const { return plain_tokens_; }

  // The token after an apostrophe.
  uint32_t possessive_token() const { return possessive_token_; }

 private:
  Vocabulary() = default;
  static Vocabulary MakeEnglish();
  static Vocabulary MakeChinese();
  uint32_t AddToken(std::string_view text);
  void AddWord(std::span<const uint32_t> tokens);

  std::vector<TokenText> texts_;
  std::vector<uint32_t> word_tokens_;
  std::vector<uint32_t> word_begin_{0};
  AliasTable draw_;
  uint32_t han_tokens_ = 0;
  uint32_t plain_tokens_ = 0;
  uint32_t possessive_token_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_VOCABULARY_H_
