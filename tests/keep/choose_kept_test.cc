// ChooseKept, FindProvenPairs and KeepComponents against the oracle, with knobs so small that every way through them
// is taken: blocks, deferral, hot groups, in-block components.
#include "refrain/keep/choose_kept.h"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "io/io_testing.h"
#include "reference/greedy_dedup.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/keep/keep_components.h"
#include "refrain/keep/proven_pairs.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/sketch_corpus.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using reference::GreedyDedup;
using reference::NaivePair;

struct Conditions {
  double threshold = 0.8;
  Bands bands{16, 6};
  KeepRule keep = KeepRule::kLongest;
  Method method = Method::kMinHash;
  SketchAlgorithm algorithm = SketchAlgorithm::kFast;
};

// A corpus that has been sketched and grouped, ready for proof.
class Corpus {
 public:
  Corpus(const std::vector<std::string>& texts, const Conditions& setup)
      : setup_(setup), oracle_(texts, NormalizeOptions::Full()) {
    std::string lines;
    for (const std::string& text : texts) lines += "{\"text\":\"" + text + "\"}\n";
    sources_ = {Jsonl(folder_.Write("corpus.jsonl", lines))};
    SketchOptions options;
    options.bands = setup.bands;
    options.threshold = setup.threshold;
    options.method = setup.method;
    options.algorithm = setup.algorithm;
    auto corpus = SketchCorpus(
        sources_, options,
        [](const RawRecord&, std::string_view) { return absl::InternalError("rejected"); }, nullptr,
        nullptr);
    EXPECT_TRUE(corpus.ok()) << corpus.status();
    corpus_ = *std::move(corpus);
    order_ = MakeKeepOrder(corpus_.table, setup.keep);
    const auto copies = FindCopies(corpus_.table);
    EXPECT_TRUE(copies.ok()) << copies.status();
    copy_of_ = ChooseOriginals(*copies, order_);
    auto shorts = GroupShortKeys(ShortKeys(setup.threshold), &corpus_.table, copy_of_,
                                 /*crowded=*/2);
    EXPECT_TRUE(shorts.ok()) << shorts.status();
    shorts_ = *std::move(shorts);
    auto groups = GroupBands(&corpus_.table, copy_of_);
    EXPECT_TRUE(groups.ok()) << groups.status();
    groups_ = *std::move(groups);
    rule_ =
        std::make_unique<CandidateRule>(&corpus_.table, &shorts_, &groups_, setup.threshold,
                                        setup.method == Method::kSimHash ? options.hamming : -1);
    source_ = std::make_unique<ShingleSource>(corpus_.store.get(), options.document, 1 << 20);
  }

  KeepDecision Choose(const ProofOptions& options) const {
    auto kept = ChooseKept(Inputs(options), order_, copy_of_);
    EXPECT_TRUE(kept.ok()) << kept.status();
    return *std::move(kept);
  }
  absl::StatusOr<ProvenPairs> Prove(const ProofOptions& options, uint64_t most = UINT64_MAX) const {
    return FindProvenPairs(Inputs(options), copy_of_, most);
  }
  KeepDecision Components(const ProvenPairs& pairs) const {
    auto kept = KeepComponents(pairs, order_, copy_of_, *source_);
    EXPECT_TRUE(kept.ok()) << kept.status();
    return *std::move(kept);
  }
  std::vector<ProvenPair> Expanded(const ProvenPairs& pairs) const {
    return Expand(pairs, copy_of_, corpus_.table);
  }

  const GreedyDedup& oracle() const { return oracle_; }
  const BandGroups& groups() const { return groups_; }
  std::vector<size_t> Order() const { return {order_.docs.begin(), order_.docs.end()}; }

  // The oracle's pairs that are candidates: copies, or whose originals are by the rule.
  std::vector<NaivePair> CandidatePairs() const {
    std::vector<NaivePair> pairs = oracle_.Pairs(setup_.threshold);
    std::erase_if(pairs, [&](const NaivePair& pair) {
      const DocId a = copy_of_[pair.a];
      const DocId b = copy_of_[pair.b];
      return a != b && !corpus_.table.IsShortPair(a, b) &&
             !rule_->BandPair(groups_.RowOf(a), groups_.RowOf(b));
    });
    return pairs;
  }

 private:
  ProofInputs Inputs(const ProofOptions& options) const {
    return {corpus_.table, shorts_, groups_, *rule_, *source_, options};
  }

  Conditions setup_;
  TempDir folder_;
  GreedyDedup oracle_;
  std::vector<Source> sources_;
  SketchedCorpus corpus_;
  KeepOrder order_;
  std::vector<DocId> copy_of_;
  ShortGroups shorts_;
  BandGroups groups_;
  std::unique_ptr<CandidateRule> rule_;
  std::unique_ptr<ShingleSource> source_;
};

