#include "refrain/simd/word_scan.h"

#include <gtest/gtest.h>
#include <unicode/uchar.h>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "refrain/text/utf8.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

struct Word {
  size_t begin, end;
  std::string lower;
  bool operator==(const Word&) const = default;
};
struct Found {
  size_t bytes;
  std::vector<Word> words;
  bool operator==(const Found&) const = default;
};

enum class Kind { kWord, kSeparator, kStop };

Kind KindOf(char32_t c) {
  if (c < 0x80) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return letter || (c >= '0' && c <= '9') ? Kind::kWord : Kind::kSeparator;
  }
  constexpr std::u32string_view kNot =
      U"\u00D7\u00F7\u0130\u0132\u0133\u013F\u0140\u0149\u0178\u017F";
  if (c >= 0xC0 && c <= 0x17F && kNot.find(c) == kNot.npos) return Kind::kWord;
  if (c == 0xA0 || (c >= 0x2010 && c <= 0x2027 && c != 0x2017)) return Kind::kSeparator;
  return Kind::kStop;
}

char32_t Lower(char32_t c) { return static_cast<char32_t>(u_tolower(static_cast<UChar32>(c))); }

// Code point by code point, to the end of the text or to what is not plain.
Found Naive(const std::string& text) {
  Found found{0, {}};
  const auto* begin = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* end = begin + text.size();
  bool in_word = false;
  size_t at = 0;
  while (at < text.size()) {
    const internal::Decoded decoded = internal::DecodeAt(begin + at, end);
    const Kind kind = decoded.broken ? Kind::kStop : KindOf(decoded.code_point);
    if (kind == Kind::kStop) break;
    if (kind == Kind::kWord) {
      if (!in_word) found.words.push_back({at, at, ""});
      uint8_t utf8[4] = {};
      const uint32_t length = internal::EncodeUtf8(Lower(decoded.code_point), utf8);
      found.words.back().lower.append(utf8, utf8 + length);
      found.words.back().end = at + length;
    }
    in_word = kind == Kind::kWord;
    at += decoded.length;
  }
  found.bytes = at;
  if (in_word && at < text.size()) {
    found.bytes = found.words.back().begin;
    found.words.pop_back();
  }
  return found;
}

Found ByVector(const std::string& text) {
  // An exact copy on the heap, so that the address sanitizer sees a read beyond it.
  const std::vector<uint8_t> bytes(text.begin(), text.end());
  WordBuffer buffer;
  const WordScan scan = ScanWords(bytes.data(), bytes.size(), &buffer);
  Found found{scan.bytes, {}};
  for (size_t i = 0; i < scan.words; ++i) {
    const size_t begin = buffer.bounds[2 * i], end = buffer.bounds[2 * i + 1];
    found.words.push_back({begin, end, std::string(buffer.lower + begin, buffer.lower + end)});
  }
  return found;
}

const std::vector<std::string>& Pieces() {
  static const std::vector<std::string> pieces = {
      "a", "Z", "q7",     "the",    "Word",   "0",      " ",      "\n",     ".",
      "-", "(", "@",      "[",      "`",      "{",      "/",      ":",      "\x7F",
      "é", "É", "ß",      "ÿ",      "Þ",      "À",      "Ł",      "ž",      "Č",
      "ń", "ĸ", "\u00A0", "\u2019", "\u201C", "\u2014", "\u2026", "\u2010", "\u2027"};
  return pieces;
}

const std::vector<std::string>& Stops() {
  static const std::vector<std::string> stops = {
      "×",       "÷",      "İ",        "ĳ",      "ŀ",    "ŉ",    "Ÿ",        "ſ",
      "\u00AA",  "\u2017", "\u200B",   "\u2028", "中",   "α",    "\u0301",   "😀",
      "\xC3",    "\xC2",   "\xE2\x80", "\xE2",   "\x80", "\xFF", "\xC3\x28", "\xE2\x28\x99",
      "\xC0\xA0"};
  return stops;
}

TEST(WordScan, EqualsTheNaiveScanOnPlainText) {
  OnEveryTarget([] {
    std::mt19937 random(1);
    for (int i = 0; i < 3000; ++i) {
      std::string text;
      const size_t size = 1 + random() % 400;
      while (text.size() < size) text += Pieces()[random() % Pieces().size()];
      if (text.size() >= kWordScanBytes) continue;
      ASSERT_EQ(ByVector(text), Naive(text)) << text;
    }
  });
}

TEST(WordScan, StopsWhereTheNaiveScanStops) {
  OnEveryTarget([] {
    std::mt19937 random(2);
    for (int i = 0; i < 6000; ++i) {
      std::string text;
      const size_t size = random() % 200;
      while (text.size() < size) text += Pieces()[random() % Pieces().size()];
      text += Stops()[random() % Stops().size()];
      for (size_t n = random() % 80; n > 0; --n) text += Pieces()[random() % Pieces().size()];
      ASSERT_EQ(ByVector(text), Naive(text)) << text;
    }
  });
}

// Whatever the length, the parts of one scan after another give what one naive scan gives.
TEST(WordScan, PartsAddUpToTheWhole) {
  OnEveryTarget([] {
    std::mt19937 random(3);
    for (int i = 0; i < 300; ++i) {
      std::string text;
      const size_t size = random() % 5000;
      while (text.size() < size)
        text += Pieces()[random() % Pieces().size()] + (random() % 4 ? "" : " ");
      Found all{0, {}};
      while (all.bytes < text.size()) {
        Found part = ByVector(text.substr(all.bytes));
        ASSERT_GT(part.bytes, 0u);
        for (Word word : part.words) {
          all.words.push_back(
              {word.begin + all.bytes, word.end + all.bytes, std::move(word.lower)});
        }
        all.bytes += part.bytes;
      }
      ASSERT_EQ(all, Naive(text));
    }
  });
}

TEST(WordScan, LeavesAWordLongerThanItsBufferToTheCaller) {
  OnEveryTarget([] {
    EXPECT_EQ(ByVector(std::string(3000, 'x')).bytes, 0u);
    EXPECT_EQ(ByVector("ab " + std::string(3000, 'x')).bytes, 3u);
    EXPECT_EQ(ByVector(std::string(500, 'x')).bytes, 500u);
  });
}

TEST(WordScan, EveryByteAndPairOfBytes) {
  OnEveryTarget([] {
    for (int a = 0; a < 256; ++a) {
      for (int b = 0; b < 256; ++b) {
        for (const size_t before : {0u, 62u, 63u}) {
          const std::string text =
              std::string(before, ' ') + static_cast<char>(a) + static_cast<char>(b) + "\x99z";
          ASSERT_EQ(ByVector(text), Naive(text)) << a << " " << b << " " << before;
        }
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
