#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>

#include "io/io_testing.h"
#include "reference/naive_passages.h"
#include "refrain/synth/compilation_noise.h"
#include "refrain/synth/compilation_plan.h"
#include "refrain/synth/compilation_text.h"
#include "refrain/synth/compilation_truth.h"
#include "refrain/synth/compilation_writer.h"
#include "refrain/text/tokenizer.h"

namespace refrain {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

CompilationPlan MakePlan(const CompilationOptions& options) {
  absl::StatusOr<CompilationPlan> plan = CompilationPlan::Create(options);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *std::move(plan);
}

// Documents, their tokens with places, and the truth.
struct Corpus {
  explicit Corpus(const CompilationOptions& options) : plan(MakePlan(options)) {
    const CompilationTexts writer(plan);
    const Tokenizer tokenizer(NormalizeOptions::Full());
    CompilationTruth collector;
    CompilationDocument document;
    for (uint64_t i = 0; i < writer.size(); ++i) {
      writer.Generate(i, &document);
      collector.Add(i, document);
      texts.push_back(document.text);
      tokenizer.Tokenize(document.text, Offsets::kBytes, &tokens.emplace_back());
      EXPECT_EQ(tokens.back().broken_sequences, 0u);
    }
    truth = collector.Shared();
    EXPECT_EQ(collector.misplaced(), 0u);
  }

  NaiveTexts Ids() const {
    NaiveTexts ids;
    for (const TokenList& list : tokens) ids.emplace_back(list.ids.begin(), list.ids.end());
    return ids;
  }

  // Tokens of a range of bytes, which must begin and end with a token.
  NaivePlace PlaceOf(uint64_t text, const TokenSpan& span) const {
    const std::span<const TokenSpan> spans = tokens[text].spans;
    NaivePlace place{text, spans.size(), 0};
    for (size_t i = 0; i < spans.size(); ++i) {
      if (spans[i].begin == span.begin) place.begin = i;
      if (spans[i].end == span.end) place.end = i + 1;
    }
    EXPECT_LT(place.begin, place.end);
    return place;
  }

  std::vector<NaivePlace> TruePlaces() const {
    std::vector<NaivePlace> places;
    for (const SharedRange& range : truth) {
      places.push_back(PlaceOf(range.a, range.a_span));
      places.push_back(PlaceOf(range.b, range.b_span));
    }
    return places;
  }

  CompilationPlan plan;
  std::vector<std::string> texts;
  std::vector<TokenList> tokens;
  std::vector<SharedRange> truth;
};

uint64_t Fnv1a(const std::vector<std::string>& texts) {
  uint64_t hash = 0xCBF29CE484222325u;
  for (const std::string& text : texts) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    hash = (hash ^ 0x1FF) * 0x100000001B3u;
  }
  return hash;
}

CompilationOptions Small(Language language) {
  return {.documents = 24, .language = language, .median_tokens = 150, .max_tokens = 600};
}

// The bytes are a contract: recorded figures name a seed, not a file.
TEST(Compilations, GoldenHashes) {
  EXPECT_EQ(Fnv1a(Corpus(Small(Language::kChinese)).texts), 2017888813508609006u);
  EXPECT_EQ(Fnv1a(Corpus(Small(Language::kEnglish)).texts), 15574451210329278555u);
}

TEST(Compilations, ADocumentDoesNotDependOnThoseBefore) {
  const CompilationPlan plan = MakePlan(Small(Language::kChinese));
  const CompilationTexts texts(plan);
  CompilationDocument used, fresh;
  for (uint64_t i = 0; i < texts.size(); ++i) texts.Generate(i, &used);
  texts.Generate(7, &used);
  texts.Generate(7, &fresh);
  EXPECT_EQ(used.text, fresh.text);
  EXPECT_EQ(used.copies.size(), fresh.copies.size());
}

// Nothing is planted that the truth does not name, and noise never repeats 13 tokens.
TEST(Compilations, TheTruthCoversAllRunsOf13Tokens) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    for (const double edit_rate : {0.0, 0.05}) {
      for (uint64_t seed = 1; seed <= 2; ++seed) {
        CompilationOptions options = Small(language);
        options.seed = seed;
        options.edit_rate = edit_rate;
        options.noise = 2;
        const Corpus corpus(options);
        EXPECT_FALSE(corpus.truth.empty());
        EXPECT_THAT(Uncovered(corpus.Ids(), 13, corpus.TruePlaces()), IsEmpty()) << seed;
      }
    }
  }
}

