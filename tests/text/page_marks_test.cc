#include "refrain/text/page_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace refrain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The marks as texts; they must be sorted, disjoint and within the text.
std::vector<std::string> MarksOf(const std::string& text) {
  std::vector<std::string> marks;
  uint64_t last = 0;
  for (const TokenSpan& mark : FindPageMarks(text)) {
    EXPECT_LE(last, mark.begin);
    EXPECT_LT(mark.begin, mark.end);
    EXPECT_LE(mark.end, text.size());
    marks.push_back(text.substr(mark.begin, mark.end - mark.begin));
    last = mark.end;
  }
  return marks;
}

const std::string kLong = [] {
  std::string text;
  for (int i = 0; i < 6; ++i)
    text += "水库除险加固工程进展顺利，乡村道路又新修了许多公里，群众出行更加方便，";
  return text;
}();

TEST(FindPageMarks, LinesOfTheirOwn) {
  for (const std::string mark :
       {"第 2 页", "第2頁", "第十二页", "第 2 页 共 15 页", "第2页/共15页", "共15页",
        "共 15 頁，第 2 頁", "（第 2 页）", "[OCR 第 2 页]", "【OCR 第２页】", "[ 第 2 页 ]",
        "- 12 -", "－１２－", "— 3 —", "——3——", "Page 2 of 15", "page 7",
        "https://www.example.org/a?b=1 1/15"}) {
    EXPECT_THAT(MarksOf("大坝\n" + mark + "\n水库\n"), ElementsAre(mark));
    EXPECT_THAT(MarksOf("大坝\n\t" + mark + "　\r\n水库\n"), ElementsAre(mark)) << mark;
    EXPECT_THAT(MarksOf(mark), ElementsAre(mark));
  }
}

TEST(FindPageMarks, InsideLines) {
  EXPECT_THAT(MarksOf("修好[OCR 第 2 页]水库，【第3页】再修路"),
              ElementsAre("[OCR 第 2 页]", "【第3页】"));
  EXPECT_THAT(MarksOf("修好 第 2 页 共 15 页 水库"), ElementsAre("第 2 页 共 15 页"));
  EXPECT_THAT(MarksOf("修好 2026/3/23 21:07 水库工作报告 https://www.example.org/x.htm 1/15 水库"),
              ElementsAre("2026/3/23 21:07 水库工作报告 https://www.example.org/x.htm 1/15"));
  EXPECT_THAT(MarksOf("修好\f水库\n\f\n"), ElementsAre("\f", "\f"));
}

TEST(FindPageMarks, PrintHeadersNeedAFooterAndAnotherPage) {
  const std::string header = "2026/3/23 21:07 水库工作报告_水利网";
  const std::string page = header + "\n大坝，\nhttps://www.example.org/x.htm ";
  EXPECT_THAT(MarksOf(page + "1/2\n" + page + "2/2\n"),
              ElementsAre(header, "https://www.example.org/x.htm 1/2", header,
                          "https://www.example.org/x.htm 2/2"));
  EXPECT_THAT(MarksOf(header + "\n大坝\n"), IsEmpty());
  EXPECT_THAT(MarksOf(header + "\n大坝\n" + header + "\n"), IsEmpty());
}

TEST(FindPageMarks, NumberedPagesAreCutInsideSentences) {
  const std::string pages =
      "1、" + kLong + "并\n2、" + kLong + "又\n３、" + kLong + "。\n4、" + kLong + "。\n";
  EXPECT_THAT(MarksOf("网页\n" + pages), ElementsAre("1、", "2、", "３、", "4、"));
}

TEST(FindPageMarks, NumberedItemsStay) {
  const std::string items = "1、" + kLong + "好。\n2、" + kLong + "好。\n3、" + kLong + "好。\n";
  EXPECT_THAT(MarksOf(items), IsEmpty());
  EXPECT_THAT(MarksOf("1、修水库\n2、修路\n3、春耕\n4、防汛\n"), IsEmpty());
  EXPECT_THAT(MarksOf("1、" + kLong + "并\n2、" + kLong + "又\n"), IsEmpty());  // two may be chance
  EXPECT_THAT(MarksOf("1、" + kLong + "并\n3、" + kLong + "又\n5、" + kLong + "再\n"), IsEmpty());
}

TEST(FindPageMarks, BareNumbersThatCountUp) {
  EXPECT_THAT(MarksOf(kLong + "并\n7\n" + kLong + "又\n\n8\n" + kLong + "再\n9\n"),
              ElementsAre("7", "8", "9"));
  EXPECT_THAT(MarksOf("1\n" + kLong + "好。\n2\n" + kLong + "好。\n3\n" + kLong),
              IsEmpty());  // chapters
  EXPECT_THAT(MarksOf("1\n2\n3\n4\n"), IsEmpty());
  EXPECT_THAT(MarksOf(kLong + "[\n1\n]\n" + kLong + "[\n2\n]\n" + kLong + "[\n3\n]\n"), IsEmpty());
}

TEST(FindPageMarks, TextStays) {
  for (const std::string text :
       {"见第2页的表", "全书共15页", "（第2页）的表", "1/15的农户", "2026/3/23 21:07 开会",
        "第二、修路", "[2]", "【水库】", "12", "- 12 人 -", "见 https://www.example.org/ 与 1/15",
        "第一篇", "2026/3/23", "", "\n\n"}) {
    EXPECT_THAT(MarksOf(text), IsEmpty()) << text;
  }
}

TEST(FindPageMarks, RandomTextsGiveSortedDisjointMarks) {
  const std::vector<std::string> parts = {"[",
                                          "OCR ",
                                          "第",
                                          " 2 ",
                                          "页",
                                          "]",
                                          "共",
                                          "15",
                                          "/",
                                          "- ",
                                          "\f",
                                          "\n",
                                          "2026/3/23 21:07 ",
                                          "https://www.example.org/ ",
                                          "1/2",
                                          "3、",
                                          "水库，",
                                          "\xe7\xac",
                                          "　",
                                          "【",
                                          "】",
                                          kLong,
                                          "4\n",
                                          "5\n"};
  std::mt19937_64 random(1);
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (uint64_t i = random() % 40; i > 0; --i) text += parts[random() % parts.size()];
    MarksOf(text);
  }
}

TEST(FindPageMarks, AnyBytes) {
  MarksOf("\xff[\xe7\xac");
  MarksOf("\xe7\xac\xac");
  MarksOf("[OCR 第");
  MarksOf(std::string(100'000, '['));
  MarksOf(std::string(1'000'000, '1'));
  EXPECT_EQ(MarksOf(std::string(100'000, '\f')).size(), 100'000u);
}

}  // namespace
}  // namespace refrain
