// One pass over the raw bytes. The fast path takes one table look-up a code point; what the table
// flags as special (expansions, sigmas, brackets, dropped and broken bytes) is taken step by step.
// A code point that may join what precedes it takes the latest step back, and both are read again
// as one segment by real NFKC. So the hot loop carries no state for rare cases, and every byte is
// read a bounded number of times.
#include "refrain/text/tokenizer.h"

#include <map>
#include <mutex>

#include "refrain/text/mapping_table.h"
#include "refrain/text/pinyin.h"
#include "refrain/text/raw_text.h"
#include "refrain/text/segment.h"
#include "refrain/text/token_builder.h"

namespace refrain {
namespace internal {
namespace {

template <TokenOutput kOutput>
class Scanner {
 public:
  Scanner(std::string_view text, const MappingTable& table, TokenList* tokens,
          std::vector<std::string>* texts)
      : text_(text, table),
        table_(table),
        tokens_(tokens),
        reader_(text_),
        builder_(tokens, texts) {}

  void Run() {
    const uint8_t* p = text_.begin();
    while (p < text_.end()) p = *p < 0x80 ? TakeAscii(p) : TakeWide(p);
    builder_.Finish();
  }

 private:
  const uint8_t* TakeAscii(const uint8_t* p) {
    return IsWideAhead(p) ? TakeChinese(p) : TakePlain(p);
  }

  // Whether the first byte that is not ASCII begins a three-byte code point, and stands near.
  bool IsWideAhead(const uint8_t* p) const {
    uint64_t bytes;
    if (text_.end() - p < static_cast<ptrdiff_t>(sizeof(bytes))) return false;
    std::memcpy(&bytes, p, sizeof(bytes));
    const uint64_t high = FromLittleEndian(bytes) & 0x8080808080808080u;
    return high != 0 && (p[std::countr_zero(high) / 8] & 0xF0) == 0xE0;
  }

  const uint8_t* TakeWide(const uint8_t* p) {
    return (*p & 0xF0) == 0xE0 ? TakeChinese(p) : TakeCodePoint(p);
  }

  // At what has stopped the scan it is no use to begin another one.
  const uint8_t* TakeChinese(const uint8_t* p) {
    p = builder_.AddChinese(p, text_.end(), text_.begin(), table_);
    if (p == text_.end()) return p;
    return *p < 0x80 ? TakePlain(p) : TakeCodePoint(p);
  }

  const uint8_t* TakePlain(const uint8_t* p) {
    if (*p == '(') return TakeBracket(text_.At(p));
    return builder_.AddPlainText(p, text_.end(), text_.begin());
  }

  const uint8_t* TakeCodePoint(const uint8_t* p) {
    const RawCodePoint raw = text_.At(p);
    if (raw.broken || (raw.entry & kEntrySpecial) != 0) return TakeSpecial(raw);
    builder_.Add(MappingTable::MappedOf(raw.code_point, raw.entry), text_.PlaceOf(p),
                 text_.PlaceOf(raw.end));
    return raw.end;
  }

  const uint8_t* TakeSpecial(const RawCodePoint& raw) {
    if (raw.broken) {
      ++tokens_->broken_sequences;
      builder_.AddSeparator();
      return raw.end;
    }
    if ((raw.entry & kEntryDrop) != 0) return raw.end;
    if ((raw.entry & kEntryBracket) != 0) return TakeBracket(raw);
    if ((raw.entry & kEntryNoBoundary) != 0) return TakeTail(raw);
    return TakeSegment(raw);
  }

  const uint8_t* TakeBracket(const RawCodePoint& raw) {
    const uint8_t* end = PinyinAfter(raw);
    if (end != nullptr) return end;
    builder_.AddSeparator();
    return raw.end;
  }

  const uint8_t* PinyinAfter(const RawCodePoint& bracket) {
    if ((bracket.entry & kEntryBracket) == 0 || !MayBePinyin(bracket.end)) return nullptr;
    const auto previous = text_.KeptBefore(bracket.begin);
    const bool after_han = previous && (previous->entry & kEntryHan) != 0;
    return after_han ? EndOfPinyin(text_, bracket.end, &reader_) : nullptr;
  }

  // Not if ASCII stands there that is no letter, or a code point of three bytes that is a token or a separator, whatever
  // follows it. Nor if it only looks like one, as its bytes are broken.
  bool MayBePinyin(const uint8_t* p) const {
    if (p == text_.end()) return false;
    if (*p < 0x80) return (*p | 0x20) >= 'a' && (*p | 0x20) <= 'z';
    return text_.end() - p < 3 || (*p & 0xF0) != 0xE0 || table_.FateAt(p) == simd::kFateStops;
  }

  // The code point may join the one before it, which has been taken as if it stood alone.
  const uint8_t* TakeTail(const RawCodePoint& raw) {
    const auto base = text_.KeptBefore(raw.begin);
    if (!base || base->broken) return TakeSegment(raw);
    const auto before = text_.KeptBefore(base->begin);
    builder_.Undo(MappingTable::MappedOf(base->code_point, base->entry),
                  text_.PlaceOf(before ? before->end : text_.begin()));
    return TakeSegment(*base);
  }

  const uint8_t* TakeSegment(const RawCodePoint& first) {
    Segment segment = reader_.Read(first);
    AddSegment(segment);
    while (segment.cut) {
      segment = reader_.Read(*text_.KeptFrom(segment.end));
      AddSegment(segment);
    }
    return segment.end;
  }

  void AddSegment(const Segment& segment) {
    for (const Mapped mapped : segment.mapped) {
      builder_.Add(mapped, text_.PlaceOf(segment.begin), text_.PlaceOf(segment.end));
    }
  }

  const RawText text_;
  const MappingTable& table_;
  TokenList* tokens_;
  SegmentReader reader_;
  TokenBuilder<kOutput> builder_;
};

// Composed once for each set of options and never destroyed: it takes longer than a small corpus, and a run asks twice.
const MappingTable& TableOf(const NormalizeOptions& options) {
  static auto* const mutex = new std::mutex;
  static auto* const tables = new std::map<uint32_t, MappingTable>;
  const std::lock_guard lock(*mutex);
  return tables->try_emplace(options.Bits(), options).first->second;
}

}  // namespace
}  // namespace internal

Tokenizer::Tokenizer(const NormalizeOptions& options)
    : options_(options), table_(&internal::TableOf(options)) {}

void Tokenizer::Tokenize(std::string_view text, Offsets offsets, TokenList* tokens) const {
  using internal::Scanner;
  using internal::TokenOutput;
  tokens->broken_sequences = 0;
  if (offsets == Offsets::kNone) {
    Scanner<TokenOutput::kIds>(text, *table_, tokens, nullptr).Run();
  } else {
    Scanner<TokenOutput::kSpans>(text, *table_, tokens, nullptr).Run();
  }
}

std::vector<std::string> Tokenizer::TokenTexts(std::string_view text) const {
  TokenList tokens;
  std::vector<std::string> texts;
  internal::Scanner<internal::TokenOutput::kTexts>(text, *table_, &tokens, &texts).Run();
  return texts;
}

}  // namespace refrain