// Numbers of names are those of texts, so that no two texts of a corpus have one in common.
TEST(Compilations, NoNameIsGivenTwice) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    const Vocabulary vocabulary = Vocabulary::Make(language);
    const NoiseNames names(vocabulary, 5);
    std::set<std::vector<uint32_t>> seen;
    std::array<uint32_t, 3> tokens;
    for (uint64_t i = 0; i < 100'000; ++i) {
      const std::span<const uint32_t> name = names.Of(i * 8'000, &tokens);
      EXPECT_TRUE(seen.emplace(name.begin(), name.end()).second) << i;
    }
    for (const uint32_t token : *seen.rbegin()) EXPECT_LT(token, vocabulary.plain_tokens());
  }
}

// One begin for all texts, the likeliest chance there is: before it stand the same heading, the same
// salutation and another name.
TEST(Compilations, HeadingsLeaveNoRoomForChance) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    const TextModel model(language);
    const LetterVariants letters(model.vocabulary());
    const NoiseNames names(model.vocabulary(), 1);
    const NoiseProfile profile;
    const Tokenizer tokenizer(NormalizeOptions::Full());
    constexpr uint64_t kSame = 7;  // tokens of a text
    NaiveTexts texts;
    for (uint64_t i = 0; i < 300; ++i) {
      Random random(MixSeeds(1, 2, i));
      std::string text;
      NoisyRenderer renderer(model, letters, names, i * NoiseNames::kOfAText, profile, &random,
                             &text);
      for (uint32_t j = 0; j < kSame; ++j) renderer.AppendPiece({j, Gap::kPlain, {}}, j == 0);
      renderer.EndText();
      renderer.AppendHeading(8, 2);
      for (uint32_t j = 0; j < kSame; ++j) renderer.AppendPiece({j, Gap::kPlain, {}}, j == 0);
      TokenList tokens;
      tokenizer.Tokenize(text, Offsets::kBytes, &tokens);
      texts.emplace_back(tokens.ids.begin(), tokens.ids.end());
    }
    EXPECT_THAT(NaivePassages(texts, 13), IsEmpty());
  }
}

// Without edits and noise each row of the truth is a maximal run of equal tokens, and each such run
// is a row.
TEST(Compilations, WithoutEditsTheTruthIsTheMaximalRuns) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    CompilationOptions options = Small(language);
    options.edit_rate = 0;
    options.noise = 0;
    const Corpus corpus(options);
    std::set<std::vector<size_t>> planted, runs;
    for (const SharedRange& range : corpus.truth) {
      const NaivePlace a = corpus.PlaceOf(range.a, range.a_span);
      const NaivePlace b = corpus.PlaceOf(range.b, range.b_span);
      EXPECT_EQ(a.end - a.begin, b.end - b.begin);
      EXPECT_EQ(a.end - a.begin, range.tokens);
      EXPECT_EQ(range.ignore, range.tokens < CompilationTruth::kLeastShared);
      if (!range.ignore) planted.insert({a.text, a.begin, b.text, b.begin, range.tokens});
    }
    for (const NaivePassage& p : NaivePassages(corpus.Ids(), CompilationTruth::kLeastShared))
      runs.insert({p.a, p.a_begin, p.b, p.b_begin, p.tokens});
    EXPECT_EQ(planted, runs);
  }
}

// Most of a range are tokens that stand in both; the rest is edits and noise.
TEST(Compilations, RangesBeginAndEndOnEqualTokens) {
  CompilationOptions options = Small(Language::kChinese);
  options.edit_rate = 0.05;
  const Corpus corpus(options);
  uint64_t shared = 0, length = 0;
  for (const SharedRange& range : corpus.truth) {
    const NaivePlace a = corpus.PlaceOf(range.a, range.a_span);
    const NaivePlace b = corpus.PlaceOf(range.b, range.b_span);
    const std::span<const uint64_t> x = corpus.tokens[a.text].ids, y = corpus.tokens[b.text].ids;
    EXPECT_EQ(x[a.begin], y[b.begin]);
    EXPECT_EQ(x[a.end - 1], y[b.end - 1]);
    EXPECT_LE(range.a, range.b);
    if (range.a == range.b) {
      EXPECT_LT(range.a_span.begin, range.b_span.begin);
    }
    shared += range.tokens;
    length += a.end - a.begin;
  }
  EXPECT_GT(static_cast<double>(shared), 0.8 * static_cast<double>(length));
}

