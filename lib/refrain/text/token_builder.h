// Puts normalised code points together into tokens.
//
// What is open after a code point: nothing (a separator, the beginning), a word that letters and
// marks continue, or a single that marks alone continue. A single is emitted at once, as most have
// no mark; the first mark takes it back.
#ifndef REFRAIN_TEXT_TOKEN_BUILDER_H_
#define REFRAIN_TEXT_TOKEN_BUILDER_H_

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "refrain/simd/single_scan.h"
#include "refrain/simd/word_hash.h"
#include "refrain/simd/word_scan.h"
#include "refrain/text/mapping_table.h"
#include "refrain/text/token_id.h"
#include "refrain/text/tokenizer.h"
#include "refrain/text/utf8.h"

namespace refrain::internal {

// What is made of each token beside its id.
enum class TokenOutput { kIds, kSpans, kTexts };

template <TokenOutput kOutput>
class TokenBuilder {
 public:
  // The list's tokens, if it has any, are replaced.
  TokenBuilder(TokenList* tokens, std::vector<std::string>* texts)
      : tokens_(tokens), texts_(texts), ids_(tokens->ids.data()), spans_(tokens->spans.data()) {
    room_ = kSpans ? std::min(tokens->ids.size(), tokens->spans.size()) : tokens->ids.size();
  }

  // Places are of the raw code points that gave the code point.
  void Add(Mapped mapped, uint64_t begin, uint64_t end) {
    switch (ClassOf(mapped)) {
      case CodePointClass::kSeparator:
        return AddSeparator();
      case CodePointClass::kWord:
        return AddLetter(CodePointOf(mapped), begin, end);
      case CodePointClass::kSingle:
        return AddSingle(CodePointOf(mapped), begin, end);
      case CodePointClass::kMark:
        return AddMark(CodePointOf(mapped), end);
    }
  }

  void AddSeparator() {
    Close();
    open_ = Open::kNothing;
  }

  void AddLetter(char32_t c, uint64_t begin, uint64_t end) {
    if (open_ != Open::kWord) StartWord(begin);
    Append(c);
    end_ = end;
  }

  void AddSingle(char32_t c, uint64_t begin, uint64_t end) {
    Close();
    EmitSingle(c, {begin, end});
    open_ = Open::kSingle;
    single_ = c;
  }

  void AddMark(char32_t c, uint64_t end) {
    if (open_ == Open::kNothing) return;
    if (open_ == Open::kSingle && length_ == 0) TakeBackSingle();
    Append(c);
    end_ = end;
  }

  // Plain text from p, up to what needs a closer look. Returns where it stopped, beyond p. REQUIRES: *p is ASCII.
  const uint8_t* AddPlainText(const uint8_t* p, const uint8_t* end, const uint8_t* text) {
    if (open_ == Open::kWord && IsLetterOrDigit(*p)) return AddLetters(p, end, text);
    if (!IsAsciiAhead(p, end)) return AddAscii(p, end, text);
    const simd::WordScan scan = simd::ScanWords(p, static_cast<size_t>(end - p), &plain_);
    if (scan.bytes == 0) return AddAscii(p, end, text);
    AddSeparator();
    EmitPlainWords(scan.words, static_cast<uint64_t>(p - text));
    return p + scan.bytes;
  }

  // Chinese from p: three-byte code points as long as they are unexceptional singles and separators, and short runs of
  // ASCII between them; none while a word is open, which the first of them may continue. Returns where they end.
  const uint8_t* AddChinese(const uint8_t* p, const uint8_t* end, const uint8_t* text,
                            const MappingTable& table) {
    if (kOutput == TokenOutput::kTexts || length_ > 0) return p;
    const uint8_t* const begin = p;
    simd::SingleScan scan{};
    while (p < end && !scan.stopped) {
      MakeRoom(simd::kSingleScanTokens);
      scan = simd::ScanSingles(p, static_cast<size_t>(end - p), table.fates(), ids_ + count_,
                               kSpans ? &singles_ : nullptr);
      if constexpr (kSpans) AddSpans(scan, static_cast<uint64_t>(p - text));
      count_ += scan.tokens;
      p += scan.bytes;
    }
    if (p > begin) NoteLast(p, table);
    return p;
  }

