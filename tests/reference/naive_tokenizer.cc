#include "reference/naive_tokenizer.h"

#include <opencc/opencc.h>
#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <unordered_map>

#include "refrain/text/table_generator/radicals.h"

namespace refrain::reference {
namespace {

using CodePoints = std::vector<UChar32>;

// ICU's macro narrows inside.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
CodePoints Decode(std::string_view text, uint64_t* broken) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  CodePoints result;
  const auto length = static_cast<int32_t>(text.size());
  for (int32_t i = 0; i < length;) {
    UChar32 c;
    U8_NEXT(bytes, i, length, c);
    if (c < 0) ++*broken;
    result.push_back(c < 0 ? 0xFFFD : c);
  }
  return result;
}
#pragma GCC diagnostic pop

icu::UnicodeString ToIcu(const CodePoints& code_points) {
  return icu::UnicodeString::fromUTF32(code_points.data(),
                                       static_cast<int32_t>(code_points.size()));
}

CodePoints FromIcu(const icu::UnicodeString& text) {
  CodePoints result(static_cast<size_t>(text.countChar32()));
  UErrorCode error = U_ZERO_ERROR;
  text.toUTF32(result.data(), static_cast<int32_t>(result.size()), error);
  return result;
}

bool IsFormat(UChar32 c) {
  return u_charType(c) == U_FORMAT_CHAR ||
         u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

CodePoints DropFormat(const CodePoints& text) {
  CodePoints result;
  for (const UChar32 c : text) {
    if (!IsFormat(c)) result.push_back(c);
  }
  return result;
}

CodePoints NfkcLower(const CodePoints& text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfkc = icu::Normalizer2::getNFKCInstance(error);
  return FromIcu(nfkc->normalize(ToIcu(text), error).toLower(icu::Locale::getRoot()));
}

UChar32 FoldRadical(UChar32 c) {
  for (const internal::FoldPair& pair : internal::kRadicals) {
    if (static_cast<UChar32>(pair.from) == c) return static_cast<UChar32>(pair.to);
  }
  return c;
}

UChar32 Convert(const char* config, UChar32 c) {
  static std::unordered_map<std::string, opencc::SimpleConverter> converters;
  const auto converter = converters.try_emplace(config, config).first;
  std::string utf8;
  icu::UnicodeString(c).toUTF8String(utf8);
  return icu::UnicodeString::fromUTF8(converter->second.Convert(utf8)).char32At(0);
}

UChar32 FoldScript(UChar32 c) {
  static std::unordered_map<UChar32, UChar32> known;
  if (!u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) return c;
  if (const auto place = known.find(c); place != known.end()) return place->second;
  UChar32 folded = c;
  for (UChar32 before = -1; before != folded;) {
    before = folded;
    for (const char* config : {"tw2t.json", "hk2t.json", "t2s.json"})
      folded = Convert(config, folded);
  }
  known[c] = folded;
  return folded;
}

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode error = U_ZERO_ERROR;
  return uscript_getScript(c, &error);
}

bool IsMark(UChar32 c) { return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0; }
bool IsLetter(UChar32 c) { return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_N_MASK)) != 0; }

bool IsCjk(UChar32 c) {
  return c == 0x3005 || c == 0x3007 || (c >= 0x3021 && c <= 0x3029) ||
         (c >= 0x3041 && c <= 0x3096) || (c >= 0x309D && c <= 0x309F) ||
         (c >= 0x30A1 && c <= 0x30FA) || (c >= 0x30FC && c <= 0x30FF) ||
         (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x323AF);
}

bool IsSingle(UChar32 c) {
  const UScriptCode script = ScriptOf(c);
  return IsLetter(c) && (IsCjk(c) || script == USCRIPT_THAI || script == USCRIPT_LAO ||
                         script == USCRIPT_KHMER || script == USCRIPT_MYANMAR);
}

bool IsHan(UChar32 c) { return IsSingle(c) && ScriptOf(c) == USCRIPT_HAN; }

bool Contains(const icu::UnicodeString& set, UChar32 c) { return set.indexOf(c) >= 0; }

// The number of code points of a pinyin note that begins at `i`, brackets included; 0 if there is
// none.
size_t PinyinLength(const CodePoints& text, size_t i) {
  static const auto kToned = icu::UnicodeString::fromUTF8("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿếề");
  static const auto kPlain = icu::UnicodeString::fromUTF8("abcdefghijklmnopqrstuvwxyzüêɑɡ");
  static const auto kBearers = icu::UnicodeString::fromUTF8("aeiouüêɑnm");
  static const auto kMarks = icu::UnicodeString(u"\u0300\u0301\u0304\u030C");
  if (text[i] != '(') return 0;
  size_t letters = 0, toned = 0, end = i + 1;
  for (; end < text.size(); ++end) {
    if (Contains(kMarks, text[end]) && Contains(kBearers, text[end - 1])) {
      ++toned;
    } else if (Contains(kToned, text[end])) {
      ++letters, ++toned;
    } else if (Contains(kPlain, text[end])) {
      ++letters;
    } else {
      break;
    }
  }
  if (end == text.size() || text[end] != ')' || letters < 1 || letters > 8 || toned == 0) return 0;
  if (end + 1 < text.size() && IsMark(text[end + 1])) return 0;
  return end + 1 - i;
}

CodePoints DropPinyin(const CodePoints& text) {
  CodePoints result;
  for (size_t i = 0; i < text.size(); ++i) {
    const size_t length = i > 0 && IsHan(text[i - 1]) ? PinyinLength(text, i) : 0;
    if (length == 0) {
      result.push_back(text[i]);
    } else {
      i += length - 1;
    }
  }
  return result;
}

std::vector<std::string> Split(const CodePoints& text) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (!IsLetter(text[i])) {
      i = end;
      continue;
    }
    const bool single = IsSingle(text[i]);
    while (end < text.size() &&
           (IsMark(text[end]) || (!single && IsLetter(text[end]) && !IsSingle(text[end])))) {
      ++end;
    }
    std::string utf8;
    ToIcu(CodePoints(text.begin() + static_cast<ptrdiff_t>(i),
                     text.begin() + static_cast<ptrdiff_t>(end)))
        .toUTF8String(utf8);
    tokens.push_back(utf8);
    i = end;
  }
  return tokens;
}

}  // namespace

NaiveTokens NaiveTokenize(std::string_view text, const NormalizeOptions& options) {
  NaiveTokens result;
  CodePoints code_points = Decode(text, &result.broken_sequences);
  if (options.drop_format) code_points = DropFormat(code_points);
  code_points = NfkcLower(code_points);
  for (UChar32& c : code_points) {
    if (options.fold_radicals) c = FoldRadical(c);
    if (options.fold_script) c = FoldScript(c);
  }
  if (options.drop_pinyin) code_points = DropPinyin(code_points);
  result.texts = Split(code_points);
  return result;
}

}  // namespace refrain::reference