TEST(Compilations, EveryKindOfReuseOccurs) {
  const Corpus corpus({.documents = 200, .median_tokens = 150, .max_tokens = 600});
  bool inside = false, partial = false, inner = false;
  std::map<uint32_t, uint64_t> places;
  for (uint64_t i = 0; i < corpus.plan.documents(); ++i) {
    for (const PlannedText& text : corpus.plan.TextsOf(i)) {
      if (text.work == kOwnText) continue;
      ++places[text.work];
      std::vector<Stretch> stretches;
      corpus.plan.Flatten(text.work, text.from, text.to, &stretches);
      uint32_t tokens = 0;
      for (const Stretch& stretch : stretches) {
        tokens += stretch.to - stretch.from;
        inner = inner || stretch.work != text.work;
      }
      EXPECT_EQ(tokens, text.to - text.from);
      partial = partial || text.from > 0;
    }
  }
  for (const SharedRange& range : corpus.truth) inside = inside || range.a == range.b;
  EXPECT_TRUE(inside);
  EXPECT_TRUE(partial);
  EXPECT_TRUE(inner);
  EXPECT_GT(std::max_element(places.begin(), places.end(),
                             [](auto& x, auto& y) { return x.second < y.second; })
                ->second,
            2u);
}

TEST(Compilations, EveryKindOfNoiseOccurs) {
  std::string all;
  for (const std::string& text : Corpus({.documents = 400, .median_tokens = 400, .noise = 2}).texts)
    all += text;
  for (const char* noise : {"责任编辑：",
                            "責任編輯：",
                            "新华社",
                            "日电 ",
                            "同志们：",
                            "　会　议　上　的　讲　话在　",
                            "篇1",
                            "目录",
                            "2026/3/23 21:07 ",
                            "https://www.example.org/",
                            "/400\n",
                            "[OCR 第 2 页]",
                            "\n- 2 -\n",
                            "第 2 頁",
                            "\n2、",
                            "\f",
                            "\r\n",
                            "(fā)",
                            "**",
                            "20xx",
                            "?;?",
                            "０",
                            "，",
                            ","}) {
    EXPECT_THAT(all, HasSubstr(noise));
  }
}