  // Takes back the latest code point, which was not of a sequence. `previous_end` is the end of the
  // raw code point before it.
  void Undo(Mapped latest, uint64_t previous_end) {
    if (ClassOf(latest) == CodePointClass::kSeparator || open_ == Open::kNothing) return;
    if (ClassOf(latest) == CodePointClass::kSingle) {
      PopLast();
      open_ = Open::kNothing;
      return;
    }
    length_ -= Utf8Length(CodePointOf(latest));
    end_ = previous_end;
    if (length_ == 0) open_ = Open::kNothing;
  }

  void Finish() {
    AddSeparator();
    tokens_->ids.resize(count_);
    tokens_->spans.resize(kSpans ? count_ : 0);
  }

 private:
  enum class Open : uint8_t { kNothing, kWord, kSingle };
  static constexpr bool kSpans = kOutput == TokenOutput::kSpans;
  static constexpr size_t kCapacity = 512;
  static constexpr size_t kKeep = 4;  // never given to the stream, so that Undo finds it

  static bool IsLetterOrDigit(uint8_t c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
  }

  // Whether a scan is worth its start: between letters of other scripts there are only a few bytes for it.
  static bool IsAsciiAhead(const uint8_t* p, const uint8_t* end) {
    uint64_t bytes;
    if (end - p < static_cast<ptrdiff_t>(sizeof(bytes))) return false;
    std::memcpy(&bytes, p, sizeof(bytes));
    return (bytes & 0x8080808080808080u) == 0;
  }

  // A separator, or letters and digits as far as they go.
  const uint8_t* AddAscii(const uint8_t* p, const uint8_t* end, const uint8_t* text) {
    if (IsLetterOrDigit(*p)) return AddLetters(p, end, text);
    AddSeparator();
    return p + 1;
  }

  // ASCII letters and digits of a word that is more than they: open already, or going on behind them.
  const uint8_t* AddLetters(const uint8_t* p, const uint8_t* end, const uint8_t* text) {
    for (; p < end && IsLetterOrDigit(*p); ++p) {
      const auto place = static_cast<uint64_t>(p - text);
      const bool capital = *p >= 'A' && *p <= 'Z';
      AddLetter(capital ? *p | char32_t{0x20} : *p, place, place + 1);
    }
    return p;
  }

  // What the scan that ended at p leaves open. The last word of a scan is complete.
  void NoteLast(const uint8_t* p, const MappingTable& table) {
    const uint32_t fate = p[-1] < 0x80 ? simd::kFateSeparator : table.FateAt(p - 3);
    open_ = fate == simd::kFateSeparator ? Open::kNothing : Open::kSingle;
    single_ = fate;
  }

  // Of the tokens of the scan, whose ids are there already.
  void AddSpans(const simd::SingleScan& scan, uint64_t place) {
    for (size_t i = 0; i < scan.tokens; ++i) {
      const uint64_t begin = place + singles_.begins[i];
      spans_[count_ + i] = {begin, begin + singles_.lengths[i]};
    }
  }

  void EmitPlainWords(size_t words, uint64_t place) {
    MakeRoom(words);
    simd::HashWords(plain_, words, ids_ + count_);
    if constexpr (kOutput != TokenOutput::kIds) AddPlainWords(words, place);
    count_ += words;
  }

  void AddPlainWords(size_t words, uint64_t place) {
    for (size_t i = 0; i < words; ++i) {
      const size_t begin = plain_.bounds[2 * i];
      const size_t end = plain_.bounds[2 * i + 1];
      if constexpr (kSpans) spans_[count_ + i] = {place + begin, place + end};
      if constexpr (kOutput == TokenOutput::kTexts)
        texts_->emplace_back(plain_.lower + begin, plain_.lower + end);
    }
  }

