// The small parts of the passage room: groups of keys, postings, seeds, the token store, shares, units, Jaccard.
#include <gtest/gtest.h>

#include <set>

#include "refrain/passage/ignored_text.h"
#include "refrain/passage/jaccards.h"
#include "refrain/passage/key_groups.h"
#include "refrain/passage/shares.h"
#include "refrain/passage/unit_table.h"
#include "support/passage_run.h"

namespace refrain {
namespace {

using testing::PassageRun;
using testing::TokensOf;

TEST(KeyGroups, PutsRowsOfEqualKeysTogether) {
  EXPECT_EQ(GroupByKey(std::vector<uint64_t>{5, 3, 5, 9, 3, 5}).DebugString(), "{1 4} {0 2 5}");
  EXPECT_EQ(GroupByKey({}).size(), 0u);
}

TEST(KeyGroups, AgreesWithAMultimap) {
  std::vector<uint64_t> keys;
  std::map<uint64_t, std::vector<uint32_t>> expected;
  for (uint32_t i = 0; i < 200'000; ++i) {
    keys.push_back(SplitMix64(1, SplitMix64(2, i) % 60'000));
    expected[keys.back()].push_back(i);
  }
  const KeyGroups groups = GroupByKey(keys);
  size_t several = 0;
  for (const auto& [key, rows] : expected) several += rows.size() > 1;
  ASSERT_EQ(groups.size(), several);
  for (size_t g = 0; g < groups.size(); ++g) {
    const auto& rows = expected[keys[groups[g][0]]];
    ASSERT_TRUE(std::ranges::equal(groups[g], rows));
  }
}

AnchorBatch Anchors(DocId doc, const std::vector<uint64_t>& fingerprints) {
  AnchorBatch batch;
  for (uint32_t i = 0; i < fingerprints.size(); ++i) {
    batch.anchors.push_back({fingerprints[i], 2 * i, 2 * i});
  }
  const uint32_t n = static_cast<uint32_t>(fingerprints.size());
  batch.documents.push_back({doc, n, 2 * n});
  return batch;
}

TEST(Postings, WhatStandsOnceIsDropped) {
  AnchorLists lists;
  lists.Append(Anchors(0, {11, 22, 33, 44}));
  lists.Append(Anchors(3, {55, 22, 33, 66, 11}));
  const auto postings = TakeRepeated(&lists);
  ASSERT_TRUE(postings.ok());
  // "+": follows the one before it in the text.
  EXPECT_EQ(postings->DebugString(), "0:0 0:2+ 0:4+ 3:2 3:4+ 3:8 | {0 5} {1 3} {2 4}");
  EXPECT_EQ(postings->Documents(), (std::vector<DocId>{0, 3}));
  EXPECT_EQ(lists.anchors, 0u);
}

TEST(Seeds, OneForEachRunHoweverLong) {
  const std::string run =
      "the quick brown fox jumps over the lazy dog and goes home again to sleep";
  const PassageRun found({TokensOf("0123" + run + "4567"), TokensOf("abc" + run + "XYZ")}, {});
  EXPECT_EQ(found.seeds.size(), 1u) << DebugString(found.seeds);
}

TEST(Seeds, ManyPlacesAreLinkedAndNotPaired) {
  testing::TokenTexts texts(500, TokensOf("a sentence that everybody says"));
  const PassageRun found(texts, {});
  EXPECT_EQ(found.seeds.size(), 499u);
  EXPECT_EQ(found.refrains.size(), 1u);
  EXPECT_EQ(found.refrains.places.size(), 500u);
}

TEST(TokenStore, KnowsBytesAndLines) {
  const std::string text = "one two\nthree\n\nfour";
  TokenList tokens;
  Tokenizer(NormalizeOptions::Full()).Tokenize(text, Offsets::kBytes, &tokens);
  TokenStore store;
  store.Reserve(std::vector<uint32_t>{0, 4});
  store.Set(1, tokens, text);
  EXPECT_TRUE(store.ids(0).empty());
  EXPECT_EQ(store.Span(1, 2).begin, 8u);
  EXPECT_EQ(store.Span(1, 2).end, 13u);
  EXPECT_EQ(store.Line(1, 8), 2u);
  EXPECT_EQ(store.Line(1, 15), 4u);
}

TEST(TokenStore, WordsOfAnyLength) {
  const std::string word(3 << 20, 'x');
  const std::string text = "a " + word + " b";
  TokenList tokens;
  Tokenizer(NormalizeOptions::Full()).Tokenize(text, Offsets::kBytes, &tokens);
  TokenStore store;
  store.Reserve(std::vector<uint32_t>{3});
  store.Set(0, tokens, text);
  EXPECT_EQ(store.Span(0, 1).end, 2 + word.size());
  EXPECT_EQ(store.Span(0, 2).begin, 3 + word.size());
}

Passage Between(DocId a, uint32_t a_begin, uint32_t a_end, DocId b, uint32_t b_begin,
                uint32_t b_end) {
  return {a, b, a_begin, a_end, b_begin, b_end, a_end - a_begin, a_end - a_begin, 13};
}

TEST(Shares, EachTokenCountsOnce) {
  const std::vector<Passage> passages{
      Between(0, 0, 20, 0, 40, 60),   // again in the same text
      Between(0, 10, 30, 1, 0, 20),   // overlaps it
      Between(0, 25, 35, 1, 50, 60),  //
      Between(0, 50, 70, 2, 5, 25),
  };
  const Shares shares = CountShares(passages, 3);
  EXPECT_EQ(shares.documents[0].inside, 40u);
  EXPECT_EQ(shares.documents[0].elsewhere, 45u);  // 10-35 and 50-70
  EXPECT_EQ(shares.documents[0].repeated, 65u);   // 0-35 and 40-70
  EXPECT_EQ(shares.Covered(0, 1), 25u);
  EXPECT_EQ(shares.Covered(1, 0), 30u);
  EXPECT_EQ(shares.Covered(1, 2), 0u);
  EXPECT_EQ(shares.Covered(2, 0), 20u);
}

TEST(Shares, IgnoredTextLeavesBothNumbers) {
  const std::vector<Passage> passages{Between(0, 0, 20, 1, 40, 60), Between(0, 10, 30, 2, 0, 20)};
  const std::vector<Place> ignored{{0, 15, 25, 0}, {0, 20, 40, 0}, {3, 5, 10, 0}};
  const Shares shares = CountShares(passages, 4, ignored);
  EXPECT_EQ(shares.documents[0].repeated, 30u);
  EXPECT_EQ(shares.documents[0].ignored, 25u);  // 15-40, of which 30-40 are not repeated
  EXPECT_EQ(shares.documents[0].counted, 15u);  // 0-15
  EXPECT_EQ(shares.documents[1].ignored, 0u);
  EXPECT_EQ(shares.documents[1].counted, 20u);
  EXPECT_EQ(shares.documents[3].ignored, 5u);
  EXPECT_EQ(shares.documents[3].counted, 0u);
}

TEST(IgnoredText, IsOfRefrainsInEnoughDocuments) {
  std::vector<Passage> passages;
  for (DocId other = 1; other < 3; ++other) passages.push_back(Between(0, 0, 20, other, 5, 25));
  passages.push_back(Between(2, 40, 60, 2, 70, 90));
  passages.push_back(Between(2, 40, 60, 2, 100, 120));  // three places of one document
  const Refrains refrains = BuildRefrains(passages, 3);
  ASSERT_EQ(refrains.size(), 2u);
  const IgnoredText ignored = CommonText(refrains, 3);
  EXPECT_EQ(ignored.refrains, 1u);
  ASSERT_EQ(ignored.places.size(), 3u);
  EXPECT_EQ(ignored.places[2].doc, 2u);
  EXPECT_EQ(ignored.places[2].begin, 5u);
  EXPECT_EQ(CommonText(refrains, 4).refrains, 0u);
  EXPECT_EQ(CommonText(refrains, 2).places.size(), 3u);
}

TEST(IgnoredText, KnownIsWhatStandsInKnownDocumentsToo) {
  const std::vector<Passage> passages{Between(0, 0, 20, 1, 0, 20), Between(0, 40, 60, 2, 5, 25),
                                      Between(1, 30, 50, 1, 60, 80), Between(2, 30, 50, 3, 0, 20)};
  const IgnoredText ignored = KnownText(BuildRefrains(passages, 4), 2);
  EXPECT_EQ(ignored.refrains, 1u);
  ASSERT_EQ(ignored.places.size(), 1u);
  EXPECT_EQ(ignored.places[0].begin, 40u);
  const IgnoredText both = Both({{{0, 50, 60, 0}, {1, 0, 9, 0}}, 1}, ignored);
  EXPECT_EQ(both.refrains, 2u);
  ASSERT_EQ(both.places.size(), 3u);
  EXPECT_EQ(both.places[0].begin, 40u);
}

UnitTable TwoDivided() {
  UnitTable table;
  const auto add = [&](std::initializer_list<std::pair<uint32_t, uint32_t>> units) {
    for (const auto& [begin, end] : units) {
      table.units.push_back({begin, end, 1, 1, begin, end, ""});
    }
    table.begins.push_back(static_cast<uint32_t>(table.units.size()));
  };
  add({{0, 100}, {100, 300}});
  add({{0, 50}});
  add({{0, 60}, {60, 60}, {60, 200}});
  return table;
}

TEST(UnitTable, FindsTheUnitOfAToken) {
  const UnitTable table = TwoDivided();
  EXPECT_TRUE(table.Divided());
  EXPECT_EQ(table.IndexOf(0, 99), 0u);
  EXPECT_EQ(table.IndexOf(0, 100), 1u);
  EXPECT_EQ(table.IndexOf(2, 60), 2u);
  EXPECT_EQ(table.DocumentOf(2), 1u);
  EXPECT_EQ(table.DocumentOf(3), 2u);
}

TEST(UnitTable, PassagesAreCutWhereAUnitEndsOnEitherSide) {
  const UnitTable table = TwoDivided();
  const std::vector<UnitPart> parts = CutAtUnits(
      std::vector<Passage>{Between(0, 90, 130, 2, 40, 80), Between(0, 0, 20, 0, 150, 170)}, table);
  std::vector<Passage> passages;
  for (const UnitPart& part : parts) passages.push_back(part.passage);
  EXPECT_EQ(DebugString(passages),
            "0:0-20~1:50-70(20/0) 0:90-100~3:40-50(10/0) 1:0-10~3:50-60(10/0) "
            "1:10-30~5:0-20(20/0)");
}

TEST(ExactJaccards, AgreeWithSets) {
  std::vector<std::vector<uint64_t>> texts;
  for (const uint64_t size : {10u, 200u, 210u, 9000u}) {
    auto& text = texts.emplace_back();
    for (uint64_t i = 0; i < size; ++i) text.push_back(SplitMix64(1, i * i % 151));
  }
  const Shingler shingler(5, 1);
  const std::vector<std::span<const uint64_t>> sequences(texts.begin(), texts.end());
  std::vector<NumberPair> pairs;
  std::vector<double> expected;
  for (uint32_t a = 0; a < texts.size(); ++a) {
    for (uint32_t b = 0; b < texts.size(); ++b) {
      pairs.push_back({a, b});
      RawVector<uint64_t> x;
      RawVector<uint64_t> y;
      shingler.Shingle(texts[a], &x);
      shingler.Shingle(texts[b], &y);
      std::set<uint64_t> all(x.begin(), x.end());
      const std::set<uint64_t> first = all;
      const std::set<uint64_t> second(y.begin(), y.end());
      all.insert(y.begin(), y.end());
      expected.push_back(static_cast<double>(first.size() + second.size() - all.size()) /
                         static_cast<double>(all.size()));
    }
  }
  EXPECT_EQ(ExactJaccards(sequences, pairs, shingler), expected);
}

}  // namespace
}  // namespace refrain
