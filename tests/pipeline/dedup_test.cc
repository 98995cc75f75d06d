// Dedup() from sources to files, against the oracle.
#include "refrain/pipeline/dedup.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "reference/greedy_dedup.h"
#include "support/dedup_run.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using reference::GreedyDedup;
using reference::NaivePair;
using testing::LinesOf;
using testing::MustRun;
using testing::NumberOf;
using testing::OptionsFor;

std::vector<std::string> Mixture() {
  std::vector<std::string> texts = testing::FamilyTexts(1, 1200, 20, 300);
  const auto add = [&](const std::vector<std::string>& more) {
    texts.insert(texts.end(), more.begin(), more.end());
  };
  add(testing::FamilyTexts(2, 900, 2, 70, 2000));
  add(testing::TemplateTexts(3, 500, 120, 6, 5));
  add({"", " ", "...", "a", "A!", "a b", "b a"});
  testing::Dice dice(4);
  for (size_t i = texts.size(); i > 1; --i) std::swap(texts[i - 1], texts[dice.Below(i)]);
  return texts;
}

std::set<size_t> KeptNumbers(const std::string& path) {
  std::set<size_t> kept;
  simdjson::dom::parser parser;
  for (const std::string& line : LinesOf(ReadFile(path))) {
    kept.insert(NumberOf(parser.parse(line)["id"].get_string().value()));
  }
  return kept;
}

std::set<size_t> Greedy(const GreedyDedup& oracle, const std::vector<size_t>& order,
                        double threshold) {
  const std::vector<bool> kept = GreedyDedup::Greedy(order, oracle.Pairs(threshold));
  std::set<size_t> numbers;
  for (size_t doc = 0; doc < kept.size(); ++doc) {
    if (kept[doc]) numbers.insert(doc);
  }
  return numbers;
}

void ExpectProven(const GreedyDedup& oracle, const std::set<size_t>& kept,
                  const std::string& output, double threshold) {
  const auto rows = testing::RemovedRows(output);
  EXPECT_EQ(rows.size() + kept.size(), oracle.size());
  for (const testing::RemovedRow& row : rows) {
    const size_t doc = NumberOf(row.id);
    const size_t twin = NumberOf(row.kept_id);
    ASSERT_TRUE(kept.contains(twin)) << row.id;
    ASSERT_FALSE(kept.contains(doc)) << row.id;
    ASSERT_EQ(row.similarity, oracle.Jaccard(doc, twin)) << row.id;
    ASSERT_GE(row.similarity, threshold);
    ASSERT_EQ(row.line, doc + 1);
    ASSERT_EQ(row.kept_line, twin + 1);
    ASSERT_EQ(row.measure, "jaccard");
    ASSERT_EQ(row.lane == "exact", oracle.AreCopies(doc, twin)) << row.id;
    const bool is_short = std::min(oracle.shingles(doc), oracle.shingles(twin)) < 64;
    if (row.lane != "exact") {
      ASSERT_EQ(row.lane == "short", is_short) << row.id;
    }
  }
}

