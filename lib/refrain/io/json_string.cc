#include "refrain/io/json_string.h"

#include <cstring>

#include "refrain/io/utf8.h"

namespace refrain {
namespace {

constexpr size_t kUnicodeEscape = 6;  // \uXXXX
constexpr uint32_t kNoCode = UINT32_MAX;

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// The code unit of the \uXXXX that `at` begins with, or kNoCode.
uint32_t CodeUnitAt(std::string_view at) {
  if (at.size() < kUnicodeEscape || at[0] != '\\' || at[1] != 'u') return kNoCode;
  uint32_t code = 0;
  for (size_t i = 2; i < kUnicodeEscape; ++i) {
    const int digit = HexValue(at[i]);
    if (digit < 0) return kNoCode;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  return code;
}

// What one letter after the backslash means, or 0.
char SimpleEscape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

struct Escape {
  size_t length;  // 0: wrong
  uint32_t code_point;
  bool lone_surrogate;
};

// REQUIRES: at begins with a backslash.
Escape EscapeAt(std::string_view at) {
  if (at.size() < 2) return {0, 0, false};
  if (at[1] != 'u') {
    const char c = SimpleEscape(at[1]);
    return {c != 0 ? size_t{2} : 0, static_cast<uint32_t>(c), false};
  }
  const uint32_t unit = CodeUnitAt(at);
  if (unit == kNoCode) return {0, 0, false};
  if (unit < 0xD800 || unit > 0xDFFF) return {kUnicodeEscape, unit, false};
  const uint32_t low = unit < 0xDC00 ? CodeUnitAt(at.substr(kUnicodeEscape)) : kNoCode;
  if (low < 0xDC00 || low > 0xDFFF) return {kUnicodeEscape, 0xFFFD, true};
  return {2 * kUnicodeEscape, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), false};
}

size_t FindBackslash(std::string_view bytes) {
  const void* found = std::memchr(bytes.data(), '\\', bytes.size());
  return found == nullptr ? bytes.size()
                          : static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
}

bool TakeDigits(std::string_view* token) {
  size_t n = 0;
  while (n < token->size() && (*token)[n] >= '0' && (*token)[n] <= '9') ++n;
  token->remove_prefix(n);
  return n > 0;
}

bool Take(std::string_view characters, std::string_view* token) {
  if (token->empty() || characters.find((*token)[0]) == std::string_view::npos) return false;
  token->remove_prefix(1);
  return true;
}

}  // namespace

EscapeCheck CheckEscapes(std::string_view inside) {
  EscapeCheck check;
  for (size_t i = FindBackslash(inside); i < inside.size(); i += FindBackslash(inside.substr(i))) {
    const Escape escape = EscapeAt(inside.substr(i));
    check.any = true;
    if (escape.length == 0) {
      check.error = inside.data() + i;
      return check;
    }
    check.lone_surrogates += escape.lone_surrogate;
    i += escape.length;
  }
  return check;
}

char* Unescape(std::string_view inside, char* out) {
  while (true) {
    const size_t clean = FindBackslash(inside);
    if (clean > 0) std::memcpy(out, inside.data(), clean);
    out += clean;
    if (clean == inside.size()) return out;
    const Escape escape = EscapeAt(inside.substr(clean));
    out += EncodeUtf8(escape.code_point, out);
    inside.remove_prefix(clean + escape.length);
  }
}

bool IsJsonNumber(std::string_view token) {
  Take("-", &token);
  if (token.empty()) return false;
  const bool zero = token[0] == '0';
  if (zero) token.remove_prefix(1);
  if (!zero && !TakeDigits(&token)) return false;
  if (Take(".", &token) && !TakeDigits(&token)) return false;
  if (Take("eE", &token)) {
    Take("+-", &token);
    if (!TakeDigits(&token)) return false;
  }
  return token.empty();
}

}  // namespace refrain
