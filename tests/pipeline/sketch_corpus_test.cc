// What the first pass knows of the size of a document.
#include "refrain/pipeline/sketch_corpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "io/io_testing.h"

namespace refrain {
namespace {

using ::testing::ElementsAreArray;

// A text of `count` words of which `distinct` differ, all in turn.
std::string Words(int count, int distinct) {
  std::string text;
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, "w", i % distinct, " ");
  return text;
}

std::vector<uint32_t> SizesOf(const std::vector<std::string>& texts, const SketchOptions& options) {
  std::string lines;
  for (const std::string& text : texts) absl::StrAppend(&lines, "{\"text\":\"", text, "\"}\n");
  TempDir folder;
  const std::vector<Source> sources = {
      {folder.Write("c.jsonl", lines), Format::kJsonl, Compression::kNone}};
  const auto corpus = SketchCorpus(
      sources, options,
      [](const RawRecord&, std::string_view) { return absl::InternalError("rejected"); }, nullptr,
      nullptr);
  EXPECT_EQ(corpus.status(), absl::OkStatus());
  std::vector<uint32_t> sizes;
  for (size_t i = 0; i < corpus->table.size(); ++i) sizes.push_back(corpus->table.shingles[i]);
  return sizes;
}

// Shingles of five words; at 0.8 a document of up to 78 shingles can have a partner of 63.
TEST(SketchCorpusTest, SizesAreExactWhereTheLanesOrTheCallerNeedIt) {
  const std::vector<std::string> texts = {
      Words(3, 3),      // one shingle
      Words(82, 82),    // 78
      Words(500, 70),   // 496 of which 70 differ
      Words(500, 500),  // 496, all different
      Words(500, 400),  // 496 of which 400 differ, which shows only at the end
  };
  SketchOptions options;
  EXPECT_THAT(SizesOf(texts, options), ElementsAreArray({1u, 78u, 70u, 496u, 496u}));
  options.exact_sizes = true;
  EXPECT_THAT(SizesOf(texts, options), ElementsAreArray({1u, 78u, 70u, 496u, 400u}));
}

TEST(SketchCorpusTest, LongerDocumentsAreCountedWhereTheThresholdIsLow) {
  SketchOptions options;
  options.threshold = 0.1;  // up to 630 shingles
  EXPECT_THAT(SizesOf({Words(500, 400)}, options), ElementsAreArray({400u}));
}

}  // namespace
}  // namespace refrain