struct Case {
  const char* name;
  double threshold;
  KeepRule keep;
  std::vector<size_t> (*order)(const GreedyDedup&);
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<size_t> Sorted(const GreedyDedup& oracle, double sign_of_n, double sign_of_number) {
  std::vector<size_t> order(oracle.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, [=](size_t i) {
    return sign_of_n * static_cast<double>(i * 7919 % 1000) +
           sign_of_number * static_cast<double>(i);
  });
  return order;
}

class DedupTest : public ::testing::TestWithParam<Case> {};

// One row a band: with 128 of them no pair at these thresholds is missed (0.5^128).
DedupOptions CompleteOptions(const std::string& input, const std::string& output,
                             double threshold) {
  DedupOptions options = OptionsFor(input, output);
  options.threshold = threshold;
  options.bands = Bands{128, 1};
  return options;
}

TEST_P(DedupTest, IsTheGreedyChoiceOverAllPairs) {
  const Case& c = GetParam();
  const std::vector<std::string> texts = Mixture();
  const GreedyDedup oracle(texts, NormalizeOptions::Full());
  const TempDir folder;
  DedupOptions options = CompleteOptions(folder.Write("in.jsonl", testing::Records(texts)),
                                         folder / "out", c.threshold);
  options.keep = c.keep;
  if (c.keep == KeepRule::kMax || c.keep == KeepRule::kMin)
    options.sketch.document.fields.number = "n";
  const DedupSummary summary = MustRun(options);
  const std::set<size_t> kept = KeptNumbers(folder / "out/kept/in.jsonl");
  EXPECT_EQ(kept, Greedy(oracle, c.order(oracle), c.threshold));
  EXPECT_EQ(summary.kept, kept.size());
  EXPECT_EQ(summary.limits.documents, 0U);
  ExpectProven(oracle, kept, folder / "out", c.threshold);
}

INSTANTIATE_TEST_SUITE_P(
    , DedupTest,
    ::testing::Values(
        Case{"Longest", 0.8, KeepRule::kLongest,
             [](const GreedyDedup& o) { return o.LongestFirst(); }},
        Case{"LongestLow", 0.5, KeepRule::kLongest,
             [](const GreedyDedup& o) { return o.LongestFirst(); }},
        Case{"First", 0.7, KeepRule::kFirst, [](const GreedyDedup& o) { return Sorted(o, 0, 1); }},
        Case{"Last", 0.7, KeepRule::kLast, [](const GreedyDedup& o) { return Sorted(o, 0, -1); }},
        Case{"Max", 0.8, KeepRule::kMax, [](const GreedyDedup& o) { return Sorted(o, -1, 0); }},
        Case{"Min", 0.8, KeepRule::kMin, [](const GreedyDedup& o) { return Sorted(o, 1, 0); }}),
    [](const auto& suite) { return std::string(suite.param.name); });

TEST(DedupPairsTest, AreAllNaivePairsWithContainmentsAndCopiesExpanded) {
  const std::vector<std::string> texts = Mixture();
  const GreedyDedup oracle(texts, NormalizeOptions::Full());
  const TempDir folder;
  DedupOptions options =
      CompleteOptions(folder.Write("in.jsonl", testing::Records(texts)), folder / "out", 0.7);
  options.pairs = true;
  const std::vector<NaivePair> expected = oracle.Pairs(0.7);
  EXPECT_EQ(MustRun(options).pairs, expected.size());
  const auto rows = testing::PairRows(folder / "out");
  ASSERT_EQ(rows.size(), expected.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(NumberOf(rows[i].a), expected[i].a);
    ASSERT_EQ(NumberOf(rows[i].b), expected[i].b);
    ASSERT_EQ(rows[i].jaccard, expected[i].jaccard);
    const double shared = static_cast<double>(expected[i].shared);
    ASSERT_EQ(rows[i].containment_a, shared / static_cast<double>(oracle.shingles(expected[i].a)));
    ASSERT_EQ(rows[i].containment_b, shared / static_cast<double>(oracle.shingles(expected[i].b)));
  }
}

TEST(DedupPairsTest, TooManyFailBeforeAnythingIsWrittenAndStateTheCount) {
  const std::vector<std::string> texts = Mixture();
  const size_t pairs = GreedyDedup(texts, NormalizeOptions::Full()).Pairs(0.8).size();
  const TempDir folder;
  DedupOptions options =
      CompleteOptions(folder.Write("in.jsonl", testing::Records(texts)), folder / "out", 0.8);
  options.pairs = true;
  options.max_pairs = pairs - 1;
  const absl::Status status = Dedup(options).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(std::to_string(pairs)), std::string::npos) << status;
  EXPECT_NE(status.message().find("--max-pairs"), std::string::npos) << status;
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(DedupComponentsTest, AreTheNaiveComponentsAndOneOfEachIsKept) {
  const std::vector<std::string> texts = Mixture();
  const GreedyDedup oracle(texts, NormalizeOptions::Full());
  const TempDir folder;
  DedupOptions options =
      CompleteOptions(folder.Write("in.jsonl", testing::Records(texts)), folder / "out", 0.7);
  options.clustering = Clustering::kComponents;
  MustRun(options);
  const std::vector<size_t> first =
      GreedyDedup::Components(oracle.LongestFirst(), oracle.Pairs(0.7));
  for (const testing::RemovedRow& row : testing::RemovedRows(folder / "out")) {
    ASSERT_EQ(NumberOf(row.kept_id), first[NumberOf(row.id)]);
    ASSERT_EQ(row.similarity, oracle.Jaccard(NumberOf(row.id), NumberOf(row.kept_id)));
  }
  std::set<size_t> kept;
  for (size_t doc = 0; doc < first.size(); ++doc) {
    if (first[doc] == doc) kept.insert(doc);
  }
  EXPECT_EQ(KeptNumbers(folder / "out/kept/in.jsonl"), kept);
  EXPECT_NE(ReadFile(folder / "out/summary.json").find("\"twin_guarantee\":false"),
            std::string::npos);
}

TEST(DedupAgainTest, ARunOverWhatWasKeptRemovesNothing) {
  const TempDir folder;
  const std::string input = folder.Write("in.jsonl", testing::Records(Mixture()));
  for (const Method method : {Method::kMinHash, Method::kSimHash}) {
    DedupOptions options = OptionsFor(input, folder / "one");
    options.sketch.method = method;
    options.threshold = 0.75;
    options.force = true;
    const DedupSummary first = MustRun(options);
    EXPECT_GT(first.removed, 500U);
    options.inputs = {folder / "one/kept"};
    options.output = folder / "two";
    const DedupSummary second = MustRun(options);
    EXPECT_EQ(second.removed, 0U);
    EXPECT_EQ(second.kept, first.kept);
    EXPECT_EQ(ReadFile(folder / "one/kept/in.jsonl"), ReadFile(folder / "two/kept/in.jsonl"));
  }
}

TEST(DedupSimHashTest, EveryRemovalIsProvenThoughFewAreFound) {
  const std::vector<std::string> texts = Mixture();
  const GreedyDedup oracle(texts, NormalizeOptions::Full());
  const TempDir folder;
  DedupOptions options =
      OptionsFor(folder.Write("in.jsonl", testing::Records(texts)), folder / "out");
  options.sketch.method = Method::kSimHash;
  const DedupSummary summary = MustRun(options);
  EXPECT_GT(summary.removed_sketch, 0U);
  ExpectProven(oracle, KeptNumbers(folder / "out/kept/in.jsonl"), folder / "out", 0.8);
}

// The kept records, byte for byte and in order: whatever else was on the lines stays.
TEST(DedupKeptTest, KeptAndRejectedRecordsTogetherWithRemovedOnesAreTheInput) {
  const TempDir folder;
  const std::vector<std::string> lines = {"{\"id\":\"d1\", \"text\" : \"one two\",\"x\":[1, 2]}\r",
                                          "broken", "{\"id\":\"d2\",\"text\":\"One, two!\"}",
                                          "{\"id\":\"d3\",\"text\":\"\\u0000 three\"}",
                                          "{\"id\":\"d4\"}"};
  std::string bytes;
  for (const std::string& line : lines) bytes += line + "\n";
  MustRun(OptionsFor(folder.Write("a.jsonl", bytes), folder / "out"));
  EXPECT_EQ(ReadFile(folder / "out/kept/a.jsonl"), lines[0] + "\n" + lines[3] + "\n");
  EXPECT_EQ(ReadFile(folder / "out/rejects/a.jsonl"), lines[1] + "\n" + lines[4] + "\n");
  const std::vector<std::string> rejects = LinesOf(ReadFile(folder / "out/rejects.jsonl"));
  ASSERT_EQ(rejects.size(), 2U);
  EXPECT_NE(rejects[0].find("\"line\":2"), std::string::npos);
  EXPECT_NE(rejects[1].find("no field \\\"text\\\""), std::string::npos);
}

void MakeStandardInput(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY);
  ASSERT_EQ(dup2(file, STDIN_FILENO), STDIN_FILENO);
  close(file);
}

