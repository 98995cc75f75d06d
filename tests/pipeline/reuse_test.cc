// Reuse() from sources to files: what the files hold, offsets against the raw bytes, and that threads and batches do not
// matter. The last test reads the source material beside the project, if it is there.
#include "refrain/pipeline/reuse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/dedup_run.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::LinesOf;

// One object of a row, flat: only what the tests look at.
struct Side {
  std::string id;
  std::string source;
  uint64_t begin;
  uint64_t end;
  uint64_t line_begin;
  uint64_t line_end;
};

Side SideOf(simdjson::dom::element object) {
  const auto number = [&](const char* key) { return object[key].get_uint64().value(); };
  return {std::string(object["id"].get_string().value()),
          std::string(object["source"].get_string().value()),
          number("begin"),
          number("end"),
          number("line_begin"),
          number("line_end")};
}

struct PassageRow {
  Side a;
  Side b;
  uint64_t tokens;
  double identity;
  uint64_t refrain;
};

std::vector<PassageRow> PassageRows(const std::string& folder) {
  std::vector<PassageRow> rows;
  simdjson::dom::parser parser;
  for (const std::string& line : LinesOf(ReadFile(folder + "/passages.jsonl"))) {
    const simdjson::dom::element row = parser.parse(line);
    rows.push_back({SideOf(row["a"]), SideOf(row["b"]), row["tokens"].get_uint64().value(),
                    row["identity"].get_double().value(), row["refrain"].get_uint64().value()});
  }
  return rows;
}

ReuseOptions OptionsFor(std::vector<std::string> inputs, const std::string& output) {
  ReuseOptions options;
  options.inputs = std::move(inputs);
  options.output = output;
  options.threads = 2;
  return options;
}

ReuseSummary MustRun(const ReuseOptions& options) {
  auto summary = Reuse(options);
  EXPECT_TRUE(summary.ok()) << summary.status();
  return summary.ok() ? *std::move(summary) : ReuseSummary{};
}

constexpr char kText[] = "one two three four five six seven eight nine ten eleven twelve thirteen";

TEST(Reuse, FilesHoldWhatFormatsSays) {
  const TempDir dir;
  const std::string input =
      dir.Write("in.jsonl", std::string("{\"id\":\"x\",\"text\":\"before\\n\\n") + kText +
                                " and so on\"}\n{\"text\":\"" + kText + "\"}\nbroken\n" +
                                "{\"id\":\"z\",\"text\":\"...\"}\n");
  const std::string out = dir / "out";
  const ReuseSummary summary = MustRun(OptionsFor({input}, out));
  const std::string source = "\"source\":\"" + input + "\"";
  EXPECT_THAT(
      LinesOf(ReadFile(out + "/documents.jsonl")),
      ElementsAre(
          "{\"id\":\"x\"," + source +
              ",\"line\":1,\"tokens\":17,\"repeated\":0.7647058823529411,\"repeated_inside\":"
              "0,\"repeated_elsewhere\":0.7647058823529411,\"without_ignored\":"
              "0.7647058823529411,\"sources\":[{\"id\":\"" +
              input + ":2\",\"share\":0.7647058823529411}]}",
          "{\"id\":\"" + input + ":2\"," + source +
              ",\"line\":2,\"tokens\":13,\"repeated\":1,\"repeated_inside\":0,"
              "\"repeated_elsewhere\":1,\"without_ignored\":1,\"sources\":[{\"id\":\"x\","
              "\"share\":1}]}",
          "{\"id\":\"z\"," + source +
              ",\"line\":4,\"tokens\":0,\"repeated\":0,\"repeated_inside\":0,"
              "\"repeated_elsewhere\":0,\"without_ignored\":0,\"sources\":[]}"));
  EXPECT_THAT(
      LinesOf(ReadFile(out + "/passages.jsonl")),
      ElementsAre("{\"a\":{\"id\":\"x\",\"units\":[\"x#1\"]," + source +
                  ",\"begin\":8,\"end\":79,\"line_begin\":3,\"line_end\":3},\"b\":{\"id\":\"" +
                  input + ":2\",\"units\":[\"" + input + ":2#1\"]," + source +
                  ",\"begin\":0,\"end\":71,\"line_begin\":1,\"line_end\":1},\"tokens\":13,"
                  "\"identity\":1,\"refrain\":1}"));
  EXPECT_THAT(
      LinesOf(ReadFile(out + "/refrains.jsonl")),
      ElementsAre("{\"refrain\":1,\"tokens\":13,\"inside\":null,\"places\":[{\"id\":\"x\"," +
                  source + ",\"begin\":8,\"end\":79,\"line_begin\":3,\"line_end\":3},{\"id\":\"" +
                  input + ":2\"," + source +
                  ",\"begin\":0,\"end\":71,\"line_begin\":1,\"line_end\":1}],\"text\":\"" + kText +
                  "\"}"));
  EXPECT_THAT(LinesOf(ReadFile(out + "/pairs.jsonl")),
              ElementsAre("{\"level\":\"document\",\"a\":\"x\",\"b\":\"" + input +
                          ":2\",\"share_a\":0.7647058823529411,\"share_b\":1,\"passages\":1,"
                          "\"longest\":13,\"jaccard\":0.6923076923076923}"));
  EXPECT_THAT(LinesOf(ReadFile(out + "/units.jsonl")).front(),
              "{\"id\":\"x#1\",\"document\":\"x\"," + source +
                  ",\"title\":\"\",\"begin\":0,\"end\":89,\"line_begin\":1,\"line_end\":3,"
                  "\"tokens\":17}");
  EXPECT_THAT(ReadFile(out + "/rejects.jsonl"), HasSubstr("\"line\":3"));
  EXPECT_EQ(ReadFile(out + "/rejects/in.jsonl"), "broken\n");
  EXPECT_EQ(summary.read.records, 4u);
  EXPECT_EQ(summary.read.rejected, 1u);
  EXPECT_THAT(ReadFile(out + "/summary.json"), HasSubstr("\"command\":\"reuse\""));
}

