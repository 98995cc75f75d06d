// Readable cases: what each kind of text becomes.
#include "refrain/text/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>

#include "refrain/io/utf8.h"

namespace refrain {
namespace {

std::string Joined(const std::vector<std::string>& texts) {
  std::string result;
  for (const std::string& text : texts) result += (result.empty() ? "" : "|") + text;
  return result;
}

struct Case {
  const char* text;
  const char* basic;
  const char* full;
};

constexpr Case kCases[] = {
    {"", "", ""},
    {" \r\n\t_-", "", ""},
    {"Hello, World", "hello|world", "hello|world"},
    {"ＷＴＯ第１０條 e-mail、5㎏ snake_case ½", "wto|第|10|條|e|mail|5kg|snake|case|1|2",
     "wto|第|10|条|e|mail|5kg|snake|case|1|2"},
    // Lower case that is longer, and the sigma that depends on its neighbours.
    {"İstanbul", "i̇stanbul", "i̇stanbul"},
    {"ΟΔΟΣ ΣΑΣ Σ ΑΣ.Β ΑΣ'Σ", "οδος|σας|σ|ασ|β|ασ|ς", "οδος|σας|σ|ασ|β|ασ|ς"},
    {"ΟΔΟΣ\u200BΑ", "οδοσ|α", "οδοσα"},
    // Composition across code points, also over what is dropped.
    {"cafe\u0301 x\u0301y", "café|x́y", "café|x́y"},
    {"e\u200D\u0301", "e", "é"},
    {"か\u3099き ｶﾞ", "が|き|ガ", "が|き|ガ"},
    {"\u1112\u1161\u11ABx 한글", "한|x|한|글", "한|x|한|글"},
    // Marks continue what they touch and begin nothing.
    {"漢\u0301字", "漢́|字", "汉́|字"},
    {" \u0301a ¨", "a", "a"},
    // Scripts.
    {"政府⽉作报告", "政|府|月|作|报|告", "政|府|月|作|报|告"},
    {"⻓城 ⻑江", "城|江", "长|城|长|江"},
    {"裏裡著爲臺", "裏|裡|著|爲|臺", "里|里|着|为|台"},
    {"ภาษาไทย", "ภ|า|ษ|า|ไ|ท|ย", "ภ|า|ษ|า|ไ|ท|ย"},
    {"ที่นี่", "ที่|นี่", "ที่|นี่"},
    {"हिन्दी भाषा", "हिन्दी|भाषा", "हिन्दी|भाषा"},
    // Format characters.
    {"政\u200B府 so\u00ADft \uFEFFx", "政|府|so|ft|x", "政|府|soft|x"},
    {"👩\u200D👩\u200D👧a👍🏽b", "a|b", "a|b"},
    // Pinyin.
    {"發(fā)展區(qū)", "發|fā|展|區|qū", "发|展|区"},
    {"發（ＦＡ\u0304）展", "發|fā|展", "发|展"},
    {"發(fa)展 x(fā)", "發|fa|展|x|fā", "发|fa|展|x|fā"},
    {"發(fā", "發|fā", "发|fā"},
    {"發()展", "發|展", "发|展"},
    {"發(fā)\u20DD展", "發|fā|展", "发|fā|展"},
    {"發(fā)(fā)", "發|fā|fā", "发|fā"},
    {"發(zhuāngggg)(zhuānggggg)", "發|zhuāngggg|zhuānggggg", "发|zhuāngggg|zhuānggggg"},
    {"發(mɑ\u0304)展", "發|mɑ̄|展", "发|展"},
    {"發（lǜ）展（lü）", "發|lǜ|展|lü", "发|展|lü"},
    {"發(fā）\u0301展", "發|fā|展", "发|fā|展"},
    {"發(fa\u0304）(fā", "發|fā|fā", "发|fā"},
    {"發(fā\u00AD)展", "發|fā|展", "发|展"},
    {"發(1ā)展(，ā)展", "發|1ā|展|ā|展", "发|1ā|展|ā|展"},
    {"發（(fā)）展(（fā)", "發|fā|展|fā", "发|fā|展|fā"},
};

class TokenizerCases : public testing::TestWithParam<Case> {};

TEST_P(TokenizerCases, Basic) {
  const Tokenizer tokenizer(NormalizeOptions::Basic());
  EXPECT_EQ(Joined(tokenizer.TokenTexts(GetParam().text)), GetParam().basic) << GetParam().text;
}

TEST_P(TokenizerCases, Full) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  EXPECT_EQ(Joined(tokenizer.TokenTexts(GetParam().text)), GetParam().full) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(All, TokenizerCases, testing::ValuesIn(kCases));

TokenList TokensOf(const Tokenizer& tokenizer, std::string_view text) {
  TokenList tokens;
  tokenizer.Tokenize(text, Offsets::kBytes, &tokens);
  return tokens;
}

TEST(Tokenizer, CountsBrokenSequencesAsUnicodeRecommends) {
  const Tokenizer tokenizer(NormalizeOptions::Basic());
  // Unicode 15, tables 3-8 to 3-11: overlong forms, surrogates, truncated sequences.
  EXPECT_EQ(TokensOf(tokenizer, "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82").broken_sequences, 8u);
  EXPECT_EQ(TokensOf(tokenizer, "\xED\xA0\x80\xED\xBF\xBF\xED\xAF").broken_sequences, 8u);
  EXPECT_EQ(TokensOf(tokenizer, "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF").broken_sequences, 4u);
  EXPECT_EQ(TokensOf(tokenizer,
                     "a\xE4\xB8"
                     "b\xE4\xB8")
                .broken_sequences,
            2u);
  EXPECT_THAT(tokenizer.TokenTexts("a\xE4\xB8"
                                   "b\xFF"),
              testing::ElementsAre("a", "b"));
}

// The parser of records leaves broken UTF-8 in a text to the tokenizer.
TEST(Tokenizer, BrokenTextHasTheTokensOfRepairedText) {
  constexpr const char* kPieces[] = {"word ",
                                     "Caf\xC3\xA9",
                                     "\xCC\x81",
                                     "\xE4\xB8\xAD",
                                     "\xE6\x96\x87(f\xC4\x81)",
                                     "\xE1\x84\x92",
                                     "\xE4\xB8",
                                     "\xC3",
                                     "\x80",
                                     "\xFF",
                                     "\xF0\x9F\x98",
                                     "\xED\xA0\x80",
                                     "\xC5\x84",
                                     " ",
                                     "\xE3\x80\x82"};
  std::mt19937 random(1);
  for (const NormalizeOptions options : {NormalizeOptions::Basic(), NormalizeOptions::Full()}) {
    const Tokenizer tokenizer(options);
    for (int i = 0; i < 5000; ++i) {
      std::string text, repaired;
      for (size_t n = random() % 60; n > 0; --n) text += kPieces[random() % std::size(kPieces)];
      const uint64_t replaced = AppendRepairedUtf8(text, &repaired);
      const TokenList tokens = TokensOf(tokenizer, text);
      ASSERT_EQ(tokens.ids, TokensOf(tokenizer, repaired).ids) << repaired;
      ASSERT_EQ(tokens.broken_sequences, replaced) << repaired;
    }
  }
}

TEST(Tokenizer, ReusedListIsCleared) {
  const Tokenizer tokenizer(NormalizeOptions::Basic());
  TokenList tokens;
  tokenizer.Tokenize("a b \xFF", Offsets::kBytes, &tokens);
  tokenizer.Tokenize("c", Offsets::kNone, &tokens);
  EXPECT_EQ(tokens.ids.size(), 1u);
  EXPECT_TRUE(tokens.spans.empty());
  EXPECT_EQ(tokens.broken_sequences, 0u);
}

std::string SpansOf(std::string_view text) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  std::string result;
  for (const TokenSpan& span : TokensOf(tokenizer, text).spans) {
    result.append(std::to_string(span.begin))
        .append("-")
        .append(std::to_string(span.end))
        .append(" ");
  }
  return result;
}

TEST(Tokenizer, SpansAreOfRawBytes) {
  EXPECT_EQ(SpansOf("ab, 中文。c"), "0-2 4-7 7-10 13-14 ");
  EXPECT_EQ(SpansOf("５㎏"), "0-6 ");
  EXPECT_EQ(SpansOf("a½b"), "0-3 1-4 ");  // a1, 2b: both begin or end in the fraction
  EXPECT_EQ(SpansOf("e\u0301x"), "0-4 ");
  EXPECT_EQ(SpansOf("か\u3099き"), "0-6 6-9 ");
  EXPECT_EQ(SpansOf("\u200Bso\u00ADft\u200B x"), "3-9 13-14 ");  // format characters inside only
  EXPECT_EQ(SpansOf("發(fā)展"), "0-3 8-11 ");
  EXPECT_EQ(SpansOf("a\u1100\u1161"), "0-1 1-7 ");  // the jamo were a letter of the word at first
  EXPECT_EQ(SpansOf("a\u200B\u1100\u1161"), "0-1 4-10 ");
  EXPECT_EQ(SpansOf("a b\xFF"
                    "c"),
            "0-1 2-3 4-5 ");
}

std::string Repeated(std::string_view text, size_t times) {
  std::string result;
  for (size_t i = 0; i < times; ++i) result += text;
  return result;
}

// Each of these was, or would be, quadratic or a stack or memory hog if done plainly.
TEST(Tokenizer, AbsurdTextsTakeLinearTime) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  const auto count = [&](const std::string& text) { return TokensOf(tokenizer, text).ids.size(); };
  constexpr size_t kMany = 1000000;
  EXPECT_EQ(count(std::string(20 * kMany, 'W')), 1u);
  EXPECT_EQ(count(Repeated("e\u0301\u0323", 1) + Repeated("\u0301\u0323", kMany)),
            1u);  // beyond the longest segment
  EXPECT_EQ(count(Repeated("Σ\u0301", kMany)), 1u);
  EXPECT_EQ(count(Repeated("Σ", 1) + Repeated(".", kMany) + "Σ"), 2u);
  EXPECT_EQ(count(Repeated("漢(", kMany)), kMany);
  EXPECT_EQ(count(Repeated("漢(", 1) + Repeated("\u200B", kMany) + "ā)"), 1u);
  EXPECT_EQ(count(Repeated("a\u200B", kMany) + "\u0301"), 1u);
  EXPECT_EQ(count(Repeated("\uFDFA", kMany / 10)), 3 * kMany / 10 + 1);
  EXPECT_EQ(count(Repeated("\xFF", kMany)), 0u);
}