// The five ways one corpus can come in.
std::map<std::string, std::string> RunForm(const std::string& form, const TempDir& folder,
                                           const std::vector<std::string>& texts, int threads,
                                           uint64_t batch_bytes) {
  DedupOptions options = OptionsFor(folder / form, folder / "out");
  if (form == "folder") {
    for (size_t i = 0; i < texts.size(); ++i) {
      folder.Write("folder/" + std::to_string(i % 7) + "/" + std::to_string(i) + ".txt", texts[i]);
    }
  } else {
    const Compression compression = form.ends_with(".gz")    ? Compression::kGzip
                                    : form.ends_with(".zst") ? Compression::kZstd
                                                             : Compression::kNone;
    folder.Write(form, Compressed(testing::Records(texts) + "broken\n", compression));
  }
  if (form == "in.stdin") {
    MakeStandardInput(folder / form);
    options.inputs = {"-"};
  }
  options.pairs = true;
  options.force = true;
  options.sketch.threads = threads;
  options.sketch.reader.batch_bytes = batch_bytes;
  MustRun(options);
  return testing::FilesOf(folder / "out");
}

TEST(DedupDeterminismTest, EveryFileHasTheSameBytesForAnyThreadsAndBatches) {
  std::vector<std::string> texts = Mixture();
  texts.resize(600);
  for (const std::string form : {"in.jsonl", "in.jsonl.gz", "in.jsonl.zst", "in.stdin", "folder"}) {
    const TempDir folder;
    const auto expected = RunForm(form, folder, texts, 1, 1 << 20);
    ASSERT_GE(expected.size(), 5U);
    for (const int threads : {1, 2, 3, 8}) {
      for (const uint64_t batch : {1U << 10, 1U << 16, 1U << 20}) {
        ASSERT_TRUE(RunForm(form, folder, texts, threads, batch) == expected)
            << form << ' ' << threads << ' ' << batch;
      }
    }
  }
}

