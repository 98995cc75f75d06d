#include "refrain/text/units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

namespace refrain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<uint64_t> LinesOf(const std::vector<Unit>& units) {
  std::vector<uint64_t> lines;
  for (const Unit& unit : units) lines.push_back(unit.line_begin);
  return lines;
}

std::vector<std::string> TitlesOf(const std::vector<Unit>& units) {
  std::vector<std::string> titles;
  for (const Unit& unit : units) titles.push_back(unit.title);
  return titles;
}

std::vector<uint64_t> AutoLines(std::string_view text) {
  return LinesOf(SplitUnits(text, SplitMode::kAuto));
}

// Units cover the text in order, begin at line begins, and their lines are those of their bytes.
void ExpectCover(std::string_view text, const std::vector<Unit>& units) {
  uint64_t begin = 0, line = 1;
  for (const Unit& unit : units) {
    ASSERT_EQ(unit.begin, begin);
    ASSERT_EQ(unit.line_begin, line);
    ASSERT_LT(unit.begin, unit.end);
    ASSERT_LE(unit.end, text.size());
    ASSERT_TRUE(unit.begin == 0 || text[unit.begin - 1] == '\n');
    const std::string_view part = text.substr(unit.begin, unit.end - unit.begin);
    line += static_cast<uint64_t>(std::count(part.begin(), part.end(), '\n'));
    line += part.back() != '\n';
    ASSERT_EQ(unit.line_end, line);
    begin = unit.end;
  }
  EXPECT_EQ(begin, text.size());
}

const std::string kBody =
    "今年以来，全市上下齐心协力，春耕备耕进展顺利，水库除险加固工程全部完工，乡村道路又新修了一百二"
    "十公里。\n";

TEST(SplitUnits, NoneAndLine) {
  EXPECT_THAT(SplitUnits("", SplitMode::kNone), IsEmpty());
  EXPECT_THAT(SplitUnits("", SplitMode::kLine), IsEmpty());
  EXPECT_THAT(SplitUnits("", SplitMode::kAuto), IsEmpty());

  const std::string text = "\n\none\n \ntwo\r\n\nthree";
  const std::vector<Unit> whole = SplitUnits(text, SplitMode::kNone);
  ExpectCover(text, whole);
  EXPECT_EQ(whole.size(), 1u);
  EXPECT_EQ(whole[0].line_end, 8u);

  const std::vector<Unit> lines = SplitUnits(text, SplitMode::kLine);
  ExpectCover(text, lines);
  EXPECT_THAT(LinesOf(lines), ElementsAre(1, 5, 7));
  EXPECT_EQ(lines[1].begin, 8u);
  EXPECT_EQ(SplitUnits("\n \n", SplitMode::kLine).size(), 1u);
}

TEST(SplitUnits, ASpeechIsOneUnitWithItsTitle) {
  const std::string text = "在全市春耕动员会上的讲话\n同志们：\n" + kBody + "一、抓好农资供应\n" +
                           kBody + "（二）管好用水\n" + kBody;
  const std::vector<Unit> units = SplitUnits(text, SplitMode::kAuto);
  ExpectCover(text, units);
  EXPECT_THAT(TitlesOf(units), ElementsAre("在全市春耕动员会上的讲话"));
}

TEST(SplitUnits, CompilationWithPreamble) {
  const std::string text =
      "春耕动员会讲话（精选3篇）\n\n本文由网友整理，供大家参考，欢迎收藏本站，更多内容请看下面的正"
      "文部分。\n\n"
      "春耕动员会上的讲话\n\n同志们：\n\n" +
      kBody + "\n" + "全市春耕现场会致辞\n\n各位来宾：\n\n" + kBody + "\n" +
      "防汛工作会议上讲话稿\n\n" + kBody;
  const std::vector<Unit> units = SplitUnits(text, SplitMode::kAuto);
  ExpectCover(text, units);
  EXPECT_THAT(LinesOf(units), ElementsAre(1, 5, 11, 17));
  EXPECT_EQ(units[3].title, "防汛工作会议上讲话稿");
}

TEST(SplitUnits, PartNumbersInBothScripts) {
  EXPECT_THAT(AutoLines("防汛會議上的講話篇1\n同志們:\n" + kBody + "防汛會議上的講話篇2\n" + kBody),
              ElementsAre(1, 4));
  EXPECT_THAT(AutoLines("第一篇：防汛动员\n" + kBody + "第二篇：春耕动员\n" + kBody),
              ElementsAre(1, 3));
  EXPECT_THAT(AutoLines("【篇一】\n" + kBody + "【篇二】\n" + kBody + "篇三：\n" + kBody),
              ElementsAre(1, 3, 5));
}