TEST(Reuse, UnitsOfACompilationAreComparedToo) {
  const TempDir dir;
  const std::string speech = std::string(kText) + " " + kText + " and again.\n";
  const std::string a =
      dir.Write("a.txt", "alpha beta gamma\n" + speech + "delta epsilon zeta\n" + speech);
  ReuseOptions options = OptionsFor({a}, dir / "out");
  options.text.split = SplitMode::kLine;
  MustRun(options);
  EXPECT_EQ(LinesOf(ReadFile(dir / "out/units.jsonl")).size(), 4u);
  EXPECT_THAT(LinesOf(ReadFile(dir / "out/pairs.jsonl")),
              ElementsAre(::testing::AllOf(HasSubstr("\"level\":\"unit\""), HasSubstr("a.txt#2"),
                                           HasSubstr("a.txt#4"), HasSubstr("\"share_a\":1,"),
                                           HasSubstr("\"jaccard\":1}"))));
}

TEST(Reuse, PageMarksAreLeftOutUnlessAskedFor) {
  const TempDir dir;
  const std::string text = kText;
  const std::string a = dir.Write("a.txt", text + " [OCR page 2] " + text + "\n");
  const std::string b = dir.Write("b.txt", text + " " + text + "\n");
  ReuseOptions options = OptionsFor({a, b}, dir / "out");
  MustRun(options);
  const auto longest = [](const std::vector<PassageRow>& rows) {
    double identity = 0;
    uint64_t tokens = 0;
    for (const PassageRow& row : rows) {
      if (row.tokens > tokens) identity = row.identity;
      tokens = std::max(tokens, row.tokens);
    }
    return std::pair(tokens, identity);
  };
  EXPECT_EQ(longest(PassageRows(dir / "out")), std::pair(uint64_t{26}, 1.0));
  options.text.page_marks = false;
  options.output = dir / "out2";
  MustRun(options);
  EXPECT_LT(longest(PassageRows(dir / "out2")).second, 1);
}

TEST(Reuse, RowsOfARefrainInManyPlacesLeadFromItsFirst) {
  const TempDir dir;
  std::string records;
  for (int i = 0; i < 10; ++i) records += std::string("{\"text\":\"") + kText + "\"}\n";
  ReuseOptions options = OptionsFor({dir.Write("in.jsonl", records)}, dir / "all");
  EXPECT_EQ(MustRun(options).passages_written, 45u);
  options.output = dir / "few";
  options.max_places = 9;
  const ReuseSummary summary = MustRun(options);
  EXPECT_EQ(summary.passages_written, 9u);
  EXPECT_EQ(summary.passages, 45u);
  EXPECT_EQ(summary.places, 10u);
}

// The value of a member of each row, as it is written.
std::vector<std::string> Members(const std::string& file, const std::string& name) {
  std::vector<std::string> values;
  for (const std::string& line : LinesOf(ReadFile(file))) {
    const size_t begin = line.find("\"" + name + "\":") + name.size() + 3;
    values.push_back(line.substr(begin, line.find_first_of(",}", begin) - begin));
  }
  return values;
}

constexpr char kOther[] = "a b c d e f g h i j k l m";

