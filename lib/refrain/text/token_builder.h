// Puts normalised code points together into tokens.
//
// What is open after a code point: nothing (a separator, the beginning), a word that letters and
// marks continue, or a single that marks alone continue. A single is emitted at once, as most have
// no mark; the first mark takes it back.
#ifndef REFRAIN_TEXT_TOKEN_BUILDER_H_
#define REFRAIN_TEXT_TOKEN_BUILDER_H_

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "refrain/text/ascii_block.h"
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
  TokenBuilder(TokenList* tokens, std::vector<std::string>* texts)
      : tokens_(tokens), texts_(texts) {}

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

  // ASCII text from p, in blocks of eight bytes, up to a byte that needs a closer look (from 0x80
  // on, or a bracket) or to fewer than eight bytes before the end. Returns where it stopped.
  // REQUIRES: *p is ASCII and no '('.
  const uint8_t* AddAsciiText(const uint8_t* p, const uint8_t* end, const uint8_t* text) {
    if (open_ != Open::kWord) Close();
    if (length_ + 2 * kBlock > kCapacity) Spill();
    size_t length = length_;
    while (end - p >= static_cast<ptrdiff_t>(kBlock)) {
      const AsciiBlock block = ClassifyBlock(LoadBlock(p));
      StoreBlock(block.lower, buffer_ + length);
      const uint32_t letters = block.WordLength();
      if constexpr (kOutput == TokenOutput::kSpans) {
        if (length == 0) begin_ = static_cast<uint64_t>(p - text);
        if (letters > 0) end_ = static_cast<uint64_t>(p - text) + letters;
      }
      length += letters;
      p += letters;
      if (letters == kBlock) {
        if (length + 2 * kBlock <= kCapacity) continue;
        length_ = length;
        Spill();
        length = length_;
        continue;
      }
      const uint32_t separators = block.SeparatorLength(letters);
      if (separators == 0) break;
      if (length > kBlock || spilled_) {
        EmitBuffer(length);
      } else if (length > 0) {
        EmitShort(length);
      }
      length = 0;
      p += separators;
    }
    length_ = length;
    open_ = length > 0 ? Open::kWord : Open::kNothing;
    return p;
  }

  // Three-byte code points from p as long as they are unexceptional singles and separators, as
  // Chinese is. Returns where they end.
  const uint8_t* AddSingles(const uint8_t* p, const uint8_t* end, const uint8_t* text,
                            const MappingTable& table) {
    const MappingTable::View view = table.view();
    const uint8_t* start = p;
    char32_t latest = 0;
    while (end - p >= 4) {
      const uint32_t bytes = LoadFour(p);
      const char32_t c = ThreeByteCodePoint(bytes);
      const uint32_t entry = view.Entry(c);
      if (!IsThreeByteForm(bytes) || (entry & kEntrySpecial) != 0) break;
      if (ClassOf(entry) == CodePointClass::kSingle) {
        if (length_ > 0) Close();
        latest = (c ^ entry) & kMappingMask;
        const auto place = static_cast<uint64_t>(p - text);
        EmitSingle(latest, {place, place + 3});
      } else if (ClassOf(entry) == CodePointClass::kSeparator && c >= 0x800) {
        if (length_ > 0) Close();
        latest = 0;
      } else {
        break;
      }
      p += 3;
    }
    if (p == start) return p;
    open_ = latest != 0 ? Open::kSingle : Open::kNothing;
    single_ = latest;
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
    Flush();
  }

 private:
  enum class Open : uint8_t { kNothing, kWord, kSingle };
  static constexpr size_t kCapacity = 512;
  static constexpr size_t kBlock = 8;
  static constexpr size_t kStage = 128;
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

  // REQUIRES: 1 <= length <= kBlock, so that nothing is spilled.
  void EmitShort(size_t length) {
    if constexpr (kOutput == TokenOutput::kTexts) return EmitBuffer(length);
    const uint64_t bytes = LoadBlock(buffer_) & (~uint64_t{0} >> (8 * (kBlock - length)));
    Emit(IdOfShortWord(bytes, static_cast<uint32_t>(length)), {begin_, end_});
  }

  void EmitSpilled(size_t length) {
    XXH3_64bits_update(&stream_, buffer_, length);
    Emit(XXH3_64bits_digest(&stream_), {begin_, end_});
    spilled_ = false;
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
    if (staged_ == kStage) Flush();
    staged_ids_[staged_] = id;
    if constexpr (kOutput == TokenOutput::kSpans) staged_spans_[staged_] = span;
    ++staged_;
  }

  // Tokens go to the list by the hundred: cheaper than one by one.
  void Flush() {
    tokens_->ids.insert(tokens_->ids.end(), staged_ids_, staged_ids_ + staged_);
    if constexpr (kOutput == TokenOutput::kSpans) {
      tokens_->spans.insert(tokens_->spans.end(), staged_spans_, staged_spans_ + staged_);
    }
    staged_ = 0;
  }

  // The latest token is staged still: only a new one makes room.
  void TakeBackSingle() {
    if constexpr (kOutput == TokenOutput::kSpans) begin_ = staged_spans_[staged_ - 1].begin;
    PopLast();
    Append(single_);
  }

  void PopLast() {
    --staged_;
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
  size_t staged_ = 0;
  uint64_t staged_ids_[kStage];
  TokenSpan staged_spans_[kOutput == TokenOutput::kSpans ? kStage : 1];
  uint8_t buffer_[kCapacity];
  std::string spilled_text_;
  XXH3_state_t stream_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_TOKEN_BUILDER_H_
