// Reads the small pieces that page marks are made of: blanks, digits of any width, words, brackets.
#ifndef REFRAIN_TEXT_MARK_CURSOR_H_
#define REFRAIN_TEXT_MARK_CURSOR_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "refrain/text/utf8.h"

namespace refrain::internal {

inline bool IsBlankCodePoint(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x3000 ||
         (c >= 0x2000 && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x2060 ||
         c == 0xFEFF;
}

// The value of an ASCII or full-width digit, -1 for anything else.
inline int DigitValue(char32_t c) {
  if (c >= '0' && c <= '9') return static_cast<int>(c - '0');
  if (c >= 0xFF10 && c <= 0xFF19) return static_cast<int>(c - 0xFF10);
  return -1;
}

inline bool IsHanNumeral(char32_t c) {
  return std::u32string_view(U"〇零一二三四五六七八九十百两兩").find(c) !=
         std::u32string_view::npos;
}

class MarkCursor {
 public:
  explicit MarkCursor(std::string_view text)
      : p_(reinterpret_cast<const uint8_t*>(text.data())), end_(p_ + text.size()), begin_(p_) {}

  bool AtEnd() const { return p_ == end_; }
  size_t position() const { return static_cast<size_t>(p_ - begin_); }
  char32_t Peek() const { return AtEnd() ? 0 : DecodeAt(p_, end_).code_point; }
  void Skip() { p_ += DecodeAt(p_, end_).length; }

  // At most 16, so that a long run of them cannot be read again and again.
  void SkipBlanks() {
    for (int i = 0; i < 16 && !AtEnd() && IsBlankCodePoint(Peek()); ++i) Skip();
  }

  // Each of these moves on if it returns true, and stays if not.
  bool Take(std::string_view word) {
    if (!Rest().starts_with(word)) return false;
    p_ += word.size();
    return true;
  }

  bool TakeAny(std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
      if (Take(word)) return true;
    }
    return false;
  }

  // 1 to 6 digits.
  bool TakeDigits(uint32_t* value) {
    const uint8_t* start = p_;
    *value = 0;
    int count = 0;
    for (int digit; !AtEnd() && (digit = DigitValue(Peek())) >= 0; Skip(), ++count) {
      if (count == 6) {
        p_ = start;
        return false;
      }
      *value = *value * 10 + static_cast<uint32_t>(digit);
    }
    return count > 0;
  }

  // Digits, or 1 to 6 Han numerals, whose value does not matter.
  bool TakeNumber() {
    uint32_t value;
    if (TakeDigits(&value)) return true;
    int count = 0;
    for (; count < 6 && IsHanNumeral(Peek()); ++count) Skip();
    return count > 0;
  }

  std::string_view Rest() const {
    return {reinterpret_cast<const char*>(p_), static_cast<size_t>(end_ - p_)};
  }

 private:
  const uint8_t* p_;
  const uint8_t* end_;
  const uint8_t* begin_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_MARK_CURSOR_H_
