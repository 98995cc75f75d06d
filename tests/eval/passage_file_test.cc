#include "refrain/eval/passage_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "io/io_testing.h"

namespace refrain {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

class PassageFiles : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    return dir_.Write(name, content);
  }

  PassageFile Read(const std::string& path) {
    const absl::StatusOr<PassageFile> file = ReadPassageFile(path, &ids_);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *file : PassageFile{};
  }

  std::string Error(const std::string& content) {
    return std::string(ReadPassageFile(Write("f", content), &ids_).status().message());
  }

  TempDir dir_;
  IdTable ids_;
};

std::string Range(const char* id, int begin, int end) {
  return absl::StrCat("{\"id\": ", id, ", \"begin\": ", begin, ", \"end\": ", end, "}");
}

std::string PairRow(const std::string& a, const std::string& b, const char* more = "") {
  return absl::StrCat("{\"a\": ", a, ", \"b\": ", b, more, "}\n");
}

TEST_F(PassageFiles, Pairs) {
  const PassageFile file = Read(
      Write("t.jsonl",
            PairRow(Range("\"x\"", 0, 5), Range("7", 3, 9)) + "\r\n\n" +
                PairRow("{\"id\": \"x\", \"units\": [\"x#1\"], \"source\": \"s\", \"begin\": 1, "
                        "\"end\": 2, \"line_begin\": 1, \"line_end\": 2}",
                        Range("\"y\"", 0, 1), ", \"tokens\": 13, \"ignore\": true") +
                PairRow(Range("\"x\"", 0, 5), Range("\"x\"", 5, 9), ", \"ignore\": false")));
  ASSERT_EQ(file.pairs.size(), 2u);
  ASSERT_EQ(file.ignored.size(), 1u);
  EXPECT_EQ(file.pairs[0].a.document, ids_.Intern("x"));
  EXPECT_EQ(file.pairs[0].b.document, ids_.Intern("7"));
  EXPECT_EQ(file.pairs[0].b.begin, 3u);
  EXPECT_EQ(file.pairs[0].b.end, 9u);
}

std::string RefrainRow(size_t places) {
  std::string row = "{\"refrain\": 1, \"places\": [";
  for (size_t i = 0; i < places; ++i) {
    const int begin = static_cast<int>(i) * 10;
    absl::StrAppend(&row, i > 0 ? ", " : "", Range("\"x\"", begin, begin + 9));
  }
  return row + "], \"text\": \"t\"}\n";
}

TEST_F(PassageFiles, AFolderHasPassagesAndRefrains) {
  Write("passages.jsonl", PairRow(Range("\"x\"", 0, 9), Range("\"x\"", 10, 19)));
  EXPECT_EQ(Read(dir_.path()).pairs.size(), 1u);
  Write("refrains.jsonl", RefrainRow(52) + RefrainRow(2));
  EXPECT_EQ(Read(dir_.path()).pairs.size(), 1u + 1326 + 1);
  EXPECT_TRUE(LooksLikePassages(dir_.path()));
}

TEST_F(PassageFiles, RefrainsWithManyPlacesAreAbridged) {
  const PassageFile one =
      Read(Write("one.jsonl", RefrainRow(kMaxPlaces) + RefrainRow(kMaxPlaces + 1)));
  EXPECT_EQ(one.pairs.size(), kMaxPlaces * (kMaxPlaces - 1) / 2 + kMaxPlaces);
  EXPECT_EQ(one.refrains_abridged, 1u);

  std::string rows;
  for (int i = 0; i < 20; ++i) rows += RefrainRow(kMaxPlaces - 1);
  const PassageFile all = Read(Write("all.jsonl", rows + RefrainRow(10)));
  EXPECT_EQ(all.refrains_abridged, 20u);
  EXPECT_EQ(all.pairs.size(), 20 * (kMaxPlaces - 2) + 45);
}

TEST_F(PassageFiles, ErrorsNameFileAndLine) {
  const std::string good = PairRow(Range("1", 0, 5), Range("2", 3, 9));
  EXPECT_THAT(Error(good + "{"), HasSubstr("f:2: broken JSON"));
  EXPECT_THAT(Error("[]"), EndsWith("f:1: a JSON object is wanted"));
  EXPECT_THAT(Error("{\"a\": \"x\", \"b\": \"y\"}"),
              EndsWith("f:1: no range \"a\": {id, begin, end}"));
  EXPECT_THAT(Error(PairRow(Range("1", 5, 5), Range("2", 3, 9))),
              HasSubstr("does not begin before"));
  EXPECT_THAT(Error(PairRow(Range("1", -1, 5), Range("2", 3, 9))),
              HasSubstr("whole number \"begin\""));
  EXPECT_THAT(Error(PairRow(Range("null", 1, 5), Range("2", 3, 9))), HasSubstr("neither a string"));
  EXPECT_THAT(Error("{\"places\": 1}"), HasSubstr("\"places\" is not an array"));
  EXPECT_THAT(Error("{\"places\": [1]}"), HasSubstr("a range without \"id\""));
  EXPECT_THAT(Error(PairRow(Range("1", 0, 5), Range("2", 3, 9), ", \"ignore\": 1")),
              HasSubstr("neither true nor false"));
  EXPECT_TRUE(absl::IsNotFound(ReadPassageFile(dir_ / "none", &ids_).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadPassageFile(dir_.path(), &ids_).status()));
}

TEST_F(PassageFiles, ToldFromOtherFiles) {
  EXPECT_TRUE(LooksLikePassages(
      Write("a", absl::StrCat("\n", PairRow(Range("1", 0, 5), Range("2", 3, 9))))));
  EXPECT_TRUE(LooksLikePassages(Write("b", RefrainRow(2))));
  EXPECT_FALSE(LooksLikePassages(Write("c", "{\"a\": \"x\", \"b\": \"y\"}\n")));
  EXPECT_FALSE(LooksLikePassages(Write("d", "id\tcluster\n")));
  EXPECT_FALSE(LooksLikePassages(Write("e", "")));
  EXPECT_FALSE(LooksLikePassages(dir_.path()));
  EXPECT_FALSE(LooksLikePassages("-"));
}

}  // namespace
}  // namespace refrain