TEST(DedupDeterminismTest, CompressionChangesNothingButTheNames) {
  std::vector<std::string> texts = Mixture();
  texts.resize(600);
  const TempDir folder;
  const auto plain = RunForm("in.jsonl", folder, texts, 2, 1 << 16);
  for (const std::string form : {"in.jsonl.gz", "in.jsonl.zst"}) {
    const TempDir other;
    auto packed = RunForm(form, other, texts, 3, 1 << 12);
    EXPECT_EQ(packed.at("removed.jsonl").size(),
              plain.at("removed.jsonl").size() +
                  2 * LinesOf(plain.at("removed.jsonl")).size() *
                      (other.path().size() - folder.path().size() + form.size() - 8));
    EXPECT_EQ(packed.at("pairs.jsonl"), plain.at("pairs.jsonl"));
    DedupOptions again = OptionsFor(other / "out/kept", other / "again");
    EXPECT_EQ(MustRun(again).kept, LinesOf(plain.at("kept/in.jsonl")).size());
  }
}

TEST(DedupEmptyTest, ManyTextsWithoutTokensAreKeptAndListed) {
  const TempDir folder;
  std::string lines;
  for (int i = 0; i < 100'000; ++i)
    lines += i % 2 == 0 ? "{\"text\":\"\"}\n" : "{\"text\":\"?! \"}\n";
  const DedupSummary summary = MustRun(OptionsFor(folder.Write("a.jsonl", lines), folder / "out"));
  EXPECT_EQ(summary.kept, 100'000U);
  EXPECT_EQ(summary.empty, 100'000U);
  EXPECT_EQ(LinesOf(ReadFile(folder / "out/empty.jsonl")).size(), 100'000U);
  EXPECT_EQ(ReadFile(folder / "out/kept/a.jsonl"), lines);
}

TEST(DedupEmptyTest, DroppedTextsWithoutTokensAreRejected) {
  const TempDir folder;
  DedupOptions options =
      OptionsFor(folder.Write("a.jsonl", "{\"text\":\"\"}\n{\"text\":\"x\"}\n"), folder / "out");
  options.sketch.drop_empty = true;
  const DedupSummary summary = MustRun(options);
  EXPECT_EQ(summary.kept, 1U);
  EXPECT_EQ(summary.read.rejected, 1U);
  EXPECT_EQ(ReadFile(folder / "out/empty.jsonl"), "");
}

TEST(DedupShortTest, TwoCharacterTextsMeetOnlyTheirCopies) {
  const TempDir folder;
  std::string lines;
  for (int i = 0; i < 100'000; ++i) {
    lines += "{\"text\":\"" + std::to_string(10 + i % 90) + (i % 3 == 0 ? "." : "") + "\"}\n";
  }
  const DedupSummary summary = MustRun(OptionsFor(folder.Write("a.jsonl", lines), folder / "out"));
  EXPECT_EQ(summary.kept, 90U);
  EXPECT_EQ(summary.removed_exact, 100'000U - 90U);
}

DedupSummary RunCopies(size_t copies) {
  const TempDir folder;
  testing::Dice dice(5);
  const std::string line =
      "{\"text\":\"" + testing::Spell(testing::RandomText(&dice, 100, 1000)) + "\"}\n";
  std::string lines;
  for (size_t i = 0; i < copies; ++i) lines += line;
  return MustRun(OptionsFor(folder.Write("a.jsonl", lines), folder / "out"));
}

TEST(DedupCopiesTest, OfAHundredThousandCopiesOneIsKept) { EXPECT_EQ(RunCopies(100'000).kept, 1U); }

TEST(DedupTextTest, OfTextFilesThePathsOfKeptOnesAreListed) {
  const TempDir folder;
  folder.Write("in/a.txt", "one two three");
  folder.Write("in/b.txt", "One two, three.");
  folder.Write("in/sub/c.md", "other");
  folder.Write("in/none.bin", "other");
  const DedupSummary summary = MustRun(OptionsFor(folder / "in", folder / "out"));
  EXPECT_EQ(summary.skipped_files, 1U);
  EXPECT_EQ(ReadFile(folder / "out/kept.txt"),
            folder / "in/a.txt" + "\n" + (folder / "in/sub/c.md") + "\n");
}

TEST(DedupTextTest, AFileWhoseNameHoldsALineEndIsRejectedAsAListOfPathsCannotNameIt) {
  const TempDir folder;
  folder.Write("in/a.txt", "one two three");
  folder.Write("in/b\nc.txt", "something else");
  const DedupSummary summary = MustRun(OptionsFor(folder / "in", folder / "out"));
  EXPECT_EQ(summary.read.rejected, 1U);
  EXPECT_EQ(ReadFile(folder / "out/kept.txt"), folder / "in/a.txt" + "\n");
  EXPECT_NE(ReadFile(folder / "out/rejects.jsonl").find("line end"), std::string::npos);
}

TEST(DedupDryRunTest, CountsAndWritesNothing) {
  const TempDir folder;
  DedupOptions options =
      OptionsFor(folder.Write("a.jsonl", testing::Records({"one two", "one, two", "three"})), "");
  options.dry_run = true;
  EXPECT_EQ(MustRun(options).removed, 1U);
  EXPECT_EQ(Listing(folder.path()), (std::vector<std::string>{"a.jsonl"}));
}

TEST(DedupNothingTest, AnEmptyFileGivesCompleteEmptyResults) {
  const TempDir folder;
  MustRun(OptionsFor(folder.Write("a.jsonl", ""), folder / "out"));
  EXPECT_EQ(ReadFile(folder / "out/kept/a.jsonl"), "");
  EXPECT_EQ(ReadFile(folder / "out/removed.jsonl"), "");
  EXPECT_TRUE(std::filesystem::exists(folder / "out/summary.json"));
}

}  // namespace
}  // namespace refrain
