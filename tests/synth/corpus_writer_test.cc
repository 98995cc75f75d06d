#include "refrain/synth/corpus_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace refrain {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// A folder that goes away with the test.
class CorpusWriter : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "refrain_synth_XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  CorpusSummary Write(const CorpusOptions& options, CorpusWriteOptions write) {
    const absl::StatusOr<CorpusGenerator> corpus = CorpusGenerator::Create(options);
    EXPECT_TRUE(corpus.ok()) << corpus.status();
    const absl::StatusOr<CorpusSummary> summary = WriteCorpus(*corpus, write);
    EXPECT_TRUE(summary.ok()) << summary.status();
    return summary.ok() ? *summary : CorpusSummary{};
  }

  std::string Path(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
};

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

std::vector<std::vector<std::string>> ReadTsv(const std::string& path) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    std::stringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, '\t');) rows.back().push_back(field);
  }
  return rows;
}

struct Record {
  std::string text;
  int64_t n = -1;
};

std::map<std::string, Record> ReadJsonl(const std::string& path) {
  std::map<std::string, Record> records;
  simdjson::dom::parser parser;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    simdjson::dom::element row;
    std::string_view id, text;
    EXPECT_EQ(parser.parse(line).get(row), simdjson::SUCCESS) << line;
    EXPECT_EQ(row["id"].get(id), simdjson::SUCCESS);
    EXPECT_EQ(row["text"].get(text), simdjson::SUCCESS);
    Record& record = records[std::string(id)];
    record.text = text;
    int64_t n;
    if (row["n"].get(n) == simdjson::SUCCESS) record.n = n;
  }
  return records;
}

std::u32string Decode(const std::string& text) {
  std::u32string points;
  for (size_t i = 0; i < text.size();) {
    const auto byte = [&](size_t at) {
      return static_cast<char32_t>(static_cast<unsigned char>(text[at]));
    };
    const char32_t lead = byte(i);
    const size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : 3;
    char32_t point = size == 1 ? lead : size == 2 ? lead & 0x1F : lead & 0x0F;
    for (size_t j = 1; j < size; ++j) point = point << 6 | (byte(i + j) & 0x3F);
    points += point;
    i += size;
  }
  return points;
}

bool IsHan(char32_t c) { return c >= 0x4E00 && c <= 0x9FFF; }

bool IsLetterOrDigit(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 0xDF && c < 0x180);
}

// The product's tokens, as far as generated texts go: independent of the generator's own.
std::vector<std::u32string> Tokens(const std::string& text) {
  std::vector<std::u32string> tokens;
  bool inside = false;
  for (char32_t c : Decode(text)) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (IsHan(c)) {
      tokens.emplace_back(1, c);
      inside = false;
    } else if (IsLetterOrDigit(c)) {
      if (!inside) tokens.emplace_back();
      tokens.back() += c;
      inside = true;
    } else {
      inside = false;
    }
  }
  return tokens;
}

using ShingleSet = std::set<std::vector<std::u32string>>;

