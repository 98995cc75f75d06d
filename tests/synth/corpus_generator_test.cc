#include "refrain/synth/corpus_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "refrain/synth/corpus_writer.h"

namespace refrain {
namespace {

using ::testing::HasSubstr;

CorpusGenerator MakeCorpus(const CorpusOptions& options) {
  absl::StatusOr<CorpusGenerator> corpus = CorpusGenerator::Create(options);
  EXPECT_TRUE(corpus.ok()) << corpus.status();
  return *std::move(corpus);
}

uint64_t Fnv1a(const CorpusGenerator& corpus) {
  uint64_t hash = 0xCBF29CE484222325u;
  SynthDocument document;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.Generate(i, &document);
    for (const char c : document.text)
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    hash = (hash ^ 0x1FF) * 0x100000001B3u;
  }
  return hash;
}

// The bytes are a contract: recorded figures name a seed, not a file.
TEST(CorpusGenerator, GoldenHashes) {
  CorpusOptions options{
      .documents = 300, .empty = 0.02, .exact = 0.1, .punctuation = 0.1, .edits = EditKind::kMixed};
  EXPECT_EQ(Fnv1a(MakeCorpus(options)), 3529607901224877675u);
  options.language = Language::kChinese;
  EXPECT_EQ(Fnv1a(MakeCorpus(options)), 16565432565811014463u);
  options = {.documents = 300, .kind = CorpusKind::kTemplate, .copies = 0, .templates = 3};
  EXPECT_EQ(Fnv1a(MakeCorpus(options)), 14473279787652863122u);
  options.seed = 2;
  EXPECT_NE(Fnv1a(MakeCorpus(options)), 14473279787652863122u);
}

TEST(CorpusGenerator, ADocumentDoesNotDependOnThoseBefore) {
  const CorpusGenerator corpus = MakeCorpus({.documents = 50});
  SynthDocument fresh, used;
  for (uint64_t i = 0; i < 50; ++i) corpus.Generate(i, &used);
  corpus.Generate(17, &used);
  corpus.Generate(17, &fresh);
  EXPECT_EQ(used.text, fresh.text);
  EXPECT_EQ(used.edits, fresh.edits);
}

TEST(CorpusGenerator, RolesHaveTheSharesAskedForAndCopiesNameOriginals) {
  const CorpusGenerator corpus = MakeCorpus(
      {.documents = 2000, .copies = 0.4, .empty = 0.05, .exact = 0.25, .punctuation = 0.25});
  std::map<DocumentRole, int> counts;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    const DocumentPlan plan = corpus.Plan(i);
    ++counts[plan.role];
    EXPECT_EQ(corpus.Plan(plan.original).original, plan.original);
    const bool copy = plan.role != DocumentRole::kOriginal && plan.role != DocumentRole::kEmpty;
    EXPECT_EQ(plan.original != i, copy);
  }
  EXPECT_EQ(counts[DocumentRole::kOriginal], 1100);
  EXPECT_EQ(counts[DocumentRole::kEditedCopy], 400);
  EXPECT_EQ(counts[DocumentRole::kExactCopy], 200);
  EXPECT_EQ(counts[DocumentRole::kPunctuationCopy], 200);
  EXPECT_EQ(counts[DocumentRole::kEmpty], 100);
}

TEST(CorpusGenerator, CopiesAreWhatTheirRoleSays) {
  const CorpusGenerator corpus =
      MakeCorpus({.documents = 400, .copies = 0.6, .exact = 0.3, .punctuation = 0.3});
  SynthDocument copy, original;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.Generate(i, &copy);
    corpus.Generate(copy.plan.original, &original);
    if (copy.plan.role == DocumentRole::kExactCopy) {
      EXPECT_EQ(copy.text, original.text);
    }
    if (copy.plan.role == DocumentRole::kPunctuationCopy) {
      EXPECT_NE(copy.text, original.text);
      EXPECT_EQ(PiecesJaccard(copy.pieces, original.pieces), 1);
    }
    if (copy.plan.role == DocumentRole::kEditedCopy) {
      EXPECT_EQ(copy.pieces.size(), original.pieces.size());
      EXPECT_LE(copy.edits, original.pieces.size() / 2);
    }
  }
}

TEST(CorpusGenerator, LengthsAreLogNormalAndClamped) {
  const CorpusGenerator corpus =
      MakeCorpus({.documents = 4000, .median_tokens = 250, .sigma = 0.8, .copies = 0});
  std::vector<double> logs;
  double total = 0;
  SynthDocument document;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.GeneratePieces(i, &document);
    ASSERT_GE(document.pieces.size(), 30u);
    ASSERT_LE(document.pieces.size(), 5000u);
    logs.push_back(std::log(static_cast<double>(document.pieces.size())));
    total += static_cast<double>(document.pieces.size());
  }
  std::sort(logs.begin(), logs.end());
  EXPECT_NEAR(logs[2000], std::log(250.0), 5 * 0.8 * 1.25 / std::sqrt(4000.0));
  EXPECT_NEAR((logs[3365] - logs[635]) / 2, 0.8, 0.06);  // one standard deviation to each side
  EXPECT_NEAR(total / 4000, 250 * std::exp(0.32), 25);
}