TEST(Compilations, ReuseAndEditRatesAreAsAskedFor) {
  for (const double reuse : {0.0, 0.02, 0.3, 1.0}) {
    const CompilationPlan plan = MakePlan({.documents = 5'000, .reuse = reuse});
    EXPECT_NEAR(static_cast<double>(plan.reused_tokens()) / static_cast<double>(plan.tokens()),
                reuse, 0.005);
  }
  const CompilationPlan plan =
      MakePlan({.documents = 300, .reuse = 1, .edit_rate = 0.1, .noise = 0});
  const CompilationTexts texts(plan);
  CompilationDocument document;
  double gone = 0, copied = 0;
  for (uint64_t i = 0; i < texts.size(); ++i) {
    texts.Generate(i, &document);
    for (size_t j = 0; j < document.copies.size(); ++j) {
      if (plan.TextsOf(i)[j].first) continue;
      const std::vector<uint32_t>& begins = document.copies[j].begins;
      copied += static_cast<double>(begins.size());
      gone += static_cast<double>(std::count(begins.begin(), begins.end(), PlacedCopy::kGone));
    }
  }
  EXPECT_NEAR(gone / copied, 0.1 * 2 / 3, 0.005);  // a token with another before it is still there
}

TEST(Compilations, OptionsAreChecked) {
  const auto error = [](const CompilationOptions& options) {
    return std::string(CompilationPlan::Create(options).status().message());
  };
  EXPECT_THAT(error({.documents = 0}), HasSubstr("documents"));
  EXPECT_THAT(error({.reuse = 1.5}), HasSubstr("reuse-share"));
  EXPECT_THAT(error({.compilations = -1}), HasSubstr("compilations"));
  EXPECT_THAT(error({.texts = 1}), HasSubstr("texts"));
  EXPECT_THAT(error({.edit_rate = 2}), HasSubstr("edit-rate"));
  EXPECT_THAT(error({.noise = -1}), HasSubstr("noise"));
  EXPECT_THAT(error({.min_tokens = 10, .max_tokens = 9}), HasSubstr("min-tokens"));
}

// ------------------------------------------------------------------------------------- files

class CompilationFiles : public ::testing::Test {
 protected:
  CompilationSummary Write(const CompilationPlan& plan, const CorpusWriteOptions& options) {
    const absl::StatusOr<CompilationSummary> summary = WriteCompilations(plan, options);
    EXPECT_TRUE(summary.ok()) << summary.status();
    return summary.ok() ? *summary : CompilationSummary{};
  }

  TempDir dir_;
};

std::string ReadFile(const std::string& path) {
  std::stringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

TEST_F(CompilationFiles, RecordsAndTruth) {
  const Corpus corpus(Small(Language::kChinese));
  const std::string path = dir_ / "c.jsonl";
  const CompilationSummary summary = Write(corpus.plan, {.output = path});
  EXPECT_EQ(summary.documents, 24u);
  EXPECT_EQ(summary.pairs, corpus.truth.size());
  EXPECT_TRUE(summary.truth_written);

  simdjson::dom::parser parser;
  size_t i = 0;
  for (simdjson::dom::element row : parser.load_many(path)) {
    std::string_view id, text;
    ASSERT_EQ(row["id"].get(id), simdjson::SUCCESS);
    ASSERT_EQ(row["text"].get(text), simdjson::SUCCESS);
    EXPECT_EQ(id, (i < 10 ? "d0" : "d") + std::to_string(i));
    EXPECT_EQ(text, corpus.texts[i++]);
  }
  EXPECT_EQ(i, 24u);
  i = 0;
  for (simdjson::dom::element row : parser.load_many(path + ".truth.jsonl")) {
    uint64_t begin, end;
    ASSERT_EQ(row["a"]["begin"].get(begin), simdjson::SUCCESS);
    ASSERT_EQ(row["b"]["end"].get(end), simdjson::SUCCESS);
    EXPECT_EQ(begin, corpus.truth[i].a_span.begin);
    EXPECT_EQ(end, corpus.truth[i++].b_span.end);
  }
  EXPECT_EQ(i, corpus.truth.size());
}

TEST_F(CompilationFiles, TextFiles) {
  const Corpus corpus(Small(Language::kEnglish));
  const std::string path = dir_ / "texts";
  Write(corpus.plan, {.output = path + "/", .format = CorpusFormat::kText});
  EXPECT_EQ(ReadFile(path + "/d03.txt"), corpus.texts[3]);
  EXPECT_THAT(ReadFile(path + ".truth.jsonl"), HasSubstr("{\"a\":{\"id\":\"" + path + "/d"));
}

TEST_F(CompilationFiles, Errors) {
  const CompilationPlan plan = MakePlan({.documents = 2});
  const std::string path = dir_ / "c.jsonl";
  Write(plan, {.output = path, .truth = false});
  EXPECT_FALSE(std::filesystem::exists(path + ".truth.jsonl"));
  EXPECT_TRUE(absl::IsAlreadyExists(WriteCompilations(plan, {.output = path}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(
      WriteCompilations(plan, {.output = path, .number_field = true, .force = true}).status()));
}

TEST_F(CompilationFiles, DocumentsForBytes) {
  CompilationOptions options;
  const absl::StatusOr<uint64_t> documents = CompilationsForBytes(options, 20'000'000);
  ASSERT_TRUE(documents.ok());
  options.documents = *documents;
  const CompilationSummary summary =
      Write(MakePlan(options), {.output = dir_ / "c", .truth = false});
  EXPECT_NEAR(static_cast<double>(summary.text_bytes), 2e7, 1e6);
}

}  // namespace
}  // namespace refrain