TEST(SplitUnits, ThroughPinyinWideLettersAndDoubledHeadings) {
  EXPECT_THAT(AutoLines(kBody + "防汛工作會(huì)議上的講(jiǎng)話\r\n同志們：\r\n" + kBody),
              ElementsAre(1, 2));
  const std::string wide =
      "水　库　工　作　报　告水　库　工　作　报　告\n（2011年3月5日）\n各位代表：\n";
  EXPECT_THAT(AutoLines(kBody + wide + kBody), ElementsAre(1, 2));
}

TEST(SplitUnits, SectionsAndSentencesAreNoHeadings) {
  EXPECT_THAT(AutoLines("一、水库工作报告\n" + kBody + "三、关于防汛的讲话\n" + kBody),
              ElementsAre(1));
  EXPECT_THAT(AutoLines(kBody + "认真学习市长重要讲话\n" + kBody), ElementsAre(1));
  EXPECT_THAT(AutoLines(kBody + "下面请水利局长发言。\n" + kBody), ElementsAre(1));
  EXPECT_THAT(AutoLines(kBody + "同志们：\n" + kBody), ElementsAre(1));
  EXPECT_THAT(AutoLines(kBody + "结束语\n\n各位代表：\n" + kBody), ElementsAre(1));
}

// Links in a web page stand on lines of their own, in the middle of a sentence.
TEST(SplitUnits, BrokenSentencesAreNoHeadings) {
  EXPECT_THAT(AutoLines(kBody + "大会听取了\n关于水库建设的报告\n，并进行了讨论。\n" + kBody),
              ElementsAre(1));
  EXPECT_THAT(AutoLines(kBody + "他在昨天\n春耕动员会上的讲话\n中提出三点要求。\n" + kBody),
              ElementsAre(1));
}

TEST(SplitUnits, TitleOfSeveralLines) {
  const std::string title =
      "齐心协力修水库\n\n——在全市水利大会上的报告\n\n（2011年3月5日）\n\n王某某\n\n同志们：\n\n";
  const std::vector<Unit> units = SplitUnits(kBody + "\n" + title + kBody, SplitMode::kAuto);
  EXPECT_THAT(TitlesOf(units), ElementsAre("", "齐心协力修水库"));
}

TEST(SplitUnits, AListOfHeadingsIsNoListOfSpeeches) {
  const std::string list = "春耕动员会上的讲话\n防汛会议上的讲话\n水利大会致辞\n";
  const std::string text = list + "春耕动员会上的讲话\n" + kBody + "防汛会议上的讲话\n" + kBody;
  EXPECT_THAT(AutoLines(text), ElementsAre(1, 4, 6));

  const std::string numbered = "目录\n1. 春耕动员会上的讲话\n2. 防汛会议上的讲话\n\n";
  EXPECT_THAT(AutoLines(numbered + "春耕动员会上的讲话\n" + kBody + "防汛会议上的讲话\n" + kBody),
              ElementsAre(1, 5, 7));
  EXPECT_THAT(AutoLines(numbered + kBody + "防汛会议上的讲话\n" + kBody), ElementsAre(1, 6));
}

TEST(SplitUnits, WhatStandsAboveAHeading) {
  EXPECT_THAT(AutoLines(kBody + "责任编辑：王某某\n春耕动员会上的讲话\n" + kBody),
              ElementsAre(1, 3));
  EXPECT_THAT(AutoLines(kBody + "\n王某某\n春　耕　会　议　上　的　讲　话\n" + kBody),
              ElementsAre(1, 4));
}

TEST(SplitUnits, FormFeedsAndMarksDoNotHideAHeading) {
  EXPECT_THAT(AutoLines(kBody + "\f春耕动员会上的讲话\n同志们：\n" + kBody), ElementsAre(1, 2));
  EXPECT_THAT(AutoLines(kBody + "防汛会议上的讲话\n- 3 -\n同志们：\n" + kBody), ElementsAre(1, 2));
}

TEST(SplitUnits, English) {
  const std::string body =
      "It is a great pleasure to be here today, and I would like to thank all those who made it "
      "possible to meet.\n";
  EXPECT_THAT(AutoLines("Remarks at the opening of the dam\n\nLadies and gentlemen,\n\n" + body +
                        "\nAddress to the farmers' assembly\n\nDear friends,\n\n" + body),
              ElementsAre(1, 7));
  EXPECT_THAT(AutoLines(body + "Part 2\n" + body + "Address 1\n" + body), ElementsAre(1));
}

