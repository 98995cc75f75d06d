#include "refrain/io/json_string.h"

#include <array>

#include "refrain/io/byte_buffer.h"
#include "refrain/io/utf8.h"
#include "refrain/simd/json_strings.h"
#include "refrain/simd/unicode_escapes.h"

namespace refrain {
namespace {

static_assert(kRecordPadding >= simd::kStringBlock);

constexpr size_t kUnicodeEscape = 6;  // \uXXXX
constexpr uint32_t kNoCode = UINT32_MAX;

// The value of a hexadecimal digit; all ones for any other byte, so that it shows in any sum of digits.
constexpr std::array<uint32_t, 256> kHexValues = [] {
  std::array<uint32_t, 256> values;
  values.fill(UINT32_MAX);
  for (uint32_t i = 0; i < 10; ++i) values['0' + i] = i;
  for (uint32_t i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = 10 + i;
  return values;
}();

uint32_t HexValue(char c) { return kHexValues[static_cast<uint8_t>(c)]; }

// The code unit of the \uXXXX that `at` begins with, or kNoCode.
uint32_t CodeUnitAt(std::string_view at) {
  if (at.size() < kUnicodeEscape || at[0] != '\\' || at[1] != 'u') return kNoCode;
  const uint32_t unit =
      HexValue(at[2]) << 12 | HexValue(at[3]) << 8 | HexValue(at[4]) << 4 | HexValue(at[5]);
  return unit <= 0xFFFF ? unit : kNoCode;
}

struct Escape {
  size_t length;  // 0: wrong
  uint32_t code_point;
  bool lone_surrogate;
};

// The \uXXXX, or two of them that make one code point, that `at` begins with.
Escape UnicodeEscapeAt(std::string_view at) {
  const uint32_t unit = CodeUnitAt(at);
  if (unit == kNoCode) return {0, 0, false};
  if (unit < 0xD800 || unit > 0xDFFF) return {kUnicodeEscape, unit, false};
  const uint32_t low = unit < 0xDC00 ? CodeUnitAt(at.substr(kUnicodeEscape)) : kNoCode;
  if (low < 0xDC00 || low > 0xDFFF) return {kUnicodeEscape, 0xFFFD, true};
  return {2 * kUnicodeEscape, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), false};
}

// Vector code knows the escapes of two characters; where it stops, there are others, often many in a row.
template <typename TakeShort, typename TakeUnicode, typename TakeRun>
StringRest TakeEscapes(std::string_view rest, const TakeShort& take_short,
                       const TakeUnicode& take_unicode, const TakeRun& take_run) {
  StringRest taken{.stop = nullptr, .written = nullptr};
  while (true) {
    const simd::StringPart part = take_short(rest);
    taken.ascii &= part.ascii;
    rest.remove_prefix(part.read);
    taken.stop = rest.data();
    if (!rest.starts_with("\\u")) return taken;
    do {
      const Escape escape = UnicodeEscapeAt(rest);
      taken.stop = rest.data();
      if (escape.length == 0) return taken;
      taken.lone_surrogates += escape.lone_surrogate;
      take_unicode(escape.code_point);
      rest.remove_prefix(escape.length);
      if (rest.starts_with("\\u")) rest.remove_prefix(take_run(rest));
    } while (rest.starts_with("\\u"));
  }
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

StringRest SkipEscapes(std::string_view rest) {
  const auto skip = [](std::string_view text) {
    return simd::SkipShortEscapes(text.data(), text.size());
  };
  return TakeEscapes(
      rest, skip, [](uint32_t) {}, [](std::string_view) { return size_t{0}; });
}

StringRest UndoEscapes(std::string_view rest, char* out) {
  const auto undo = [&out](std::string_view text) {
    const simd::StringPart part = simd::UndoShortEscapes(text.data(), text.size(), out);
    out += part.written;
    return part;
  };
  const auto encode = [&out](uint32_t code_point) { out += EncodeUtf8(code_point, out); };
  const auto undo_run = [&out](std::string_view text) {
    const size_t run = simd::UndoUnicodeEscapes(text.data(), text.size(), out);
    out += 3 * run;
    return kUnicodeEscape * run;
  };
  StringRest taken = TakeEscapes(rest, undo, encode, undo_run);
  taken.written = out;
  return taken;
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
