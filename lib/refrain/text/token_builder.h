// Puts normalised code points together into tokens.
//
// What is open after a code point: nothing (a separator, the beginning), a word that letters and marks continue, or a
// single that marks alone continue. A single is emitted at once, as most have no mark; the first mark takes it back.
#ifndef REFRAIN_TEXT_TOKEN_BUILDER_H_
#define REFRAIN_TEXT_TOKEN_BUILDER_H_

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

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
  TokenBuilder(TokenList* tokens, std::vector<std::string>* texts) : tokens_(tokens), texts_(texts) {}

  // Places are of the raw code points that gave the code point.
  void Add(Mapped mapped, uint64_t begin, uint64_t end) {
    switch (ClassOf(mapped)) {
      case CodePointClass::kSeparator: return AddSeparator();
      case CodePointClass::kWord: return AddLetter(CodePointOf(mapped), begin, end);
      case CodePointClass::kSingle: return AddSingle(CodePointOf(mapped), begin, end);
      case CodePointClass::kMark: return AddMark(CodePointOf(mapped), end);
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

  // ASCII letters and digits from p, lower-cased by `words`, which has 0 for others. Returns where they end.
  const uint8_t* AddAsciiRun(const uint8_t* p, const uint8_t* end, const uint8_t* text,
                             const std::array<uint8_t, 256>& words) {
    if (open_ != Open::kWord) StartWord(static_cast<uint64_t>(p - text));
    do {
      MakeRoom();
      uint8_t* out = buffer_ + length_;
      const uint8_t* limit = p + std::min(end - p, buffer_ + kCapacity - out);
      while (p < limit && words[*p] != 0) *out++ = words[*p++];
      length_ = static_cast<size_t>(out - buffer_);
    } while (p < end && words[*p] != 0);
    end_ = static_cast<uint64_t>(p - text);
    return p;
  }

  // Takes back the latest code point, which was not of a sequence. `previous_end` is the end of the raw code point
  // before it.
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

  void Finish() { AddSeparator(); }

 private:
  enum class Open : uint8_t { kNothing, kWord, kSingle };
  static constexpr size_t kCapacity = 512;
  static constexpr size_t kKeep = 4;  // never given to the stream, so that Undo finds it

  void StartWord(uint64_t begin) {
    Close();
    open_ = Open::kWord;
    begin_ = begin;
  }

  void Append(char32_t c) {
    MakeRoom();
    length_ += EncodeUtf8(c, buffer_ + length_);
  }

  void MakeRoom() {
    if (length_ + 4 > kCapacity) Spill();
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
      EmitBuffer();
    }
    length_ = 0;
    spilled_ = false;
  }

  void EmitBuffer() {
    if constexpr (kOutput == TokenOutput::kTexts) {
      AppendText(length_, &spilled_text_);
      texts_->push_back(std::move(spilled_text_));
      spilled_text_.clear();
    }
    if (spilled_) {
      XXH3_64bits_update(&stream_, buffer_, length_);
      Emit(XXH3_64bits_digest(&stream_), {begin_, end_});
    } else {
      Emit(IdOfWord(buffer_, length_), {begin_, end_});
    }
  }

  void EmitSingle(char32_t c, TokenSpan span) {
    if constexpr (kOutput == TokenOutput::kTexts) {
      uint8_t utf8[4];
      const uint32_t length = EncodeUtf8(c, utf8);
      texts_->emplace_back(utf8, utf8 + length);
    }
    Emit(IdOfSingle(c), span);
  }

  void Emit(uint64_t id, TokenSpan span) {
    tokens_->ids.push_back(id);
    if constexpr (kOutput == TokenOutput::kSpans) tokens_->spans.push_back(span);
  }

  void TakeBackSingle() {
    if constexpr (kOutput == TokenOutput::kSpans) begin_ = tokens_->spans.back().begin;
    PopLast();
    Append(single_);
  }

  void PopLast() {
    tokens_->ids.pop_back();
    if constexpr (kOutput == TokenOutput::kSpans) tokens_->spans.pop_back();
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
  uint8_t buffer_[kCapacity];
  std::string spilled_text_;
  XXH3_state_t stream_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_BUILDER_H_
