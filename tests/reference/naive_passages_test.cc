#include "reference/naive_passages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string_view>

namespace refrain {

// How a failing test prints them.
void PrintTo(const NaivePassage& p, std::ostream* out) {
  *out << p.a << ":" << p.a_begin << " = " << p.b << ":" << p.b_begin << " x " << p.tokens;
}
void PrintTo(const NaivePlace& p, std::ostream* out) {
  *out << p.text << ":[" << p.begin << ", " << p.end << ")";
}

namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A token a letter.
NaiveTexts TextsOf(std::initializer_list<std::string_view> texts) {
  NaiveTexts tokens;
  for (const std::string_view text : texts) tokens.emplace_back(text.begin(), text.end());
  return tokens;
}

TEST(NaivePassages, BetweenTexts) {
  const NaiveTexts texts = TextsOf({"xxabcdyy", "abcdz", "1abc2bcd3"});
  EXPECT_THAT(NaivePassages(texts, 3),
              ElementsAre(NaivePassage{0, 2, 1, 0, 4}, NaivePassage{0, 2, 2, 1, 3},
                          NaivePassage{0, 3, 2, 5, 3}, NaivePassage{1, 0, 2, 1, 3},
                          NaivePassage{1, 1, 2, 5, 3}));
  EXPECT_THAT(NaivePassages(texts, 4), ElementsAre(NaivePassage{0, 2, 1, 0, 4}));
  EXPECT_THAT(NaivePassages(texts, 5), IsEmpty());
}

TEST(NaivePassages, InsideOneText) {
  EXPECT_THAT(NaivePassages(TextsOf({"abc1abc2abc"}), 3),
              ElementsAre(NaivePassage{0, 0, 0, 4, 3}, NaivePassage{0, 0, 0, 8, 3},
                          NaivePassage{0, 4, 0, 8, 3}));
  EXPECT_THAT(NaivePassages(TextsOf({"aaaa"}), 2),
              ElementsAre(NaivePassage{0, 0, 0, 1, 3}, NaivePassage{0, 0, 0, 2, 2}));
  EXPECT_THAT(NaivePassages(TextsOf({"ababab"}), 3), ElementsAre(NaivePassage{0, 0, 0, 2, 4}));
}

TEST(NaivePassages, EqualTextsAndEmptyOnes) {
  EXPECT_THAT(NaivePassages(TextsOf({"abcd", "", "abcd"}), 1),
              ElementsAre(NaivePassage{0, 0, 2, 0, 4}));
  EXPECT_THAT(NaivePassages({}, 1), IsEmpty());
  EXPECT_THAT(Uncovered({}, 1, {}), IsEmpty());
}

TEST(Uncovered, NamesEachRunOnce) {
  const NaiveTexts texts = TextsOf({"xabcdy", "zabcd", "bcd"});
  EXPECT_THAT(Uncovered(texts, 3, {}),
              ElementsAre(NaivePlace{0, 1, 4}, NaivePlace{0, 2, 5}, NaivePlace{1, 1, 4},
                          NaivePlace{1, 2, 5}, NaivePlace{2, 0, 3}));
}

TEST(Uncovered, APlaceCoversWhatLiesInIt) {
  const NaiveTexts texts = TextsOf({"xabcdy", "zabcd", "bcd"});
  EXPECT_THAT(Uncovered(texts, 3, {{0, 1, 5}, {1, 0, 5}, {2, 0, 3}}), IsEmpty());
  // Two halves do not cover the run between them.
  EXPECT_THAT(Uncovered(texts, 4, {{0, 1, 3}, {0, 3, 5}, {1, 1, 5}}),
              ElementsAre(NaivePlace{0, 1, 5}));
  EXPECT_THAT(Uncovered(TextsOf({"abcx", "abcy"}), 3, {{0, 0, 3}}),
              ElementsAre(NaivePlace{1, 0, 3}));
}

TEST(Uncovered, RunsThatOverlapThemselves) {
  EXPECT_THAT(Uncovered(TextsOf({"aaa"}), 2, {}),
              ElementsAre(NaivePlace{0, 0, 2}, NaivePlace{0, 1, 3}));
  EXPECT_THAT(Uncovered(TextsOf({"aaa"}), 2, {{0, 0, 3}}), IsEmpty());
}

// Passages are what covers: nothing is left when their own places are given, something is when one
// of them is shortened by a token.
TEST(Uncovered, AgreesWithThePassages) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 100; ++round) {
    NaiveTexts texts(3);
    for (auto& text : texts) {
      for (int i = 0; i < 60; ++i) text.push_back(random() % 3);
    }
    std::vector<NaivePlace> places;
    for (const NaivePassage& p : NaivePassages(texts, 5)) {
      places.push_back({p.a, p.a_begin, p.a_begin + p.tokens});
      places.push_back({p.b, p.b_begin, p.b_begin + p.tokens});
    }
    EXPECT_THAT(Uncovered(texts, 5, places), IsEmpty());
    if (places.empty()) continue;
    EXPECT_FALSE(Uncovered(texts, 5, {places.begin() + 1, places.begin() + 2}).empty());
  }
}

}  // namespace
}  // namespace refrain