TEST(Reuse, CommonRefrainsLeaveTheShares) {
  const TempDir dir;
  std::string records;
  for (const char* end : {kOther, kOther, "n o p", ""}) {
    records += std::string("{\"text\":\"") + kText + " / " + end + "\"}\n";
  }
  ReuseOptions options = OptionsFor({dir.Write("in.jsonl", records)}, dir / "out");
  options.common = 3;
  const ReuseSummary summary = MustRun(options);
  EXPECT_EQ(summary.common_refrains, 1u);
  EXPECT_EQ(summary.ignored, 52u);
  EXPECT_EQ(summary.counted, 26u);
  const std::string documents = dir / "out/documents.jsonl";
  EXPECT_THAT(Members(documents, "repeated"), ElementsAre("1", "1", "0.8125", "1"));
  EXPECT_THAT(Members(documents, "without_ignored"), ElementsAre("1", "1", "0", "0"));
  EXPECT_THAT(ReadFile(dir / "out/summary.json"), HasSubstr("\"common_refrains\":1"));
  options.common = 5;
  options.output = dir / "none";
  EXPECT_EQ(MustRun(options).ignored, 0u);
  EXPECT_EQ(Members(dir / "none/documents.jsonl", "without_ignored"),
            Members(documents, "repeated"));
}

TEST(Reuse, KnownTextIsIgnoredAndHasNoRows) {
  const TempDir dir;
  const std::string both = std::string(kText) + " / " + kOther;
  const std::string a = dir.Write("a.txt", both + " and so on");
  const std::string b = dir.Write("b.txt", both);
  const std::string c = dir.Write("c.txt", std::string("only here and in the note ") + kOther);
  ReuseOptions options = OptionsFor({a, b, c}, dir / "without");
  MustRun(options);
  options.output = dir / "out";
  options.ignore = {dir.Write("known.jsonl", std::string("{\"text\":\"") + kOther + "\"}\nbad\n"),
                    dir.Write("note.txt", "in the note " + std::string(kOther))};
  const ReuseSummary summary = MustRun(options);
  EXPECT_EQ(summary.known_texts, 2u);
  EXPECT_EQ(summary.sources, 3u);
  EXPECT_EQ(summary.ignored, 42u);  // 13 of a and of b, 16 of c
  EXPECT_EQ(summary.counted, 26u);
  const std::string documents = dir / "out/documents.jsonl";
  EXPECT_THAT(Members(documents, "without_ignored"), ElementsAre("0.8125", "1", "0"));
  EXPECT_THAT(ReadFile(dir / "out/rejects.jsonl"), HasSubstr("known.jsonl"));
  auto with = testing::FilesOf(dir / "out");
  auto without = testing::FilesOf(dir / "without");
  for (const char* changed : {"documents.jsonl", "rejects.jsonl"}) {
    with.erase(changed);
    without.erase(changed);
  }
  EXPECT_EQ(with, without);
  EXPECT_EQ(Members(documents, "repeated"), Members(dir / "without/documents.jsonl", "repeated"));
}

TEST(Reuse, EveryCopyOfKnownTextIsIgnoredHoweverManyThereAre) {
  const TempDir dir;
  std::string records;
  for (int i = 0; i < 150; ++i) records += std::string("{\"text\":\"") + kText + "\"}\n";
  ReuseOptions options = OptionsFor({dir.Write("in.jsonl", records)}, dir / "out");
  options.ignore = {dir.Write("known.txt", kText)};
  const ReuseSummary summary = MustRun(options);
  EXPECT_EQ(summary.ignored, 150u * 13);
  EXPECT_EQ(summary.places, 150u);
}

TEST(Reuse, ThreadsAndBatchesDoNotMatter) {
  const TempDir dir;
  std::vector<std::string> texts = testing::FamilyTexts(1, 300, 20, 300);
  for (const auto& text : testing::TemplateTexts(3, 100, 120, 6, 5)) texts.push_back(text);
  for (int i = 0; i < 100; ++i) texts.push_back(kText);
  const std::string input = dir.Write("in.jsonl", testing::Records(texts));
  const std::string known = dir.Write("known.jsonl", testing::Records({texts[5], texts[320]}));
  std::map<std::string, std::string> expected;
  int run = 0;
  for (const int threads : {1, 2, 3, 8}) {
    for (const uint64_t batch : {uint64_t{1}, uint64_t{10'000}, uint64_t{1} << 20}) {
      if (batch == 1 && threads == 1) continue;
      ReuseOptions options = OptionsFor({input}, dir / ("out" + std::to_string(run++)));
      options.threads = threads;
      options.reader.batch_bytes = batch;
      options.common = 20;
      options.ignore = {known};
      const ReuseSummary summary = MustRun(options);
      EXPECT_GT(summary.passages, 100u);
      const auto files = testing::FilesOf(options.output);
      if (expected.empty()) expected = files;
      EXPECT_EQ(files, expected) << threads << " threads, batches of " << batch;
    }
  }
}

TEST(Reuse, WrongOptionsAreRefused) {
  const TempDir dir;
  const std::string input = dir.Write("in.txt", kText);
  const auto refused = [&](const std::function<void(ReuseOptions*)>& change) {
    ReuseOptions options = OptionsFor({input}, dir / "out");
    change(&options);
    return absl::IsInvalidArgument(Reuse(options).status()) &&
           !std::filesystem::exists(dir / "out");
  };
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->passage.length = 4; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->passage.identity = 0.4; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->passage.max_gap = 5000; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->max_places = 1; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->common = 1; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->ignore = {"-"}; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->threads = 0; }));
  EXPECT_TRUE(refused([](ReuseOptions* o) { o->inputs.clear(); }));
  EXPECT_FALSE(refused([](ReuseOptions*) {}));
}

