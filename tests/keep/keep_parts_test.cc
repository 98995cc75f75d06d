// The small parts of the keep room: order, copies, disjoint sets, group leaders, the budget of an index lane.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <map>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

#include "refrain/base/disjoint_sets.h"
#include "refrain/keep/group_leaders.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/keep_order.h"
#include "refrain/parallel/parallel.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

std::vector<DocId> OrderByTokens(const std::vector<uint32_t>& tokens, KeepRule rule) {
  SketchTable table;
  table.tokens.append(tokens);
  return MakeKeepOrder(table, rule).docs;
}

std::vector<DocId> OrderByNumbers(std::initializer_list<double> numbers, KeepRule rule) {
  SketchTable table;
  table.keep_numbers = PageVector<double>(numbers);
  table.tokens.resize(numbers.size());
  return MakeKeepOrder(table, rule).docs;
}

TEST(KeepOrderTest, LongestTakesMostTokensFirstAndTiesInInputOrder) {
  EXPECT_EQ(OrderByTokens({3, 9, 0, 9, 4'000'000'000, 3}, KeepRule::kLongest),
            (std::vector<DocId>{4, 1, 3, 0, 5, 2}));
}

TEST(KeepOrderTest, FirstAndLastAreInputOrderAndItsReverse) {
  EXPECT_EQ(OrderByTokens({3, 9, 1}, KeepRule::kFirst), (std::vector<DocId>{0, 1, 2}));
  EXPECT_EQ(OrderByTokens({3, 9, 1}, KeepRule::kLast), (std::vector<DocId>{2, 1, 0}));
}

TEST(KeepOrderTest, NumbersSortEitherWayWithMissingOnesLastAndTiesInInputOrder) {
  const auto numbers = {kMissing, 5.0, -1.5, kMissing, 5.0, 1e300};
  EXPECT_EQ(OrderByNumbers(numbers, KeepRule::kMax), (std::vector<DocId>{5, 1, 4, 2, 0, 3}));
  EXPECT_EQ(OrderByNumbers(numbers, KeepRule::kMin), (std::vector<DocId>{2, 1, 4, 5, 0, 3}));
}

TEST(KeepOrderTest, ZeroAndMinusZeroAreATie) {
  EXPECT_EQ(OrderByNumbers({0.0, -0.0, 0.0}, KeepRule::kMax), (std::vector<DocId>{0, 1, 2}));
  EXPECT_EQ(OrderByNumbers({0.0, -0.0, 0.0}, KeepRule::kMin), (std::vector<DocId>{0, 1, 2}));
}

TEST(KeepOrderTest, RanksInvertTheOrder) {
  Dice dice(1);
  SketchTable table;
  for (int i = 0; i < 1000; ++i) table.tokens.push_back(static_cast<uint32_t>(dice.Below(50)));
  const KeepOrder order = MakeKeepOrder(table, KeepRule::kLongest);
  for (uint32_t rank = 0; rank < 1000; ++rank) EXPECT_EQ(order.ranks[order.docs[rank]], rank);
}

// More than a thread takes at a time, and numbers of tokens of one, two and three passes.
TEST(KeepOrderTest, ManyDocumentsHaveTheOrderOfAStableSortForAnyThreads) {
  Dice dice(4);
  for (const uint64_t most : {uint64_t{2000}, uint64_t{4'000'000}, uint64_t{1} << 32}) {
    SketchTable table;
    for (int i = 0; i < 150'000; ++i)
      table.tokens.push_back(static_cast<uint32_t>(dice.Word() % most));
    std::vector<DocId> expected(table.size());
    std::iota(expected.begin(), expected.end(), DocId{0});
    std::ranges::stable_sort(expected, std::greater(),
                             [&](DocId doc) { return table.tokens[doc]; });
    for (const int threads : {1, 2, 7}) {
      const ThreadLimit limit(threads);
      const KeepOrder order = MakeKeepOrder(table, KeepRule::kLongest);
      ASSERT_TRUE(order.docs == expected) << most << ' ' << threads;
      for (uint32_t rank = 0; rank < table.size(); ++rank)
        ASSERT_EQ(order.ranks[expected[rank]], rank);
    }
  }
}

TEST(KeepOrderTest, NothingHasAnEmptyOrder) {
  for (const KeepRule rule :
       {KeepRule::kLongest, KeepRule::kFirst, KeepRule::kLast, KeepRule::kMax}) {
    EXPECT_TRUE(MakeKeepOrder(SketchTable(), rule).docs.empty());
  }
}

// Hashes that agree in all but a few bits, some of which tell the parts apart in which they are looked at.
TEST(FindCopiesTest, AgreesWithComparingAllForNearlyEqualHashesInMemoryAndSpilled) {
  Dice dice(2);
  for (const uint64_t limit : {uint64_t{0}, uint64_t{2000}, UINT64_MAX}) {
    SketchTable table(0, std::make_shared<ColumnSpace>(::testing::TempDir(), limit, 64));
    std::vector<TextHash> hashes;
    for (int i = 0; i < 601; ++i) {
      table.tokens.push_back(static_cast<uint32_t>(dice.Below(4)));
      const uint64_t high =
          uint64_t{dice.Below(2)} << 62 | uint64_t{dice.Below(2)} << 40 | dice.Below(3);
      hashes.push_back({dice.Below(3), high});
    }
    ASSERT_EQ(table.text_hashes.Append(hashes), absl::OkStatus());
    for (const KeepRule rule : {KeepRule::kLongest, KeepRule::kFirst, KeepRule::kLast}) {
      const KeepOrder order = MakeKeepOrder(table, rule);
      const auto copies = FindCopies(table);
      ASSERT_EQ(copies.status(), absl::OkStatus());
      const std::vector<DocId> copy_of = ChooseOriginals(*copies, order);
      for (const DocId doc : order.docs) {
        const auto same = std::ranges::find_if(order.docs, [&](DocId other) {
          return table.tokens[other] > 0 && hashes[other] == hashes[doc];
        });
        EXPECT_EQ(copy_of[doc], table.tokens[doc] == 0 ? doc : *same) << doc;
      }
    }
  }
}

// So many that they are in many buckets, for any number of threads.
TEST(FindCopiesTest, FindsEveryCopyAmongManyAndTheFirstOfItsKindForAnyThreads) {
  constexpr uint32_t kDocuments = 150'000;
  Dice dice(5);
  SketchTable table;
  std::vector<TextHash> hashes;
  for (uint32_t doc = 0; doc < kDocuments; ++doc) {
    table.tokens.push_back(1);
    const bool copy = doc > 0 && dice.Chance(30);
    hashes.push_back(copy ? hashes[dice.Below(doc)] : TextHash{dice.Word(), dice.Word()});
  }
  ASSERT_EQ(table.text_hashes.Append(hashes), absl::OkStatus());
  std::map<std::pair<uint64_t, uint64_t>, DocId> firsts;
  std::vector<DocId> expected;
  for (DocId doc = 0; doc < kDocuments; ++doc) {
    expected.push_back(firsts.try_emplace({hashes[doc].low, hashes[doc].high}, doc).first->second);
  }
  const KeepOrder order = MakeKeepOrder(table, KeepRule::kFirst);
  for (const int threads : {1, 2, 7}) {
    const ThreadLimit limit(threads);
    const auto copies = FindCopies(table);
    ASSERT_EQ(copies.status(), absl::OkStatus());
    EXPECT_TRUE(ChooseOriginals(*copies, order) == expected) << threads;
  }
}

TEST(DisjointSetsTest, SetsAreNamedByTheirSmallestMemberInAnyOrderOfJoins) {
  Dice dice(3);
  for (int round = 0; round < 20; ++round) {
    constexpr uint32_t kSize = 200;
    DisjointSets sets(kSize);
    std::vector<uint32_t> naive(kSize);
    std::iota(naive.begin(), naive.end(), 0U);
    for (int join = 0; join < 120; ++join) {
      const auto a = static_cast<uint32_t>(dice.Below(kSize));
      const auto b = static_cast<uint32_t>(dice.Below(kSize));
      sets.Join(a, b);
      const auto [low, high] = std::minmax(naive[a], naive[b]);
      std::ranges::replace(naive, uint32_t{high}, uint32_t{low});
    }
    for (uint32_t x = 0; x < kSize; ++x) ASSERT_EQ(sets.Find(x), naive[x]);
  }
}

TEST(DisjointSetsTest, MembersAscendAndSetsComeBySmallestMember) {
  DisjointSets sets(6);
  sets.Join(5, 1);
  sets.Join(4, 5);
  sets.Join(3, 2);
  const DisjointSets::Sets members = sets.Members();
  EXPECT_EQ(members.members, (std::vector<uint32_t>{0, 1, 4, 5, 2, 3}));
  EXPECT_EQ(members.begins, (std::vector<uint32_t>{0, 1, 4, 6}));
}

TEST(GroupLeadersTest, AGroupHoldsItsLeadersUntilItIsHotAndThenGivesThemUp) {
  Groups groups;
  groups.sizes = {5, 2, 9};
  GroupLeaders leaders(groups, 3);
  std::vector<uint32_t> displaced;
  for (const uint32_t row : {10U, 11U, 12U}) EXPECT_TRUE(leaders.Add(2, row, &displaced));
  EXPECT_TRUE(leaders.Add(0, 10, &displaced));
  EXPECT_TRUE(leaders.Add(1, 10, &displaced));
  EXPECT_TRUE(leaders.Add(1, 11, &displaced));
  EXPECT_TRUE(displaced.empty());
  EXPECT_FALSE(leaders.IsHot(2));
  EXPECT_FALSE(leaders.Add(2, 13, &displaced));
  EXPECT_EQ(displaced, (std::vector<uint32_t>{10, 11, 12}));
  EXPECT_TRUE(leaders.IsHot(2));
  EXPECT_FALSE(leaders.IsHot(0));
  EXPECT_EQ(leaders.Leaders(0).size(), 1U);
  EXPECT_EQ(leaders.Leaders(1).size(), 2U);
}

TEST(GroupLeadersTest, AGroupThatIsTooLargeIsHotFromTheFirst) {
  Groups groups;
  groups.sizes = {4, 3};
  const GroupLeaders leaders(groups, 3, 3);
  EXPECT_TRUE(leaders.IsHot(0));
  EXPECT_FALSE(leaders.IsHot(1));
}

// A probe with runs of these (frequency, postings needed).
Probe ProbeOf(const std::vector<std::pair<uint32_t, uint32_t>>& runs) {
  Probe probe;
  for (const auto& [frequency, needed] : runs) {
    probe.runs.push_back({nullptr, needed, needed, frequency, 0});
  }
  return probe;
}

TEST(IndexLaneTest, EverythingIsReadWithinTheBudget) {
  IndexLane lane(0.8, 100, 10);
  const Probe probe = ProbeOf({{2, 4}, {100, 6}});
  const std::vector<const Probe*> probes = {&probe};
  EXPECT_EQ(lane.Cutoff(probes, 1), kReadAll);
  EXPECT_EQ(lane.limits().documents, 0U);
}

TEST(IndexLaneTest, BeyondItTheMostFrequentAreSkippedAndCounted) {
  IndexLane lane(0.8, 100, 10);
  const Probe small = ProbeOf({{2, 4}});
  const Probe large = ProbeOf({{3, 4}, {100, 20}, {1000, 30}});
  const std::vector<const Probe*> probes = {&small, &large};
  const uint32_t cutoff = lane.Cutoff(probes, 2);
  EXPECT_GE(cutoff, 3U);
  EXPECT_LT(cutoff, 100U);
  EXPECT_EQ(lane.limits().documents, 1U);
  EXPECT_EQ(lane.limits().postings, 50U);
}

TEST(IndexLaneTest, WhatABlockDoesNotUseTheNextMay) {
  IndexLane lane(0.8, 100, 10);
  const Probe cheap = ProbeOf({{2, 1}});
  const Probe dear = ProbeOf({{100, 19}});
  const std::vector<const Probe*> first = {&cheap};
  const std::vector<const Probe*> second = {&dear};
  EXPECT_EQ(lane.Cutoff(first, 1), kReadAll);
  EXPECT_EQ(lane.Cutoff(second, 1), kReadAll);
  EXPECT_LT(lane.Cutoff(second, 1), 100U);
  EXPECT_EQ(lane.limits().postings, 19U);
}

TEST(IndexLaneTest, DocumentsProbedBeforeAddNothingToTheBudget) {
  IndexLane lane(0.8, 100, 10);
  const Probe probe = ProbeOf({{8, 10}});
  const std::vector<const Probe*> probes = {&probe};
  EXPECT_EQ(lane.Cutoff(probes, 1), kReadAll);
  EXPECT_LT(lane.Cutoff(probes, 0), 8U);
}

TEST(IndexLaneTest, NoBudgetReadsNothingAndTheLargestFrequencyIsAFrequency) {
  IndexLane none(0.8, 100, 0);
  const Probe probe = ProbeOf({{2, 1}, {UINT32_MAX, 1}});
  const std::vector<const Probe*> probes = {&probe};
  EXPECT_LT(none.Cutoff(probes, 1), 2U);
  EXPECT_EQ(none.limits().postings, 2U);
  IndexLane one(0.8, 100, 1);
  EXPECT_EQ(one.Cutoff(probes, 1), uint32_t{INT32_MAX});
}

}  // namespace
}  // namespace refrain