ShingleSet Shingles(const std::string& text) {
  const std::vector<std::u32string> tokens = Tokens(text);
  const size_t width = std::min<size_t>(5, tokens.size());
  ShingleSet set;
  for (size_t i = 0; width > 0 && i + width <= tokens.size(); ++i) {
    const auto begin = tokens.begin() + static_cast<std::ptrdiff_t>(i);
    set.emplace(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  return set;
}

double NaiveJaccard(const std::string& a, const std::string& b) {
  const ShingleSet x = Shingles(a), y = Shingles(b);
  size_t common = 0;
  for (const auto& shingle : x) common += y.count(shingle);
  return static_cast<double>(common) / static_cast<double>(x.size() + y.size() - common);
}

void ExpectTruthMatches(const std::string& path, size_t pairs) {
  const std::map<std::string, Record> records = ReadJsonl(path);
  const auto truth = ReadTsv(path + ".truth.tsv");
  ASSERT_EQ(truth.size(), pairs + 1);
  EXPECT_EQ(truth[0], (std::vector<std::string>{"id_a", "id_b", "edit_rate", "jaccard"}));
  EXPECT_TRUE(std::is_sorted(truth.begin() + 1, truth.end()));
  for (size_t i = 1; i < truth.size(); ++i) {
    EXPECT_LT(truth[i][0], truth[i][1]);
    const double jaccard = NaiveJaccard(records.at(truth[i][0]).text, records.at(truth[i][1]).text);
    EXPECT_NEAR(std::stod(truth[i][3]), jaccard, 5.1e-7) << truth[i][0] << " " << truth[i][1];
  }
}

TEST_F(CorpusWriter, TruthIsTheJaccardOfTheWrittenEnglish) {
  const CorpusSummary summary =
      Write({.documents = 300, .copies = 0.6, .punctuation = 0.2, .edits = EditKind::kMixed},
            {.output = Path("en.jsonl"), .escape_share = 0.3});
  EXPECT_EQ(summary.copies, 180u);
  EXPECT_GE(summary.pairs, 180u);
  ExpectTruthMatches(Path("en.jsonl"), summary.pairs);
}

TEST_F(CorpusWriter, TruthIsTheJaccardOfTheWrittenChinese) {
  const CorpusSummary summary = Write({.documents = 300,
                                       .language = Language::kChinese,
                                       .copies = 0.6,
                                       .punctuation = 0.2,
                                       .edits = EditKind::kMixed},
                                      {.output = Path("zh.jsonl"), .escape_share = 0.3});
  ExpectTruthMatches(Path("zh.jsonl"), summary.pairs);
}

TEST_F(CorpusWriter, TruthHoldsForShortTexts) {
  const CorpusSummary summary = Write({.documents = 300,
                                       .median_tokens = 4,
                                       .sigma = 0.6,
                                       .min_tokens = 1,
                                       .max_tokens = 12,
                                       .edits = EditKind::kMixed},
                                      {.output = Path("short.jsonl")});
  ExpectTruthMatches(Path("short.jsonl"), summary.pairs);
}

TEST_F(CorpusWriter, TruthHasEveryPairOfEveryCluster) {
  Write({.documents = 200, .copies = 0.7, .empty = 0.1}, {.output = Path("c.jsonl")});
  std::map<std::string, std::vector<std::string>> clusters;
  const auto rows = ReadTsv(Path("c.jsonl.clusters.tsv"));
  ASSERT_EQ(rows.size(), 201u);
  for (size_t i = 1; i < rows.size(); ++i) clusters[rows[i][1]].push_back(rows[i][0]);
  std::set<std::pair<std::string, std::string>> expected, written;
  for (const auto& [cluster, ids] : clusters) {
    EXPECT_EQ(std::count(ids.begin(), ids.end(), cluster), 1);
    for (size_t a = 0; a < ids.size(); ++a) {
      for (size_t b = a + 1; b < ids.size(); ++b) expected.emplace(ids[a], ids[b]);
    }
  }
  const auto truth = ReadTsv(Path("c.jsonl.truth.tsv"));
  for (size_t i = 1; i < truth.size(); ++i) written.emplace(truth[i][0], truth[i][1]);
  EXPECT_EQ(written, expected);
  EXPECT_EQ(clusters.size(), 60u);  // 40 originals, 20 without tokens
}

TEST_F(CorpusWriter, EnglishHasTheIngredients) {
  Write({.documents = 1500, .copies = 0}, {.output = Path("en.jsonl")});
  const std::string bytes = ReadFile(Path("en.jsonl"));
  EXPECT_THAT(bytes, HasSubstr("\\n"));
  EXPECT_THAT(bytes, HasSubstr("\\\""));
  double points = 0, non_ascii = 0, tokens = 0, longer = 0, numbers = 0, total = 0;
  std::set<std::u32string> words;
  for (const auto& [id, record] : ReadJsonl(Path("en.jsonl"))) {
    for (const char32_t c : Decode(record.text)) non_ascii += c > 0x7F, ++points;
    for (const std::u32string& token : Tokens(record.text)) {
      ++tokens;
      longer += token.size() > 16;
      numbers += token[0] <= '9';
      words.insert(token);
    }
    total += static_cast<double>(record.text.size());
  }
  EXPECT_NEAR(non_ascii / points, 0.02, 0.002);
  EXPECT_NEAR(longer / tokens, 0.01, 0.001);
  EXPECT_NEAR(numbers / tokens, 0.023, 0.005);
  EXPECT_GT(words.size(), 20'000u);
  EXPECT_NEAR(total / 1500, 2100, 150);
}

TEST_F(CorpusWriter, ChineseHasTheIngredients) {
  Write({.documents = 1500, .language = Language::kChinese, .copies = 0},
        {.output = Path("zh.jsonl")});
  std::map<char32_t, double> counts;
  double points = 0, han = 0;
  for (const auto& [id, record] : ReadJsonl(Path("zh.jsonl"))) {
    for (const char32_t c : Decode(record.text)) ++counts[c], han += IsHan(c), ++points;
  }
  for (const char32_t c : U"，。、；：“”（）《》\n\"5aS？") {
    if (c != 0) {
      EXPECT_GT(counts[c], 0) << static_cast<uint32_t>(c);
    }
  }
  EXPECT_GT(han / points, 0.7);
  EXPECT_GT(counts.size(), 3000u);
}

TEST_F(CorpusWriter, EscapesChangeTheBytesAndNotTheText) {
  const CorpusOptions corpus{.documents = 50, .language = Language::kChinese};
  Write(corpus, {.output = Path("plain.jsonl")});
  Write(corpus, {.output = Path("some.jsonl"), .escape_share = 0.1});
  Write(corpus, {.output = Path("all.jsonl"), .escape_share = 1});
  const auto plain = ReadJsonl(Path("plain.jsonl")), some = ReadJsonl(Path("some.jsonl")),
             all = ReadJsonl(Path("all.jsonl"));
  for (const auto& [id, record] : plain) {
    EXPECT_EQ(some.at(id).text, record.text);
    EXPECT_EQ(all.at(id).text, record.text);
  }
  const std::string ascii = ReadFile(Path("all.jsonl"));
  EXPECT_TRUE(std::all_of(ascii.begin(), ascii.end(),
                          [](char c) { return static_cast<signed char>(c) >= 0; }));
  const std::string mixed = ReadFile(Path("some.jsonl"));
  EXPECT_THAT(mixed, HasSubstr("\\u"));
  EXPECT_FALSE(std::all_of(mixed.begin(), mixed.end(),
                           [](char c) { return static_cast<signed char>(c) >= 0; }));
}

TEST_F(CorpusWriter, CompressedOutputIsTheSame) {
  const CorpusOptions corpus{.documents = 700};
  Write(corpus, {.output = Path("a.jsonl")});
  Write(corpus, {.output = Path("a.jsonl.gz")});
  Write(corpus, {.output = Path("a.jsonl.zst")});
  for (const std::string tool : {"gzip -dc ", "zstd -dc "}) {
    const std::string command =
        tool + Path(tool[0] == 'g' ? "a.jsonl.gz" : "a.jsonl.zst") + " > " + Path("back");
    ASSERT_EQ(std::system(command.c_str()), 0);
    EXPECT_EQ(ReadFile(Path("back")), ReadFile(Path("a.jsonl")));
  }
}

TEST_F(CorpusWriter, TextFilesCarryTheIdsTheyAreReadUnder) {
  Write({.documents = 20}, {.output = Path("texts"), .format = CorpusFormat::kText});
  const auto rows = ReadTsv(Path("texts.clusters.tsv"));
  ASSERT_EQ(rows.size(), 21u);
  for (size_t i = 1; i < rows.size(); ++i)
    EXPECT_TRUE(std::filesystem::exists(rows[i][0])) << rows[i][0];
}

TEST_F(CorpusWriter, NumbersAreWrittenWhenAsked) {
  Write({.documents = 30}, {.output = Path("n.jsonl"), .number_field = true});
  std::set<int64_t> numbers;
  for (const auto& [id, record] : ReadJsonl(Path("n.jsonl"))) numbers.insert(record.n);
  EXPECT_GE(numbers.size(), 29u);
  EXPECT_GE(*numbers.begin(), 0);
}

TEST_F(CorpusWriter, RefusesToOverwriteAndNamesFileAndCause) {
  const absl::StatusOr<CorpusGenerator> corpus = CorpusGenerator::Create({.documents = 500});
  std::ofstream(Path("x.jsonl")) << "old";
  const absl::Status exists = WriteCorpus(*corpus, {.output = Path("x.jsonl")}).status();
  EXPECT_EQ(exists.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ReadFile(Path("x.jsonl")), "old");
  EXPECT_TRUE(WriteCorpus(*corpus, {.output = Path("x.jsonl"), .force = true}).ok());

  const absl::Status missing = WriteCorpus(*corpus, {.output = Path("no/x.jsonl")}).status();
  EXPECT_THAT(std::string(missing.message()), HasSubstr("no/x.jsonl: No such file"));
  const absl::Status full = WriteCorpus(*corpus, {.output = "/dev/full"}).status();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(full.message()), HasSubstr("/dev/full: No space left"));
}

TEST_F(CorpusWriter, LeavesNothingBehindWhenItFails) {
  const absl::StatusOr<CorpusGenerator> corpus = CorpusGenerator::Create({.documents = 5});
  std::filesystem::create_directory(Path("x.jsonl.truth.tsv"));
  EXPECT_FALSE(WriteCorpus(*corpus, {.output = Path("x.jsonl")}).ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    EXPECT_THAT(entry.path().filename().string(), StartsWith("x.jsonl."));
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr(".tmp")));
  }
  EXPECT_FALSE(std::filesystem::exists(Path("x.jsonl")));
}

}  // namespace
}  // namespace refrain
