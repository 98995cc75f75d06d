// The fast tokeniser against the slow definition.
#include <gtest/gtest.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <memory>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

#include "reference/naive_tokenizer.h"
#include "refrain/text/token_id.h"
#include "refrain/text/tokenizer.h"
#include "refrain/text/utf8.h"

namespace refrain {
namespace {

using internal::EncodeUtf8;
using reference::NaiveTokenize;

std::string Utf8(char32_t c) {
  uint8_t bytes[4];
  const uint32_t length = EncodeUtf8(c, bytes);
  return std::string(bytes, bytes + length);
}

std::string Utf8(std::u32string_view text) {
  std::string result;
  for (const char32_t c : text) result += Utf8(c);
  return result;
}

std::string Hex(std::string_view text) {
  std::string result;
  char digits[4];
  for (const char c : text) {
    std::snprintf(digits, sizeof(digits), "%02X ", static_cast<unsigned>(c) & 0xFF);
    result += digits;
  }
  return result;
}

NormalizeOptions OptionsOf(unsigned bits) {
  return {(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
}

const Tokenizer& TokenizerOf(unsigned bits) {
  static std::unique_ptr<Tokenizer> tokenizers[16];
  if (tokenizers[bits] == nullptr) tokenizers[bits] = std::make_unique<Tokenizer>(OptionsOf(bits));
  return *tokenizers[bits];
}

// One code point that stands alone has the short id; its class is the naive tokeniser's business.
uint64_t IdOf(const std::string& token) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(token.data());
  const internal::Decoded first = internal::DecodeAt(bytes, bytes + token.size());
  const auto beside = NaiveTokenize(token + "x", NormalizeOptions::Basic());
  const bool single = first.length == token.size() && beside.texts.size() == 2;
  return single ? internal::IdOfSingle(first.code_point) : internal::IdOfWord(bytes, token.size());
}

testing::AssertionResult Agrees(std::string_view text, unsigned bits) {
  const reference::NaiveTokens expected = NaiveTokenize(text, OptionsOf(bits));
  const Tokenizer& tokenizer = TokenizerOf(bits);
  const std::vector<std::string> texts = tokenizer.TokenTexts(text);
  TokenList bare, tokens;
  tokenizer.Tokenize(text, Offsets::kNone, &bare);
  tokenizer.Tokenize(text, Offsets::kBytes, &tokens);
  auto failure = testing::AssertionFailure() << "options " << bits << " text " << Hex(text);
  if (texts != expected.texts) {
    return failure << "\n  got  " << testing::PrintToString(texts) << "\n  want "
                   << testing::PrintToString(expected.texts);
  }
  if (bare.ids != tokens.ids || tokens.ids.size() != texts.size()) return failure << " ids differ";
  if (bare.broken_sequences != expected.broken_sequences) return failure << " broken differ";
  uint64_t last = 0;
  for (const TokenSpan& span : tokens.spans) {
    if (span.begin < last || span.end <= span.begin || span.end > text.size()) {
      return failure << " spans out of order";
    }
    last = span.begin;
  }
  return testing::AssertionSuccess();
}

bool SameIds(std::string_view text, unsigned bits) {
  TokenList tokens;
  TokenizerOf(bits).Tokenize(text, Offsets::kNone, &tokens);
  const auto expected = NaiveTokenize(text, OptionsOf(bits)).texts;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (tokens.ids[i] != IdOf(expected[i])) return false;
  }
  return true;
}

// Texts are checked as lines of one, which is faster, and one by one only to name the culprit.
testing::AssertionResult AllAgree(const std::vector<std::string>& texts) {
  std::string lines;
  for (const std::string& text : texts) lines.append(text).append("\n");
  for (const unsigned bits : {0u, 15u}) {
    if (Agrees(lines, bits)) continue;
    for (const std::string& text : texts) {
      if (auto result = Agrees(text, bits); !result) return result;
    }
    return testing::AssertionFailure() << "only together: " << Hex(lines);
  }
  return testing::AssertionSuccess();
}

class EachCodePoint : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(EachCodePoint, AgreesBetweenItsNeighbours) {
  const auto& [before, after] = GetParam();
  const bool alone = *before == '\0';
  std::vector<std::string> batch;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (U_IS_SURROGATE(c)) continue;
    // Most of the code space is unassigned and alike: a sample is enough beside others.
    if (!alone && u_charType(static_cast<UChar32>(c)) == U_UNASSIGNED && c % 64 != 0) continue;
    batch.push_back(before + Utf8(c) + after);
    if (batch.size() < 256 && c + 1 < 0x110000) continue;
    ASSERT_TRUE(AllAgree(batch));
    batch.clear();
  }
}

INSTANTIATE_TEST_SUITE_P(Contexts, EachCodePoint,
                         testing::Values(std::pair{"", ""}, std::pair{"a", "b"},
                                         std::pair{"漢", "字"}, std::pair{"e", "\u0301\u0323"},
                                         std::pair{"AΣ", "Σ"}, std::pair{"漢(", "ā)字"},
                                         std::pair{"漢(ā)", ""}, std::pair{"\u1112", "\u11AB"}));

struct Flavour {
  const char* name;
  std::u32string_view pool;
};

// Picked to meet often: each pool is small, with the troublemakers of its kind.
constexpr Flavour kFlavours[] = {
    {"Ascii", U"abcXYZ019 _-()\n\t.'"},
    {"Chinese", U"中华人民共和国發區著爲裏⻓⽉〇々，。、（）　０Ａ\uF900\u200B"},
    {"Mixed", U"aB1 中發がハ한é½㎏㍿Ⅷ①ﬁŉ₂ǅß.İ\u0301\u200D"},
    {"Greek", U"ΣΣσςαΑάϹϲ𝚺ΐ.'’ ·\u0301\u0345\u00AD\u0308a中\u0903"},
    {"Jamo", U"\u1100\u1112\u1161\u1175\u11A8\u11C2가각ㄱㅏﾡￂ\u115F\u1160a\u302E"},
    {"Marks",
     U"aeouAI漢か<=)( "
     U"\u0301\u0300\u0304\u0308\u0323\u0338\u0345\u3099\u309A\u0344\u0315\u20DD\uFE0F¨"},
    {"Kana", U"かガｶﾞﾟｰー\u3099\u309A゛゜はぱっゝヽヿ㌀"},
    {"Indic", U"हिन्दीक\u093C\u0958\u09C7\u09BE\u09D7\u0BC6\u0BBE\u0DD9\u0DCF\u0DCAभा। १"},
    {"Thai", U"ภาษาไทยที่นี่ำ\u0E49\u0EB3ກ\u0EC8ខ្មែរမြန်မာ๑ a"},
    {"Arabic", U"العربية\u064B\u0651\u0653\u0654آأﷺﻼ\u0640\u0600١,\u200Fa"},
    {"Format",
     U"a漢👩\u200D\u200B\uFE0F\u00AD\u2060\uFEFF\u034F\u180B\u115F\u3164\uFFA0\u0301Σ(ā)\U000E0100"},
    {"Pinyin", U"發区((()))（）aghfnmuüêɑɡāáǎàǖńḿề\u0304\u030C\u0308\u200B Ā⒜xx㈱"},
    {"Rare",
     U"\u1E9E\u01C4\u0149\uFB03\uFDFA\u0130\u1FB7\u1F88\u2126\u212B\U0001D15E\U0001D160\U00020000"
     U"\U0002F800\U000110BD\U0001F600\uE000\uFFFF\U0010FFFF\u2FF0"},
};

class RandomTexts : public testing::TestWithParam<Flavour> {};

std::u32string RandomText(std::u32string_view pool, std::mt19937& random) {
  std::u32string text;
  for (size_t n = 1 + random() % 24; n > 0; --n) text += pool[random() % pool.size()];
  return text;
}

TEST_P(RandomTexts, AgreeWithAllOptions) {
  std::mt19937 random(7);
  for (int i = 0; i < 1500; ++i) {
    const std::string text = Utf8(RandomText(GetParam().pool, random));
    for (unsigned bits = 0; bits < 16; ++bits) ASSERT_TRUE(Agrees(text, bits));
    ASSERT_TRUE(SameIds(text, static_cast<unsigned>(i) % 16)) << Hex(text);
  }
}

TEST_P(RandomTexts, AgreeWhenBytesAreBroken) {
  std::mt19937 random(8);
  for (int i = 0; i < 3000; ++i) {
    std::string text = Utf8(RandomText(GetParam().pool, random));
    for (int k = 0; k < 3; ++k) {
      const size_t place = random() % text.size();
      if (random() % 2) {
        text[place] = static_cast<char>(random());
      } else if (text.size() > 1) {
        text.erase(place, 1);
      }
    }
    ASSERT_TRUE(Agrees(text, static_cast<unsigned>(i) % 16));
  }
}

// A span cut out of a text and read alone gives the same token, where no neighbour changes it.
TEST_P(RandomTexts, SpansHoldTheirTokens) {
  const std::string name = GetParam().name;
  if (name == "Greek" || name == "Pinyin" || name == "Format") GTEST_SKIP() << "neighbours matter";
  std::mt19937 random(9);
  for (int i = 0; i < 1500; ++i) {
    const std::string text = Utf8(RandomText(GetParam().pool, random));
    TokenList tokens;
    TokenizerOf(15).Tokenize(text, Offsets::kBytes, &tokens);
    const auto texts = TokenizerOf(15).TokenTexts(text);
    for (size_t t = 0; t < texts.size(); ++t) {
      const auto [begin, end] = tokens.spans[t];
      const auto alone =
          TokenizerOf(15).TokenTexts(std::string_view(text).substr(begin, end - begin));
      // An expanded code point or a composed segment may belong to more than one token.
      std::string joined;
      for (const std::string& token : alone) joined += token + "|";
      ASSERT_NE(joined.find(texts[t]), std::string::npos)
          << Hex(text) << " token " << t << " " << joined;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Flavours, RandomTexts, testing::ValuesIn(kFlavours),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

// Runs that are longer than what vector code looks at together, ending anywhere in it.
TEST(RandomRuns, Agree) {
  constexpr std::u32string_view kPools[] = {U"中华人民共和国發區", U"中华。，（）", U"abcXYZ019",
                                            U"ab 12\n-(\"", U"aé漢か\u0301(ā)"};
  std::mt19937 random(12);
  for (int i = 0; i < 6000; ++i) {
    std::u32string runs;
    for (size_t n = 1 + random() % 8; n > 0; --n) {
      const std::u32string_view pool = kPools[random() % std::size(kPools)];
      for (size_t m = random() % 40; m > 0; --m) runs += pool[random() % pool.size()];
    }
    std::string text = Utf8(runs);
    if (!text.empty() && i % 4 == 0) text[random() % text.size()] = static_cast<char>(random());
    ASSERT_TRUE(Agrees(text, static_cast<unsigned>(i) % 16));
  }
}

TEST(RandomBytes, Agree) {
  std::mt19937 random(10);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (size_t n = random() % 12; n > 0; --n) {
      const auto kind = random() % 3;
      const auto byte = kind == 0   ? 0x80 + random() % 0x40
                        : kind == 1 ? 0xC0 + random() % 0x40
                                    : random();
      text += static_cast<char>(byte);
    }
    ASSERT_TRUE(Agrees(text, static_cast<unsigned>(i) % 16));
  }
}

// Any mark and any other, after any of a few bases, all the ways NFKC can join and reorder them.
TEST(PairsOfTails, Agree) {
  std::mt19937 random(11);
  std::vector<char32_t> tails;
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (u_getCombiningClass(static_cast<UChar32>(c)) != 0 || (c >= 0x1160 && c < 0x1200))
      tails.push_back(c);
  }
  constexpr std::u32string_view kBases = U"aEΣか漢가<) \u1100\u09C7\u0DD9½ŉ\u0344ΐ";
  for (int i = 0; i < 30000; ++i) {
    std::u32string text{kBases[random() % kBases.size()], tails[random() % tails.size()],
                        tails[random() % tails.size()], tails[random() % tails.size()],
                        kBases[random() % kBases.size()]};
    ASSERT_TRUE(Agrees(Utf8(text), static_cast<unsigned>(i) % 16));
  }
}

TEST(LongSegments, Agree) {
  std::mt19937 random(12);
  constexpr std::u32string_view kMarks = U"\u0301\u0323\u0308\u0304\u0345\u0315\u0344\u3099";
  for (int i = 0; i < 300; ++i) {
    std::u32string text = U"xe";
    for (size_t n = random() % 100; n > 0; --n) text += kMarks[random() % kMarks.size()];
    ASSERT_TRUE(Agrees(Utf8(text + U"y"), static_cast<unsigned>(i) % 16));
  }
}

// All words of up to four letters, and all that differ in two of sixteen places: neither the ids nor their low or high
// halves fall together more often than random numbers do (n^2 / 2^33 pairs for halves, three times the square root more).
TEST(WordIds, AreLikeRandomNumbers) {
  std::vector<std::string> words{""};
  for (size_t i = 0; i < words.size() && words[i].size() < 4; ++i) {
    for (char c = 'a'; c <= 'z'; ++c) words.push_back(words[i] + c);
  }
  words.erase(words.begin());
  for (size_t i = 0; i < 16; ++i) {
    for (size_t j = 0; j < i; ++j) {
      for (int k = 1; k < 26 * 26; ++k) {
        std::string word(16, 'a');
        word[i] = static_cast<char>('a' + k % 26);
        word[j] = static_cast<char>('a' + k / 26);
        if (k % 26 != 0 && k / 26 != 0) words.push_back(word);
      }
    }
  }
  std::vector<uint64_t> ids, low, high;
  for (const std::string& word : words) {
    ids.push_back(internal::IdOfWord(reinterpret_cast<const uint8_t*>(word.data()), word.size()));
    low.push_back(ids.back() & 0xFFFFFFFF);
    high.push_back(ids.back() >> 32);
  }
  const auto repeats = [](std::vector<uint64_t> values) {
    std::ranges::sort(values);
    return static_cast<double>(values.end() - std::unique(values.begin(), values.end()));
  };
  const double expected = std::pow(static_cast<double>(words.size()), 2) / std::pow(2.0, 33);
  EXPECT_EQ(repeats(ids), 0);
  EXPECT_NEAR(repeats(low), expected, 4 * std::sqrt(expected));
  EXPECT_NEAR(repeats(high), expected, 4 * std::sqrt(expected));
}

// Lengths at which vector code may stop and begin anew.
TEST(LongWords, AgreeAcrossTheBuffer) {
  std::mt19937 random(13);
  for (const size_t most : {512u, 1024u, 2048u, 4096u}) {
    for (size_t length = most - 40; length < most + 80; length += 1 + random() % 3) {
      std::string text(length, 'a');
      for (const char* tail :
           {"", " and some more", "é", "e\u0301", "漢", "\u0301", "𝐀\u0301Z", "½"}) {
        ASSERT_TRUE(Agrees(text + tail, 15));
        ASSERT_TRUE(SameIds(text + tail, 15)) << length << tail;
      }
    }
  }
}

// Pages of words of all lengths, with now and then something that only the slow path knows.
TEST(LongTexts, Agree) {
  constexpr std::u32string_view kBetween[] = {U" ",  U" ",  U" ", U", ", U". \n",
                                              U" “", U"— ", U"-", U"’"};
  constexpr std::u32string_view kRare = U"\u0301é漢ßİΣﬁ\u00AD中½";
  std::mt19937 random(14);
  for (int i = 0; i < 600; ++i) {
    const size_t longest = 1u << random() % 6;
    const size_t size = random() % 6000;
    std::u32string text;
    while (text.size() < size) {
      for (size_t n = 1 + random() % longest; n > 0; --n) text += U"aZx9"[random() % 4];
      if (random() % 200 == 0) text += kRare[random() % kRare.size()];
      text += kBetween[random() % std::size(kBetween)];
    }
    ASSERT_TRUE(Agrees(Utf8(text), static_cast<unsigned>(i) % 16));
    ASSERT_TRUE(SameIds(Utf8(text), static_cast<unsigned>(i) % 16));
  }
}

}  // namespace
}  // namespace refrain
