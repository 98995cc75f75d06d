#include "refrain/eval/eval_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "io/io_testing.h"

namespace refrain {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;

class EvalFiles : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& content) {
    return dir_.Write(name, content);
  }

  EvalFile Read(const std::string& content, std::optional<EvalKind> wanted = std::nullopt) {
    const absl::StatusOr<EvalFile> file = ReadEvalFile(Write("f", content), wanted, &ids_);
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *file : EvalFile{};
  }

  std::string Error(const std::string& content, std::optional<EvalKind> wanted = std::nullopt) {
    IdTable ids;
    return std::string(ReadEvalFile(Write("f", content), wanted, &ids).status().message());
  }

  TempDir dir_;
  IdTable ids_;
};

TEST_F(EvalFiles, PairsTsvWithAndWithoutNames) {
  const EvalFile named = Read("id_a\tid_b\tedit_rate\tjaccard\na\tb\t-\t0.5\nc d\te\t0.1\t0.75\n");
  ASSERT_EQ(named.pairs.size(), 2u);
  EXPECT_EQ(named.kind, EvalKind::kPairs);
  EXPECT_EQ(named.pairs[1].jaccard, 0.75);
  const EvalFile bare = Read("a\tb\t0.5\r\n\nc d\te\t1");
  ASSERT_EQ(bare.pairs.size(), 2u);
  EXPECT_EQ(bare.pairs[0].a, named.pairs[0].a);
  EXPECT_EQ(bare.pairs[1].b, named.pairs[1].b);
  EXPECT_EQ(bare.pairs[0].jaccard, 0.5);
  const EvalFile plain = Read("a\tb\n", EvalKind::kPairs);
  ASSERT_EQ(plain.pairs.size(), 1u);
  EXPECT_TRUE(std::isnan(plain.pairs[0].jaccard));
}

TEST_F(EvalFiles, ClustersTsv) {
  for (const std::string head : {"", "id\tcluster\n"}) {
    const EvalFile file = Read(head + "x\tA\ny\tA\nz\tB\n");
    EXPECT_EQ(file.kind, EvalKind::kClusters);
    EXPECT_THAT(LabelsOf(file.members, 4), ElementsAre(0, 0, 1, 2));
  }
}

TEST_F(EvalFiles, PairsOfARun) {
  const EvalFile file = Read(
      "{\"a\": \"x\\\"\", \"b\": \"y\", \"jaccard\": 0.9, \"containment_a\": 1}\n"
      "{\"level\": \"unit\", \"a\": \"x#1\", \"b\": \"y#1\"}\n"
      "{\"level\": \"document\", \"a\": 7, \"b\": \"y\"}\n");
  ASSERT_EQ(file.pairs.size(), 2u);
  EXPECT_EQ(file.pairs[0].jaccard, 0.9);
  EXPECT_TRUE(std::isnan(file.pairs[1].jaccard));
  EXPECT_EQ(ids_.Intern("x\""), file.pairs[0].a);
  EXPECT_EQ(ids_.Intern("7"), file.pairs[1].a);
}

TEST_F(EvalFiles, ClustersAndRemovedOfARun) {
  const EvalFile clusters = Read(
      "{\"cluster\": 1, \"size\": 2, \"members\": [{\"id\": \"x\", \"line\": 1}, {\"id\": "
      "\"y\"}]}\n"
      "{\"cluster\": 2, \"members\": [{\"id\": \"z\"}]}\n");
  EXPECT_THAT(LabelsOf(clusters.members, 3), ElementsAre(0, 0, 1));
  const std::string removed =
      "{\"id\": \"y\", \"kept\": {\"id\": \"x\"}, \"similarity\": 0.9}\n"
      "{\"id\": \"z\", \"kept\": {\"id\": \"x\"}, \"similarity\": 0.8}\n";
  EXPECT_THAT(LabelsOf(Read(removed).members, 4), ElementsAre(0, 0, 0, 1));
  const EvalFile pairs = Read(removed, EvalKind::kPairs);
  ASSERT_EQ(pairs.pairs.size(), 2u);
  EXPECT_EQ(pairs.pairs[1].jaccard, 0.8);
}

TEST_F(EvalFiles, CompressedFilesReadTheSame) {
  std::string content = "id_a\tid_b\tjaccard\n";
  for (int i = 0; i < 20'000; ++i) content += "left" + std::to_string(i) + "\tright\t0.5\n";
  const std::string path = Write("p.tsv", content);
  ASSERT_EQ(std::system(("gzip -k " + path + " && zstd -q " + path).c_str()), 0);
  for (const std::string end : {"", ".gz", ".zst"}) {
    const absl::StatusOr<EvalFile> file = ReadEvalFile(path + end, std::nullopt, &ids_);
    ASSERT_TRUE(file.ok()) << file.status();
    EXPECT_EQ(file->pairs.size(), 20'000u);
  }
  for (const std::string end : {".gz", ".zst"}) {
    std::filesystem::resize_file(path + end, std::filesystem::file_size(path + end) / 2);
    const absl::Status status = ReadEvalFile(path + end, std::nullopt, &ids_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(path + end));
  }
}

TEST_F(EvalFiles, BadLinesAreNamed) {
  EXPECT_THAT(Error("a\tb\t0.5\nc\n"),
              EndsWith("f:2: two or more columns with tabs between them are wanted"));
  EXPECT_THAT(Error("a\tb\t0.5\nc\td\tmuch\n"),
              EndsWith("f:2: column 3 is not a figure from 0 to 1"));
  EXPECT_THAT(Error("a\tb\t0.5\nc\tc\t0.5\n"), EndsWith("f:2: a pair of \"c\" with itself"));
  EXPECT_THAT(Error("x\tA\ny\tA\nx\tB\n"), EndsWith("f:3: \"x\" is in a cluster already"));
  EXPECT_THAT(Error("{\"a\": \"x\"}\n"), EndsWith("f:1: no field \"b\""));
  EXPECT_THAT(Error("{\"a\": \"x\", \"b\": [1]}\n"),
              EndsWith("f:1: field \"b\" is neither a string nor a number"));
  EXPECT_THAT(Error("{\"a\": \"x\", \"b\": \"y\"}\n{\"a\": \"x\n"), HasSubstr("f:2: broken JSON"));
  EXPECT_THAT(Error("id\tcluster\nx\tA\n", EvalKind::kPairs),
              EndsWith("f:2: clusters where pairs are wanted"));
  const absl::Status missing = ReadEvalFile(dir_ / "none", std::nullopt, &ids_).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(ReadEvalFile(dir_.path(), std::nullopt, &ids_).ok());
}

TEST_F(EvalFiles, AnEmptyFileMayBeEither) {
  EXPECT_FALSE(Read("").kind.has_value());
  EXPECT_EQ(Read("id_a\tid_b\tjaccard\n").pairs.size(), 0u);
}

TEST(ComponentsOf, ChainsPairsAboveTheThreshold) {
  EXPECT_THAT(ComponentsOf({{1, 2, 0.9}, {2, 3, 0.9}, {0, 3, 0.5}, {4, 5}}, 0.8, 6),
              ElementsAre(0, 1, 1, 1, 4, 4));
}

}  // namespace
}  // namespace refrain
