// Turns raw UTF-8 into tokens: validate, normalise, split; each token is a 64-bit id, with its
// place if asked.
//
// A token is one CJK code point, or one maximal run of letters and digits (L*, N*) of any other
// script; Thai, Lao, Khmer and Burmese letters stand alone like CJK. A mark (M*) continues the
// token before it if it touches it, and never begins one. Everything else separates, unassigned
// code points too. A broken UTF-8 sequence counts as U+FFFD (a separator). A run of more than 2^20
// marks is normalised in pieces. Input: any bytes, of any length. Output: ids in text order. Equal
// ids mean equal token texts (but for a chance of 2^-64 a pair); an
//   id depends on the normalised token alone, never on the machine, the process or the neighbours.
// Cost: one pass, no allocation per token. Threads: const, concurrent-safe. Errors: none, any input
//   has tokens.
// Source: Unicode 15 (UAX #15, #44), OpenCC dictionaries; docs/design.md section 3.
// Example:
//   const Tokenizer tokenizer(NormalizeOptions::Basic());
//   TokenList tokens;
//   tokenizer.Tokenize("Ｅ-mail 第１條", Offsets::kNone, &tokens);   // e, mail, 第, 1, 條
#ifndef REFRAIN_TEXT_TOKENIZER_H_
#define REFRAIN_TEXT_TOKENIZER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/base/raw_vector.h"

namespace refrain {

namespace internal {
class MappingTable;
}

// What is folded before tokens are compared. NFKC and full lower case always are.
struct NormalizeOptions {
  bool drop_format = true;    // zero-width, format and other default-ignorable characters vanish
  bool fold_radicals = true;  // CJK and Kangxi radicals become the ideographs that they look like
  bool fold_script = true;    // traditional Chinese and variants become simplified, per code point
  bool drop_pinyin = true;    // pinyin in brackets after a Han letter, if it has a tone: 发(fā)

  static constexpr NormalizeOptions Basic() { return {false, false, false, false}; }
  static constexpr NormalizeOptions Full() { return {}; }
  // One bit a switch, for the identity of signatures.
  constexpr uint32_t Bits() const {
    return uint32_t{drop_format} | uint32_t{fold_radicals} << 1 | uint32_t{fold_script} << 2 |
           uint32_t{drop_pinyin} << 3;
  }
  bool operator==(const NormalizeOptions&) const = default;
};

// Half-open byte range in the raw text, from the token's first byte to the byte after its last.
// Tokens of one expanded code point (½) or of one composed sequence share its range, so that spans
// may overlap there.
struct TokenSpan {
  uint64_t begin;
  uint64_t end;
};

// Tokens of one text. Made to be reused: Tokenize clears it and keeps its memory.
struct TokenList {
  RawVector<uint64_t> ids;
  RawVector<TokenSpan> spans;     // as many as ids, or none if not asked for
  uint64_t broken_sequences = 0;  // maximal invalid UTF-8 subsequences, each read as one U+FFFD
};

enum class Offsets { kNone, kBytes };

class Tokenizer {
 public:
  // The first of its options composes a table, a few milliseconds, which the others share.
  explicit Tokenizer(const NormalizeOptions& options);

  void Tokenize(std::string_view text, Offsets offsets, TokenList* tokens) const;

  // The normalised tokens as text, for people and tests: same order and number as Tokenize's ids.
  std::vector<std::string> TokenTexts(std::string_view text) const;

  const NormalizeOptions& options() const { return options_; }

 private:
  NormalizeOptions options_;
  const internal::MappingTable* table_;
};

// Identity of the committed normaliser table: its version and a 64-bit hash of its content.
// Signatures made with different ones must not be mixed.
int NormalizerTableVersion();
uint64_t NormalizerTableHash();

}  // namespace refrain

#endif  // REFRAIN_TEXT_TOKENIZER_H_