// Ids are written into signatures and indexes: these numbers may never change.
TEST(Tokenizer, IdsAreForEver) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  const std::string text = "the 2024 中 發 ガ 漢\u0301 café straße " + std::string(600, 'x');
  EXPECT_THAT(
      TokensOf(tokenizer, text).ids,
      testing::ElementsAre(3701637573820847380u, 3996771337301993478u, 17090931636619524800u,
                           5190712542109432931u, 2409419983315435252u, 8159704782095035067u,
                           16094812826226109473u, 15122583362021417836u, 5825070343819216069u));
}

TEST(Tokenizer, EqualTokensHaveEqualIdsWhicheverPathMadeThem) {
  const Tokenizer tokenizer(NormalizeOptions::Full());
  const auto id = [&](std::string_view text) {
    const TokenList tokens = TokensOf(tokenizer, text);
    return tokens.ids.size() == 1 ? tokens.ids[0] : 0;
  };
  EXPECT_EQ(id("café"), id("cafe\u0301"));
  EXPECT_EQ(id("が"), id("か\u3099"));
  EXPECT_EQ(id("漢"), id("汉"));
  EXPECT_EQ(id("漢"), id("汉\u200B"));
  EXPECT_EQ(id("ＡＢＣ"), id("abc"));
}

}  // namespace
}  // namespace refrain
