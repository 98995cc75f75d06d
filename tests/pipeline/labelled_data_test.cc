// The real sets with known pairs (data/README.md beside the project): precision 1, every figure right, recall as
// promised. Skipped where they are not at hand.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cmath>
#include <filesystem>
#include <map>
#include <ostream>
#include <string>
#include <utility>

#include "support/dedup_run.h"

namespace refrain {
namespace {

using PairMap = std::map<std::pair<std::string, std::string>, double>;

std::string Decompressed(const std::string& path) {
  const std::string packed = ReadFile(path);
  std::string bytes, chunk(1 << 16, '\0');
  ZSTD_DStream* const stream = ZSTD_createDStream();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  while (in.pos < in.size) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(stream, &out, &in)) != 0) break;
    bytes.append(chunk, 0, out.pos);
  }
  ZSTD_freeDStream(stream);
  return bytes;
}

PairMap TruePairs(const std::string& set) {
  PairMap pairs;
  const std::string path = std::string(REFRAIN_SHARED_DIR) + "/data/" + set + ".pairs.tsv.zst";
  for (const std::string& line : testing::LinesOf(Decompressed(path))) {
    const size_t first = line.find('\t');
    const size_t second = line.find('\t', first + 1);
    if (line.starts_with("id_a\t")) continue;
    pairs[{line.substr(0, first), line.substr(first + 1, second - first - 1)}] =
        std::stod(line.substr(second + 1));
  }
  return pairs;
}

struct Case {
  const char* set;
  double threshold;
  SketchAlgorithm algorithm;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.set << ' ' << c.threshold; }

class LabelledDataTest : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    input_ = std::string(REFRAIN_SHARED_DIR) + "/data/" + GetParam().set + ".jsonl.zst";
    if (!std::filesystem::exists(input_)) GTEST_SKIP() << input_ << " is not here";
  }
  DedupOptions Options(const TempDir& folder) const {
    DedupOptions options = testing::OptionsFor(input_, folder / "out");
    options.threshold = GetParam().threshold;
    options.sketch.algorithm = GetParam().algorithm;
    options.sketch.document.normalize = NormalizeOptions::Basic();
    return options;
  }
  std::string input_;
};

TEST_P(LabelledDataTest, PairsAreTrueToSixDecimalsAndRecallIsAsPromised) {
  const TempDir folder;
  DedupOptions options = Options(folder);
  options.pairs = true;
  testing::MustRun(options);
  const PairMap truth = TruePairs(GetParam().set);
  size_t expected = 0;
  for (const auto& [ids, jaccard] : truth) expected += jaccard >= options.threshold;
  size_t found = 0;
  for (const testing::PairRow& row : testing::PairRows(folder / "out")) {
    const auto it = truth.find(std::minmax(row.a, row.b));
    ASSERT_NE(it, truth.end()) << row.a << ' ' << row.b;
    ASSERT_NEAR(it->second, row.jaccard, 0.5000001e-6) << row.a << ' ' << row.b;
    ++found;
  }
  EXPECT_GE(static_cast<double>(found), 0.99 * static_cast<double>(expected));
  RecordProperty("recall",
                 std::to_string(static_cast<double>(found) / static_cast<double>(expected)));
}

TEST_P(LabelledDataTest, RemovalsAreTruePairsAndFewKeptOnesAreStillPairs) {
  const TempDir folder;
  const DedupSummary summary = testing::MustRun(Options(folder));
  PairMap truth = TruePairs(GetParam().set);
  std::map<std::string, bool> removed;
  for (const testing::RemovedRow& row : testing::RemovedRows(folder / "out")) {
    const auto it = truth.find(std::minmax(row.id, row.kept_id));
    ASSERT_NE(it, truth.end()) << row.id << ' ' << row.kept_id;
    ASSERT_NEAR(it->second, row.similarity, 0.5000001e-6);
    ASSERT_GE(row.similarity, GetParam().threshold);
    removed[row.id] = true;
  }
  EXPECT_EQ(removed.size(), summary.removed);
  size_t left = 0;
  for (const auto& [ids, jaccard] : truth) {
    left += jaccard >= GetParam().threshold && !removed.contains(ids.first) &&
            !removed.contains(ids.second);
  }
  EXPECT_LE(left, summary.removed / 100);
  RecordProperty("pairs_left", std::to_string(left));
}

INSTANTIATE_TEST_SUITE_P(, LabelledDataTest,
                         ::testing::Values(Case{"laws-tw", 0.8, SketchAlgorithm::kFast},
                                           Case{"laws-tw", 0.7, SketchAlgorithm::kFast},
                                           Case{"laws-tw", 0.8, SketchAlgorithm::kClassic},
                                           Case{"laws-tw", 0.7, SketchAlgorithm::kClassic},
                                           Case{"licences-en", 0.8, SketchAlgorithm::kFast},
                                           Case{"licences-en", 0.7, SketchAlgorithm::kFast},
                                           Case{"licences-en", 0.8, SketchAlgorithm::kClassic},
                                           Case{"licences-en", 0.7, SketchAlgorithm::kClassic}));

TEST(ManyCopiesTest, OfAMillionCopiesOneIsKept) {
  const TempDir folder;
  std::string lines;
  for (int i = 0; i < 1'000'000; ++i)
    lines += "{\"text\":\"the very same words in every record of all\"}\n";
  const DedupSummary summary =
      testing::MustRun(testing::OptionsFor(folder.Write("a.jsonl", lines), folder / "out"));
  EXPECT_EQ(summary.kept, 1U);
  EXPECT_EQ(summary.removed_exact, 999'999U);
}

}  // namespace
}  // namespace refrain