TEST(CorpusGenerator, EditRatesAreUniformUpToTheLimit) {
  const CorpusGenerator corpus = MakeCorpus(
      {.documents = 4000, .median_tokens = 400, .sigma = 0, .copies = 0.5, .max_edit = 0.2});
  double total = 0;
  int below_half = 0, copies = 0;
  SynthDocument document;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.GeneratePieces(i, &document);
    if (document.plan.role != DocumentRole::kEditedCopy) continue;
    const double rate = static_cast<double>(document.edits) / 400;
    total += rate;
    below_half += rate < 0.1;
    ++copies;
  }
  EXPECT_NEAR(total / copies, 0.1, 5 * 0.06 / std::sqrt(copies));
  EXPECT_NEAR(static_cast<double>(below_half) / copies, 0.5, 5 * 0.5 / std::sqrt(copies));
}

TEST(CorpusGenerator, MixedEditsChangeTheLength) {
  const CorpusGenerator corpus = MakeCorpus({.documents = 200,
                                             .median_tokens = 400,
                                             .sigma = 0,
                                             .max_edit = 0.5,
                                             .edits = EditKind::kMixed});
  SynthDocument document;
  int longer = 0, shorter = 0;
  for (uint64_t i = 0; i < corpus.size(); ++i) {
    corpus.GeneratePieces(i, &document);
    longer += document.pieces.size() > 400;
    shorter += document.pieces.size() < 400;
  }
  EXPECT_GT(longer, 20);
  EXPECT_GT(shorter, 20);
}

TEST(CorpusGenerator, FillsOfATemplateStayBelowTheBoundAndAreDistinct) {
  for (const uint64_t values : {10u, 100u, 1000u}) {
    const CorpusOptions options{
        .documents = 400, .kind = CorpusKind::kTemplate, .copies = 0, .slot_values = values};
    const double bound = WorstFillJaccard(options);
    EXPECT_LT(bound, 0.8);
    const CorpusGenerator corpus = MakeCorpus(options);
    std::vector<SynthDocument> fills(corpus.size());
    for (uint64_t i = 0; i < corpus.size(); ++i) corpus.GeneratePieces(i, &fills[i]);
    double highest = 0, lowest = 1;
    for (size_t a = 0; a < fills.size(); ++a) {
      EXPECT_EQ(fills[a].pieces.size(), 78u);
      for (size_t b = 0; b < a; ++b) {
        const double jaccard = PiecesJaccard(fills[a].pieces, fills[b].pieces);
        highest = std::max(highest, jaccard);
        lowest = std::min(lowest, jaccard);
      }
    }
    EXPECT_LE(highest, bound + 1e-12);
    EXPECT_NEAR(lowest, 56.0 / 92, 1e-12);  // all three slots differ: 18 of 74 shingles
  }
}

TEST(CorpusGenerator, TheBoundOfTemplatesIsReached) {
  // Two values, one token a slot: 4 fills, each two of which differ in exactly two slots.
  const CorpusOptions options{.documents = 4,
                              .kind = CorpusKind::kTemplate,
                              .copies = 0,
                              .slot_tokens = 1,
                              .slot_values = 2};
  const CorpusGenerator corpus = MakeCorpus(options);
  std::vector<SynthDocument> fills(4);
  for (uint64_t i = 0; i < 4; ++i) corpus.GeneratePieces(i, &fills[i]);
  for (size_t a = 0; a < 4; ++a) {
    for (size_t b = 0; b < a; ++b) {
      EXPECT_NEAR(PiecesJaccard(fills[a].pieces, fills[b].pieces), WorstFillJaccard(options),
                  1e-12);
    }
  }
}

TEST(CorpusGenerator, BytesAreMetClosely) {
  for (const Language language : {Language::kEnglish, Language::kChinese}) {
    CorpusOptions options{.language = language};
    const absl::StatusOr<uint64_t> documents = DocumentsForBytes(options, 4'000'000);
    ASSERT_TRUE(documents.ok());
    options.documents = *documents;
    const CorpusGenerator corpus = MakeCorpus(options);
    SynthDocument document;
    double total = 0;
    for (uint64_t i = 0; i < corpus.size(); ++i) {
      corpus.Generate(i, &document);
      total += static_cast<double>(document.text.size());
    }
    EXPECT_NEAR(total, 4e6, 0.1 * 4e6);
  }
}

TEST(CorpusGenerator, BadOptionsAreNamed) {
  const auto message = [](const CorpusOptions& options) {
    return std::string(CorpusGenerator::Create(options).status().message());
  };
  EXPECT_THAT(message({.documents = 0}), HasSubstr("documents"));
  EXPECT_THAT(message({.copies = 1.5}), HasSubstr("copies"));
  EXPECT_THAT(message({.copies = 1}), HasSubstr("copies"));
  EXPECT_THAT(message({.copies = std::nan("")}), HasSubstr("copies"));
  EXPECT_THAT(message({.copies = 0.7, .empty = 0.7}), HasSubstr("together"));
  EXPECT_THAT(message({.min_tokens = 10, .max_tokens = 5}), HasSubstr("min-tokens"));
  EXPECT_THAT(
      message({.documents = 1000, .kind = CorpusKind::kTemplate, .copies = 0, .slot_values = 5}),
      HasSubstr("625 different fills"));
}

TEST(CorpusGenerator, IdsSortLikeNumbers) {
  const CorpusGenerator corpus = MakeCorpus({.documents = 1001});
  EXPECT_EQ(corpus.Id(7), "d0007");
  EXPECT_EQ(corpus.Id(1000), "d1000");
}

}  // namespace
}  // namespace refrain