ProofOptions Proof(double threshold, uint32_t hot_group, uint32_t block_documents) {
  ProofOptions options;
  options.threshold = threshold;
  options.hot_group = hot_group;
  options.hot_short_group = 2 * hot_group;
  options.block_documents = block_documents;
  return options;
}

// What the indexes take is taken from the cache, which changes no result, until nothing is left.
TEST(ProofMemoryTest, LessOfItChangesNoResultAndTooLittleIsAnError) {
  const Corpus corpus(testing::FamilyTexts(1, 600, 5, 90), {});
  const auto expected = corpus.Prove(Proof(0.8, 2, 64));
  ASSERT_TRUE(expected.ok()) << expected.status();
  ASSERT_FALSE(expected->pairs.empty());
  for (const uint64_t bytes : {uint64_t{1} << 18, uint64_t{1} << 20, UINT64_MAX}) {
    ProofOptions options = Proof(0.8, 2, 64);
    options.memory_bytes = bytes;
    const auto found = corpus.Prove(options);
    ASSERT_TRUE(found.ok()) << found.status();
    const auto shared = [](const ProvenPair& pair) { return pair.shared; };
    EXPECT_TRUE(std::ranges::equal(found->pairs, expected->pairs, {}, shared, shared));
    EXPECT_EQ(corpus.Choose(options).leader, corpus.Choose(Proof(0.8, 2, 64)).leader);
  }
  ProofOptions little = Proof(0.8, 2, 64);
  little.memory_bytes = 1000;
  const absl::Status status = corpus.Prove(little).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("--memory"), std::string::npos) << status;
}

void ExpectProvenRemoval(const Corpus& corpus, const KeepDecision& kept, size_t doc,
                         double threshold) {
  const GreedyDedup& oracle = corpus.oracle();
  const DocId leader = kept.leader[doc];
  EXPECT_EQ(kept.leader[leader], leader) << doc;
  EXPECT_EQ(kept.Similarity(static_cast<DocId>(doc)), oracle.Jaccard(doc, leader)) << doc;
  EXPECT_GE(oracle.Jaccard(doc, leader), threshold) << doc;
  if (kept.FindRemoval(static_cast<DocId>(doc)) == nullptr) {
    EXPECT_TRUE(oracle.AreCopies(doc, leader));
  }
}

void ExpectGreedy(const Corpus& corpus, const KeepDecision& kept, double threshold) {
  const std::vector<bool> expected = GreedyDedup::Greedy(corpus.Order(), corpus.CandidatePairs());
  ASSERT_EQ(kept.leader.size(), expected.size());
  for (size_t doc = 0; doc < expected.size(); ++doc) {
    ASSERT_EQ(kept.leader[doc] == doc, expected[doc]) << "document " << doc;
    if (!expected[doc]) ExpectProvenRemoval(corpus, kept, doc, threshold);
  }
}

void ExpectPairs(const std::vector<ProvenPair>& found, const std::vector<NaivePair>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].a, expected[i].a);
    ASSERT_EQ(found[i].b, expected[i].b);
    ASSERT_EQ(found[i].shared, expected[i].shared);
  }
}