// The five files of speeches that the project began with.
class SourceMaterial : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = REFRAIN_SHARED_DIR "/seeds/";
    if (!std::filesystem::exists(folder)) {
      GTEST_SKIP() << folder << " is not there: the source material is not tested";
    }
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".txt") inputs_.push_back(entry.path());
    }
    std::ranges::sort(inputs_);
  }

  std::vector<std::string> inputs_;
};

// "004 55-97": the first letters of the file's name and lines.
std::string Lines(const Side& side) {
  return std::filesystem::path(side.id).filename().string().substr(0, 3) + " " +
         std::to_string(side.line_begin) + "-" + std::to_string(side.line_end);
}

TEST_F(SourceMaterial, EveryRepeatedPassageIsFoundWithItsLines) {
  const TempDir dir;
  ReuseOptions options = OptionsFor(inputs_, dir / "out");
  options.passage.length = 40;
  MustRun(options);
  std::map<std::string, uint64_t> found;
  for (const PassageRow& row : PassageRows(dir / "out")) {
    found[Lines(row.a) + " = " + Lines(row.b)] = row.tokens;
  }
  EXPECT_GT(found["000 2-20 = 001 31-49"], 2895u);
  EXPECT_GT(found["004 55-97 = 004 345-387"], 7450u);
  EXPECT_GT(found["004 57-65 = 004 325-333"], 4300u);
  EXPECT_GT(found["004 325-333 = 004 347-355"], 4300u);
  EXPECT_GT(found["004 99-129 = 004 293-323"], 4600u);
  EXPECT_GE(found["004 229-229 = 004 253-253"], 40u);
  EXPECT_LE(found.size(), 7u);  // and one of 57 tokens in 65, repeated with changes

  // The three copies of the 4,330 are one refrain, inside the 7,502.
  const std::vector<std::string> refrains = LinesOf(ReadFile(dir / "out/refrains.jsonl"));
  ASSERT_GE(refrains.size(), 3u);
  simdjson::dom::parser parser;
  const simdjson::dom::element third = parser.parse(refrains[2]);
  EXPECT_EQ(third["inside"].get_uint64().value(), 1u);
  EXPECT_EQ(third["places"].get_array().size(), 3u);
  EXPECT_THAT(ReadFile(dir / "out/pairs.jsonl"), HasSubstr("\"share_a\":0.99"));
}

TEST_F(SourceMaterial, OffsetsCutTheRawFilesAtTokens) {
  const TempDir dir;
  ReuseOptions options = OptionsFor(inputs_, dir / "out");
  options.text.page_marks = false;  // they would be cut out along with the passages around them
  MustRun(options);
  const Tokenizer tokenizer(NormalizeOptions::Full());
  const std::vector<PassageRow> rows = PassageRows(dir / "out");
  EXPECT_GT(rows.size(), 50u);
  std::map<std::string, std::string> files;
  for (const std::string& input : inputs_) files[input] = ReadFile(input);
  for (const PassageRow& row : rows) {
    TokenList a;
    TokenList b;
    const auto cut = [&](const Side& side) {
      return std::string_view(files[side.source]).substr(side.begin, side.end - side.begin);
    };
    tokenizer.Tokenize(cut(row.a), Offsets::kBytes, &a);
    tokenizer.Tokenize(cut(row.b), Offsets::kBytes, &b);
    ASSERT_EQ(a.ids.front(), b.ids.front()) << cut(row.a);
    ASSERT_EQ(a.ids.back(), b.ids.back()) << cut(row.a);
    EXPECT_EQ(a.spans.front().begin, 0u) << cut(row.a);
    EXPECT_EQ(a.spans.back().end, row.a.end - row.a.begin) << cut(row.a);
    if (row.identity == 1) {
      EXPECT_EQ(a.ids, b.ids) << cut(row.a);
    }
    const auto lines = [&](const Side& side, uint64_t until) {
      return 1 + static_cast<uint64_t>(std::ranges::count(
                     std::string_view(files[side.source]).substr(0, until), '\n'));
    };
    EXPECT_EQ(lines(row.b, row.b.begin), row.b.line_begin);
    EXPECT_EQ(lines(row.b, row.b.end), row.b.line_end);
  }
}

}  // namespace
}  // namespace refrain
