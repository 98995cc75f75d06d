// Alignment, passages and refrains on small texts; one token a letter.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "refrain/passage/alignment.h"
#include "support/passage_run.h"

namespace refrain {
namespace {

using testing::PassageRun;
using testing::TokensOf;

constexpr char kSpeech[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:-_+*#'~@<>|()[]{}=?!%&$";

std::string Forward(const char* x, const char* y) {
  Aligner aligner(2);
  std::vector<Block> blocks;
  aligner.Forward(TokensOf(x), TokensOf(y), {.gained = 100}, &blocks);
  return DebugString(blocks);
}

std::string Backward(const char* x, const char* y) {
  Aligner aligner(2);
  std::vector<Block> blocks;
  aligner.Backward(TokensOf(x), TokensOf(y), {.gained = 100}, &blocks);
  return DebugString(blocks);
}

TEST(Aligner, FollowsThroughEdits) {
  EXPECT_EQ(Forward("abcdefgh", "abcdefgh"), "0~0+8");
  EXPECT_EQ(Forward("abcdXefgh", "abcdYefgh"), "0~0+4 5~5+4");    // replaced
  EXPECT_EQ(Forward("abcdefgh", "abcdYefgh"), "0~0+4 4~5+4");     // put in
  EXPECT_EQ(Forward("abcdXYefghi", "abcdefghi"), "0~0+4 6~4+5");  // left out
  EXPECT_EQ(Forward("Xabcd", "Yabcd"), "1~1+4");                  // at once
  EXPECT_EQ(Backward("abcdXefgh", "abcdYefgh"), "0~0+4 5~5+4");
  EXPECT_EQ(Backward("abcdefgh", "abcdYefgh"), "0~0+4 4~5+4");
}

TEST(Aligner, EndsWhereNothingIsGained) {
  EXPECT_EQ(Forward("abcdXYZ", "abcd123"), "0~0+4");
  EXPECT_EQ(Forward("abcdXe", "abcdYe"), "0~0+4");  // one equal token does not make up for an edit
  EXPECT_EQ(Forward("XYZ", "123"), "");
  EXPECT_EQ(Forward("", "123"), "");
}

TEST(Aligner, LongTextWithManyEditsIsFollowedToItsEnd) {
  std::vector<uint64_t> x;
  std::vector<uint64_t> y;
  size_t equal = 0;
  for (uint64_t i = 0; i < 100'000; ++i) {
    x.push_back(SplitMix64(1, i));
    const uint64_t dice = SplitMix64(2, i) % 40;
    if (dice == 0) y.push_back(i);
    if (dice <= 1) y.push_back(SplitMix64(3, i));
    if (dice > 2) y.push_back(x.back());
    equal += dice > 2;
  }
  Aligner aligner(2);
  std::vector<Block> blocks;
  aligner.Forward(x, y, {.gained = 100}, &blocks);
  size_t found = 0;
  for (const Block& block : blocks) {
    found += block.length;
    for (uint32_t i = 0; i < block.length; ++i) ASSERT_EQ(x[block.a + i], y[block.b + i]);
  }
  EXPECT_GT(found, equal - equal / 200);  // it is greedy, not perfect
}

TEST(Aligner, PrefixAndSuffixAtAllLengths) {
  for (size_t n = 0; n < 40; ++n) {
    for (size_t at = 0; at <= n; ++at) {
      std::vector<uint64_t> x(n, 5);
      std::vector<uint64_t> y(n + 3, 5);
      if (at < n) x[at] = 6;
      ASSERT_EQ(EqualPrefix(x, y), at);
      ASSERT_EQ(EqualSuffix(x, y), at < n ? n - at - 1 : n);
    }
  }
}

TEST(Passages, SmallEditsDoNotBreakAPage) {
  std::string edited = kSpeech;
  edited.erase(40, 1);
  edited[20] = '1';
  edited.insert(size_t{60}, size_t{1}, '7');
  const PassageRun found({TokensOf(kSpeech), TokensOf(edited)}, {});
  EXPECT_EQ(DebugString(found.passages), "0:0-89~1:0-89(87/90)");
}

TEST(Passages, AGapOfTwentyTokensIsBridgedAndALongerOneIsNot) {
  std::string other;
  for (int i = 0; i < 21; ++i) other += static_cast<char>(128 + i);
  for (const size_t gap : {20u, 21u}) {
    std::string text = kSpeech;
    text.insert(45, other.substr(0, gap));
    const PassageRun found({TokensOf(kSpeech), TokensOf(text)}, {});
    EXPECT_EQ(found.passages.size(), gap == 20 ? 1u : 2u) << DebugString(found.passages);
  }
}

TEST(Passages, SwappedParagraphsAreTwo) {
  const std::string first = std::string(kSpeech).substr(0, 40);
  const std::string second = std::string(kSpeech).substr(40, 40);
  const PassageRun found({TokensOf(first + second), TokensOf(second + first)}, {});
  EXPECT_EQ(DebugString(found.passages), "0:0-40~1:40-80(40/40) 0:40-80~1:0-40(40/40)");
}

TEST(Passages, ShorterThanTheLengthAreNone) {
  const std::string run = std::string(kSpeech).substr(0, 14);
  const testing::TokenTexts texts{TokensOf(absl::StrCat("!", run, "?")),
                                  TokensOf(absl::StrCat("(", run, ")"))};
  EXPECT_EQ(PassageRun(texts, {.length = 14}).passages.size(), 1u);
  EXPECT_EQ(PassageRun(texts, {.length = 15}).passages.size(), 0u);
}

// 35 equal tokens where the score is best; four more within the identity wanted make it long enough.
TEST(Passages, AreStretchedToTheLengthIfTheIdentityAllows) {
  const std::string x = absl::StrCat(std::string(kSpeech).substr(0, 35), "@@@xyzx");
  const std::string y = absl::StrCat(std::string(kSpeech).substr(0, 35), "###xyzx");
  const testing::TokenTexts texts{TokensOf(x), TokensOf(y)};
  EXPECT_EQ(DebugString(PassageRun(texts, {.length = 39}).passages), "0:0-42~1:0-42(39/42)");
  EXPECT_EQ(DebugString(PassageRun(texts, {.length = 35}).passages), "0:0-35~1:0-35(35/35)");
  EXPECT_EQ(PassageRun(texts, {.length = 39, .identity = 0.95}).passages.size(), 0u);
}

// What is beyond a gap of two tokens has to be six times as long.
TEST(Passages, ATitleNearByIsNotPartOfTheSpeech) {
  const std::string body = kSpeech;
  const testing::TokenTexts short_title{TokensOf(absl::StrCat("ABCDEFGHIJ", body)),
                                        TokensOf(absl::StrCat("ABCDEFGHIJ//", body))};
  EXPECT_EQ(DebugString(PassageRun(short_title, {}).passages), "0:10-99~1:12-101(89/89)");
  const testing::TokenTexts long_title{TokensOf(absl::StrCat("ABCDEFGHIJKL", body)),
                                       TokensOf(absl::StrCat("ABCDEFGHIJKL//", body))};
  EXPECT_EQ(DebugString(PassageRun(long_title, {}).passages), "0:0-101~1:0-103(101/103)");
}

TEST(Refrains, TextThatFollowsItselfIsOnePlaceWithAPeriod) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += "abcde";
  const PassageRun found({TokensOf(absl::StrCat("12345678", text, "87654321"))}, {});
  EXPECT_EQ(found.refrains.DebugString(), "1: 50 tokens 0:8-58/5\n");
}

// 89 in two places; 40 of them in a third.
TEST(Refrains, AShorterTextInsideALongerOneIsARefrainOfItsOwn) {
  const std::string part = std::string(kSpeech).substr(10, 40);
  const PassageRun found({TokensOf(absl::StrCat("\x81\x82", kSpeech, "\x83")),
                          TokensOf(absl::StrCat("\x84", kSpeech, "\x85\x86\x87\x88", part))},
                         {});
  EXPECT_EQ(found.refrains.DebugString(),
            "1: 89 tokens 0:2-91 1:1-90\n"
            "2: 40 tokens inside 1 0:12-52 1:11-51 1:94-134\n");
}

TEST(Refrains, SidesThatDifferAreTwoPlaces) {
  const std::string speech = kSpeech;
  const PassageRun found(
      {TokensOf(speech), TokensOf(absl::StrCat("\x81", speech.substr(0, 86), "\x82\x83")),
       TokensOf(absl::StrCat("\x84", speech.substr(5), "\x85\x86"))},
      {});
  EXPECT_EQ(found.refrains.DebugString(),
            "1: 86 tokens 0:0-86 1:1-87\n"
            "2: 84 tokens 0:5-89 2:1-85\n"
            "3: 81 tokens inside 2 1:6-87 2:1-82\n");
}

}  // namespace
}  // namespace refrain