struct Case {
  const char* name;
  std::vector<std::string> (*texts)();
  Conditions setup;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

std::vector<std::string> MixedLengths() { return testing::FamilyTexts(1, 1200, 20, 400); }
std::vector<std::string> ShortTexts() { return testing::FamilyTexts(2, 2500, 2, 70, 3000); }
std::vector<std::string> FewWords() { return testing::FamilyTexts(3, 1200, 1, 90, 6); }
std::vector<std::string> AroundTheThreshold() {
  // 1 or 2 of 7 slots differing make J of about .8 and .7 over 120 words.
  return testing::TemplateTexts(4, 700, 120, 7, 3);
}
std::vector<std::string> ShortTemplate() { return testing::TemplateTexts(5, 900, 60, 5, 6); }
std::vector<std::string> TwoTemplatesAndFamilies() {
  std::vector<std::string> texts = testing::TemplateTexts(6, 400, 150, 8, 4);
  const auto add = [&](const std::vector<std::string>& more) {
    texts.insert(texts.end(), more.begin(), more.end());
  };
  add(testing::FamilyTexts(7, 500, 2, 200));
  add(testing::TemplateTexts(8, 400, 75, 4, 8));
  add({"", " ", "...", "a", "A!", "a b", "b a", "a b c d", "a b c d e"});
  testing::Dice dice(9);
  for (size_t i = texts.size(); i > 1; --i) std::swap(texts[i - 1], texts[dice.Below(i)]);
  return texts;
}

class ChooseKeptTest : public ::testing::TestWithParam<Case> {};

TEST_P(ChooseKeptTest, IsTheGreedyChoiceForAnyBlocksAndHotGroups) {
  const Conditions setup = GetParam().setup;
  const Corpus corpus(GetParam().texts(), setup);
  size_t removed = 0;
  size_t complete = 0;
  for (const uint32_t hot_group : {2U, 3U, 8U, 128U}) {
    for (const uint32_t block : {3U, 17U, 64U, 4096U}) {
      SCOPED_TRACE(::testing::Message() << "hot_group " << hot_group << " block " << block);
      const ProofOptions options = Proof(setup.threshold, hot_group, block);
      const KeepDecision kept = corpus.Choose(options);
      for (size_t doc = 0; doc < kept.leader.size(); ++doc) {
        if (kept.leader[doc] == doc) continue;
        ASSERT_NO_FATAL_FAILURE(ExpectProvenRemoval(corpus, kept, doc, setup.threshold));
        ++removed;
      }
      if (kept.limits.documents > 0)
        continue;  // the budget was spent: removals are proven, not complete
      ASSERT_NO_FATAL_FAILURE(ExpectGreedy(corpus, kept, setup.threshold));
      ++complete;
    }
  }
  EXPECT_GT(removed, 0U);
  EXPECT_GT(complete, 4U);
}

TEST_P(ChooseKeptTest, LeadersDoNotDependOnThreads) {
  const Conditions setup = GetParam().setup;
  const Corpus corpus(GetParam().texts(), setup);
  const ProofOptions options = Proof(setup.threshold, 4, 64);
  std::vector<DocId> leaders;
  for (const int threads : {1, 2, 3, 8}) {
    const ThreadLimit limit(threads);
    const KeepDecision kept = corpus.Choose(options);
    if (leaders.empty()) leaders = kept.leader;
    EXPECT_EQ(kept.leader, leaders) << threads;
  }
}

TEST_P(ChooseKeptTest, ProvenPairsAreTheNaivePairs) {
  const Conditions setup = GetParam().setup;
  const Corpus corpus(GetParam().texts(), setup);
  const std::vector<NaivePair> expected = corpus.CandidatePairs();
  for (const uint32_t hot_group : {2U, 8U, 128U}) {
    for (const uint32_t block : {3U, 64U, 4096U}) {
      ProofOptions options = Proof(setup.threshold, hot_group, block);
      options.postings_per_document = 1 << 20;
      const auto pairs = corpus.Prove(options);
      ASSERT_TRUE(pairs.ok()) << pairs.status();
      EXPECT_EQ(pairs->limits.documents, 0U);
      ASSERT_NO_FATAL_FAILURE(ExpectPairs(corpus.Expanded(*pairs), expected));
    }
  }
}

TEST_P(ChooseKeptTest, ComponentsAreTheNaiveComponents) {
  const Conditions setup = GetParam().setup;
  const Corpus corpus(GetParam().texts(), setup);
  ProofOptions options = Proof(setup.threshold, 8, 64);
  options.postings_per_document = 1 << 20;
  const auto pairs = corpus.Prove(options);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  const KeepDecision kept = corpus.Components(*pairs);
  const std::vector<size_t> expected =
      GreedyDedup::Components(corpus.Order(), corpus.CandidatePairs());
  for (size_t doc = 0; doc < expected.size(); ++doc) {
    ASSERT_EQ(kept.leader[doc], expected[doc]) << doc;
    if (expected[doc] == doc) continue;
    ASSERT_EQ(kept.Similarity(static_cast<DocId>(doc)),
              corpus.oracle().Jaccard(doc, expected[doc]));
  }
}

INSTANTIATE_TEST_SUITE_P(
    , ChooseKeptTest,
    ::testing::Values(
        Case{"Mixed", MixedLengths, {}},
        Case{"MixedLow", MixedLengths, {.threshold = 0.5, .bands = {60, 2}}},
        Case{"MixedClassic",
             MixedLengths,
             {.threshold = 0.7, .algorithm = SketchAlgorithm::kClassic}},
        Case{"MixedSimHash", MixedLengths, {.threshold = 0.9, .method = Method::kSimHash}},
        Case{"Short", ShortTexts, {}},
        Case{"ShortLow", ShortTexts, {.threshold = 0.3, .bands = {128, 1}}},
        Case{"ShortEqual", ShortTexts, {.threshold = 1.0}},
        Case{"FewWords", FewWords, {.threshold = 0.6}},
        Case{"Hot", AroundTheThreshold, {.threshold = 0.65, .bands = {32, 4}}},
        Case{"HotFirst",
             AroundTheThreshold,
             {.threshold = 0.75, .bands = {32, 4}, .keep = KeepRule::kFirst}},
        Case{"HotLast",
             AroundTheThreshold,
             {.threshold = 0.55, .bands = {128, 1}, .keep = KeepRule::kLast}},
        Case{"ShortTemplate", ShortTemplate, {.threshold = 0.6}},
        Case{"All", TwoTemplatesAndFamilies, {.threshold = 0.7, .bands = {25, 5}}},
        Case{"AllLast",
             TwoTemplatesAndFamilies,
             {.threshold = 0.6, .bands = {40, 3}, .keep = KeepRule::kLast}}),
    [](const auto& suite) { return std::string(suite.param.name); });

TEST(ChooseKeptBandsTest, OneRowABandFindsEveryPair) {
  const Corpus corpus(TwoTemplatesAndFamilies(), {.threshold = 0.6, .bands = {128, 1}});
  EXPECT_EQ(corpus.CandidatePairs().size(), corpus.oracle().Pairs(0.6).size());
}

TEST(ChooseKeptBandsTest, TheHotCaseHasHotGroupsAndPairsOnBothSidesOfTheThreshold) {
  const Corpus corpus(AroundTheThreshold(), {.threshold = 0.65, .bands = {32, 4}});
  EXPECT_GT(*std::ranges::max_element(corpus.groups().sizes), 128U);
  EXPECT_GT(corpus.oracle().Pairs(0.65).size(), 1000U);
  EXPECT_GT(2 * corpus.oracle().Pairs(0.4).size(), 3 * corpus.oracle().Pairs(0.65).size());
}

TEST(ChooseKeptBlocksTest, BlocksBoundedByShinglesChangeNothing) {
  const Corpus corpus(TwoTemplatesAndFamilies(), {});
  for (const uint64_t shingles : {1U, 300U, 5000U}) {
    ProofOptions options = Proof(0.8, 4, 4096);
    options.block_shingles = shingles;
    ASSERT_NO_FATAL_FAILURE(ExpectGreedy(corpus, corpus.Choose(options), 0.8));
  }
}

TEST(ChooseKeptLimitsTest, ASpentBudgetIsCountedAndEveryRemovalIsStillProven) {
  const Corpus corpus(AroundTheThreshold(), {.threshold = 0.9, .bands = {32, 4}});
  ProofOptions options = Proof(0.9, 4, 64);
  options.postings_per_document = 2;
  options.free_postings = 0;
  const KeepDecision kept = corpus.Choose(options);
  EXPECT_GT(kept.limits.documents, 0U);
  EXPECT_GT(kept.limits.postings, kept.limits.documents);
  for (size_t doc = 0; doc < kept.leader.size(); ++doc) {
    if (kept.leader[doc] != doc) ExpectProvenRemoval(corpus, kept, doc, 0.9);
  }
}

TEST(ProvenPairsTest, TooManyPairsAreAnErrorThatStatesTheCount) {
  const Corpus corpus(TwoTemplatesAndFamilies(), {});
  const size_t expected = corpus.CandidatePairs().size();
  ASSERT_GT(expected, 100U);
  EXPECT_TRUE(corpus.Prove(Proof(0.8, 8, 64), expected).ok());
  const absl::Status status = corpus.Prove(Proof(0.8, 8, 64), expected - 1).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_NE(status.message().find(std::to_string(expected)), std::string::npos) << status;
}

// What is left to the next block because a group got hot has its share of the budget there, though it was in a block
// before: with nothing but such documents in the block, every pair is still found.
TEST_P(ChooseKeptTest, DocumentsLeftToTheNextBlockHaveTheirBudget) {
  const Conditions setup = GetParam().setup;
  const Corpus corpus(GetParam().texts(), setup);
  for (const uint32_t hot_group : {2U, 8U, 16U, 128U}) {
    SCOPED_TRACE(::testing::Message() << "hot_group " << hot_group);
    ProofOptions options = Proof(setup.threshold, hot_group, 4096);
    options.free_postings = 0;
    const KeepDecision kept = corpus.Choose(options);
    EXPECT_EQ(kept.limits.documents, 0U);
    ASSERT_NO_FATAL_FAILURE(ExpectGreedy(corpus, kept, setup.threshold));
  }
}

TEST(ChooseKeptErrorsTest, CancelledWhenAsked) {
  const Corpus corpus(ShortTexts(), {});
  const std::atomic<bool> cancelled = true;
  ProofOptions options;
  options.cancelled = &cancelled;
  EXPECT_TRUE(absl::IsCancelled(corpus.Prove(options).status()));
}

}  // namespace
}  // namespace refrain