  void StartWord(uint64_t begin) {
    Close();
    open_ = Open::kWord;
    begin_ = begin;
  }

  void Append(char32_t c) {
    if (length_ + 4 > kCapacity) Spill();
    length_ += EncodeUtf8(c, buffer_ + length_);
  }

  // Words longer than the buffer are hashed as a stream, which gives the same hash.
  void Spill() {
    if (!spilled_) XXH3_64bits_reset(&stream_);
    spilled_ = true;
    const size_t count = length_ - kKeep;
    XXH3_64bits_update(&stream_, buffer_, count);
    if constexpr (kOutput == TokenOutput::kTexts) AppendText(count, &spilled_text_);
    std::memmove(buffer_, buffer_ + count, kKeep);
    length_ = kKeep;
  }

  void AppendText(size_t count, std::string* text) const {
    for (size_t i = 0; i < count; ++i) text->push_back(static_cast<char>(buffer_[i]));
  }

  void Close() {
    if (length_ == 0) return;
    const bool bare_single = open_ == Open::kSingle && !spilled_ && length_ == Utf8Length(single_);
    if (bare_single) {
      EmitSingle(single_, {begin_, end_});
    } else {
      EmitBuffer(length_);
    }
    length_ = 0;
  }

  void EmitBuffer(size_t length) {
    if constexpr (kOutput == TokenOutput::kTexts) {
      AppendText(length, &spilled_text_);
      texts_->push_back(std::move(spilled_text_));
      spilled_text_.clear();
    }
    if (spilled_) return EmitSpilled(length);
    Emit(IdOfWord(buffer_, length), {begin_, end_});
  }

  void EmitSpilled(size_t length) {
    XXH3_64bits_update(&stream_, buffer_, length);
    Emit(XXH3_64bits_digest(&stream_), {begin_, end_});
    spilled_ = false;
  }

  void EmitSingle(char32_t c, TokenSpan span) {
    if constexpr (kOutput == TokenOutput::kTexts) AddText(c);
    Emit(IdOfSingle(c), span);
  }

  void AddText(char32_t c) {
    uint8_t utf8[4];
    const uint32_t length = EncodeUtf8(c, utf8);
    texts_->emplace_back(utf8, utf8 + length);
  }

  void Emit(uint64_t id, TokenSpan span) {
    MakeRoom(1);
    ids_[count_] = id;
    if constexpr (kSpans) spans_[count_] = span;
    ++count_;
  }

  void MakeRoom(size_t tokens) {
    if (count_ + tokens > room_) Grow(tokens);
  }

  // All that the list has room for, if that is enough.
  void Grow(size_t tokens) {
    room_ = std::max({tokens_->ids.capacity(), count_ + tokens, 2 * count_});
    tokens_->ids.resize(room_);
    ids_ = tokens_->ids.data();
    if constexpr (kSpans) {
      tokens_->spans.resize(room_);
      spans_ = tokens_->spans.data();
    }
  }

  void TakeBackSingle() {
    if constexpr (kSpans) begin_ = spans_[count_ - 1].begin;
    PopLast();
    Append(single_);
  }

  void PopLast() {
    --count_;
    if constexpr (kOutput == TokenOutput::kTexts) texts_->pop_back();
  }

  TokenList* tokens_;
  std::vector<std::string>* texts_;
  Open open_ = Open::kNothing;
  bool spilled_ = false;
  char32_t single_ = 0;
  uint64_t begin_ = 0;
  uint64_t end_ = 0;
  size_t length_ = 0;
  uint64_t* ids_;  // those of the list, which is as long as there is room
  TokenSpan* spans_;
  size_t room_;
  size_t count_ = 0;
  uint8_t buffer_[kCapacity];
  simd::WordBuffer plain_;
  simd::SinglePlaces singles_;
  std::string spilled_text_;
  XXH3_state_t stream_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_BUILDER_H_