TEST(SplitUnits, AnyBytesAreCovered) {
  for (const std::string& text :
       {std::string("\n"), std::string("\xff\xfe\n讲话\n\x80"), std::string("讲话"),
        std::string("\0\n讲话\n", 10), std::string("\xEF\xBB\xBF讲话\r\n\r\n\r\n")}) {
    for (const SplitMode mode : {SplitMode::kNone, SplitMode::kAuto, SplitMode::kLine})
      ExpectCover(text, SplitUnits(text, mode));
  }
}

// Lines of all kinds in random order, some of them broken.
TEST(SplitUnits, RandomTextsAreCovered) {
  const std::vector<std::string> lines = {kBody,          "春耕动员会上的讲话",
                                          "第三篇：防汛", "——在大会上的报告",
                                          "1. 春耕讲话",  "目录",
                                          "同志们：",     "（2011年3月5日）",
                                          "\f",           "- 3 -",
                                          "　",           "",
                                          "讲话",         "Remarks at the dam",
                                          "\xe8\xae",     "篇2",
                                          "责任编辑：王"};
  std::mt19937_64 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (uint64_t i = random() % 12; i > 0; --i) {
      std::string line = lines[random() % lines.size()];
      if (random() % 8 == 0) line.resize(random() % (line.size() + 1));
      text += line + (random() % 9 == 0 ? "\r\n" : random() % 20 == 0 ? "" : "\n");
    }
    ExpectCover(text, SplitUnits(text, SplitMode::kAuto));
    ExpectCover(text, SplitUnits(text, SplitMode::kLine));
  }
}

TEST(SplitUnits, HugeTextsTakeLinearTime) {
  std::string headings, dashes;
  for (int i = 0; i < 100'000; ++i) {
    headings += "讲话\n";
    dashes += "——讲话\n";
  }
  EXPECT_EQ(SplitUnits(headings, SplitMode::kAuto).size(), 2u);
  EXPECT_EQ(SplitUnits(dashes, SplitMode::kAuto).size(), 2u);
  EXPECT_EQ(SplitUnits(std::string(20'000'000, '\n'), SplitMode::kAuto).size(), 1u);
  EXPECT_EQ(SplitUnits(std::string(20'000'000, 'x'), SplitMode::kAuto).size(), 1u);
}

// ---------------------------------------------------------------------------------- real texts

struct Expected {
  const char* prefix;
  std::set<uint64_t> headings;  // lines, without those that begin the file
  std::set<uint64_t> optional;
};

const Expected kExpected[] = {
    {"000", {}, {}},
    {"001", {3, 30}, {}},
    {"002", {}, {7}},
    {"003", {}, {}},
    {"004",
     {7, 55, 99, 131, 169, 293, 345, 521, 647, 681, 729, 747, 791, 825, 899, 1081, 1101},
     {223, 399}},
};

std::string ReadPrefixed(const std::filesystem::path& folder, const std::string& prefix) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.path().filename().string().starts_with(prefix)) continue;
    std::stringstream stream;
    stream << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    return stream.str();
  }
  return "";
}

TEST(SplitUnits, HeadingsOfRealCompilations) {
  const std::filesystem::path folder = std::filesystem::path(REFRAIN_SHARED_DIR) / "seeds";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  size_t found = 0, right = 0, wanted = 0;
  for (const Expected& expected : kExpected) {
    const std::string text = ReadPrefixed(folder, expected.prefix);
    ASSERT_FALSE(text.empty()) << expected.prefix;
    const std::vector<Unit> units = SplitUnits(text, SplitMode::kAuto);
    ExpectCover(text, units);
    wanted += expected.headings.size();
    for (const uint64_t line : LinesOf(units)) {
      if (line == 1 || expected.optional.contains(line)) continue;
      ++found;
      right += expected.headings.contains(line);
      EXPECT_TRUE(expected.headings.contains(line)) << expected.prefix << " line " << line;
    }
  }
  RecordProperty("headings_wanted", static_cast<int>(wanted));
  RecordProperty("headings_found", static_cast<int>(found));
  EXPECT_EQ(right, wanted);  // recall 1
  EXPECT_EQ(found, wanted);  // precision 1
}

}  // namespace
}  // namespace refrain
