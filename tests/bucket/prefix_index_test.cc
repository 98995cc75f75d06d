#include "refrain/bucket/prefix_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "refrain/base/mix.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;
using Set = std::vector<uint64_t>;

TEST(PrefixLengthTest, IsFloorPlusOneAndNeverMoreThanTheSet) {
  EXPECT_EQ(PrefixLength(0, 0.8), 0U);
  EXPECT_EQ(PrefixLength(1, 0.8), 1U);
  EXPECT_EQ(PrefixLength(10, 0.8), 3U);
  EXPECT_EQ(PrefixLength(100, 0.8), 21U);
  EXPECT_EQ(PrefixLength(100, 0.3), 71U);
  EXPECT_EQ(PrefixLength(7, 1.0), 1U);
  EXPECT_EQ(PrefixLength(10, 0.01), 10U);
}

TEST(FrequencyTableTest, CountsNeverFallBelowTheTruth) {
  Dice dice(1);
  for (const size_t counters : {1U, 16U, 4096U}) {
    FrequencyTable table(counters);
    std::vector<Set> sets(200);
    for (Set& set : sets) {
      for (size_t i = 0; i < 20; ++i) set.push_back(SplitMix64(7, dice.Below(100)));
      std::ranges::sort(set);
      set.erase(std::unique(set.begin(), set.end()), set.end());
      table.Count(set);
    }
    for (size_t i = 0; i < 100; ++i) {
      const uint64_t shingle = SplitMix64(7, i);
      const auto truth = std::ranges::count_if(
          sets, [&](const Set& set) { return std::ranges::binary_search(set, shingle); });
      ASSERT_GE(table.Frequency(shingle), static_cast<uint32_t>(truth));
    }
  }
}

TEST(FrequencyTableTest, OrdersThePrefixByFrequencyThenHashAndKeepsTheRest) {
  Dice dice(2);
  FrequencyTable table(1024);
  for (int i = 0; i < 500; ++i)
    table.Count(Set{SplitMix64(3, dice.Below(40) * dice.Below(40) / 40)});
  Set set;
  for (size_t i = 0; i < 40; ++i) set.push_back(SplitMix64(3, i));
  Set sorted = set;
  std::ranges::sort(sorted, {}, [&](uint64_t s) { return std::pair(table.Frequency(s), s); });
  for (const size_t prefix : {0U, 1U, 7U, 40U, 99U}) {
    Set ordered = set;
    table.OrderRareFirst(prefix, &ordered);
    const auto middle = static_cast<ptrdiff_t>(std::min<size_t>(prefix, 40));
    EXPECT_TRUE(std::equal(ordered.begin(), ordered.begin() + middle, sorted.begin()));
    std::ranges::sort(ordered, {}, [&](uint64_t s) { return std::pair(table.Frequency(s), s); });
    EXPECT_EQ(ordered, sorted);
  }
}

// Sets over a vocabulary in which a few words are very common, many of them near copies of another set.
std::vector<Set> SkewedSets(Dice* dice, size_t count, size_t longest, size_t vocabulary) {
  std::vector<Set> sets;
  while (sets.size() < count) {
    std::set<uint64_t> set;
    const size_t size = dice->Between(1, longest);
    if (!sets.empty() && dice->Chance(60)) {
      const Set& of = sets[dice->Below(sets.size())];
      const size_t drop = dice->Below(60);
      for (const uint64_t word : of) {
        if (!dice->Chance(drop)) set.insert(word);
      }
    }
    for (size_t tries = 0; set.size() < size && tries < 4 * size; ++tries) {
      const double skew = static_cast<double>(dice->Below(1 << 20)) / (1 << 20);
      set.insert(SplitMix64(
          5, static_cast<uint64_t>(std::pow(skew, 4) * static_cast<double>(vocabulary))));
    }
    if (!set.empty()) sets.emplace_back(set.begin(), set.end());
  }
  return sets;
}

double NaiveJaccard(const Set& a, const Set& b) {
  const std::set<uint64_t> in_a(a.begin(), a.end());
  const auto shared = std::ranges::count_if(b, [&](uint64_t word) { return in_a.contains(word); });
  return static_cast<double>(shared) /
         static_cast<double>(a.size() + b.size() - static_cast<size_t>(shared));
}

struct Indexed {
  Indexed(std::vector<Set> from, double threshold, size_t counters)
      : sets(std::move(from)), frequencies(counters), index(threshold, &frequencies) {
    for (const Set& set : sets) frequencies.Count(set);
    for (Set& set : sets) frequencies.OrderRareFirst(PrefixLength(set.size(), threshold), &set);
  }

  // Adds the sets in this order, in blocks of random size; ids are 1000 + their number.
  void AddAll(const std::vector<size_t>& order, Dice* dice) {
    for (size_t begin = 0; begin < order.size();) {
      const size_t end = std::min(order.size(), begin + dice->Between(1, order.size() / 3 + 1));
      std::vector<PrefixIndex::Entry> block;
      for (size_t i = begin; i < end; ++i) {
        block.push_back({static_cast<uint32_t>(1000 + order[i]), sets[order[i]]});
      }
      index.Add(block);
      begin = end;
    }
  }

  std::vector<uint32_t> Candidates(size_t set, uint32_t max_frequency = kReadAll) {
    std::vector<uint32_t> found;
    index.FindRuns(sets[set], &probe);
    index.Collect(probe, max_frequency, &counter, &found);
    return found;
  }

  std::vector<Set> sets;
  FrequencyTable frequencies;
  PrefixIndex index;
  Probe probe;
  ProbeCounter counter;
};

std::vector<size_t> InsertionOrder(const std::vector<Set>& sets, size_t kind, Dice* dice) {
  std::vector<size_t> order(sets.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[dice->Below(i)]);
  if (kind == 1) std::ranges::sort(order, {}, [&](size_t i) { return sets[i].size(); });
  if (kind == 2) std::ranges::sort(order, {}, [&](size_t i) { return SIZE_MAX - sets[i].size(); });
  return order;
}

void ExpectNoPairLost(Indexed* indexed, double threshold) {
  for (size_t a = 0; a < indexed->sets.size(); ++a) {
    const std::vector<uint32_t> found = indexed->Candidates(a);
    const std::set<uint32_t> distinct(found.begin(), found.end());
    ASSERT_EQ(distinct.size(), found.size()) << "an id twice";
    for (size_t b = 0; b < indexed->sets.size(); ++b) {
      const double jaccard = NaiveJaccard(indexed->sets[a], indexed->sets[b]);
      // A set whose every shingle it alone has meets none, not even itself.
      const bool alone = a == b && std::ranges::all_of(indexed->sets[a], [&](uint64_t s) {
                           return indexed->frequencies.Frequency(s) < 2;
                         });
      if (jaccard >= threshold && a != b) {
        ASSERT_TRUE(distinct.contains(static_cast<uint32_t>(1000 + b)))
            << a << " and " << b << " at " << jaccard;
      }
      if (jaccard == 0 || alone) {
        ASSERT_FALSE(distinct.contains(static_cast<uint32_t>(1000 + b)));
      }
    }
  }
}

class PrefixIndexTest : public ::testing::TestWithParam<double> {};

TEST_P(PrefixIndexTest, LosesNoPairInAnyInsertionOrderAndFindsNoneWithoutACommonShingle) {
  const double threshold = GetParam();
  Dice dice(static_cast<uint64_t>(threshold * 1000));
  for (const size_t longest : {3U, 20U, 150U}) {
    for (const size_t vocabulary : {8U, 200U, 5000U}) {
      for (size_t kind = 0; kind < 3; ++kind) {
        Indexed indexed(SkewedSets(&dice, 70, std::min(longest, vocabulary), vocabulary), threshold,
                        kind == 0 ? 64 : 8192);
        indexed.AddAll(InsertionOrder(indexed.sets, kind, &dice), &dice);
        ASSERT_NO_FATAL_FAILURE(ExpectNoPairLost(&indexed, threshold));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, PrefixIndexTest,
                         ::testing::Values(0.3, 0.5, 1.0 / 3, 0.6, 2.0 / 3, 0.75, 0.8, 0.9, 0.95,
                                           1.0));

// Pairs whose Jaccard is the threshold to the last bit, where rounding could lose them.
TEST(PrefixIndexBorderTest, PairsExactlyAtTheThresholdAreFound) {
  for (size_t size = 1; size <= 60; ++size) {
    for (size_t shared = 1; shared <= size; ++shared) {
      for (const size_t other : {size, size + 3, shared}) {
        if (other < shared) continue;
        Set a, b;
        for (size_t i = 0; i < size; ++i) a.push_back(SplitMix64(1, i));
        for (size_t i = 0; i < other; ++i) b.push_back(SplitMix64(1, size - shared + i));
        const double threshold = NaiveJaccard(a, b);
        Indexed indexed({a, b}, threshold, 4096);
        Dice dice(1);
        indexed.AddAll({0, 1}, &dice);
        const auto found = indexed.Candidates(0);
        ASSERT_TRUE(std::ranges::count(found, 1001U)) << size << ' ' << shared << ' ' << other;
      }
    }
  }
}

// More sets than are counted exactly, all sharing a common part, so that runs are cut by the stop score.
TEST(PrefixIndexLongRunTest, RunsTooLongToCountLoseNoPair) {
  Dice dice(11);
  std::vector<Set> sets;
  for (size_t i = 0; i < 6000; ++i) {
    Set set;
    const size_t size = dice.Between(3, 12);
    for (size_t j = 0; j < size; ++j) set.push_back(SplitMix64(6, j));
    set.push_back(SplitMix64(6, 100 + dice.Below(4)));
    sets.push_back(set);
  }
  Indexed indexed(std::move(sets), 0.7, 4096);
  indexed.AddAll(InsertionOrder(indexed.sets, 0, &dice), &dice);
  for (size_t a = 0; a < 40; ++a) {
    const std::vector<uint32_t> found = indexed.Candidates(a);
    std::vector<bool> in(indexed.sets.size(), false);
    for (const uint32_t id : found) in[id - 1000] = true;
    for (size_t b = 0; b < indexed.sets.size(); b += 7) {
      if (NaiveJaccard(indexed.sets[a], indexed.sets[b]) >= 0.7) {
        ASSERT_TRUE(in[b]) << a << ' ' << b;
      }
    }
  }
}

TEST(PrefixIndexCutoffTest, AFrequencyLimitFindsOnlySharers) {
  Dice dice(12);
  Indexed indexed(SkewedSets(&dice, 200, 60, 300), 0.6, 8192);
  indexed.AddAll(InsertionOrder(indexed.sets, 0, &dice), &dice);
  for (size_t a = 0; a < indexed.sets.size(); ++a) {
    for (const uint32_t limit : {0U, 3U, 15U, 63U}) {
      const std::vector<uint32_t> found = indexed.Candidates(a, limit);
      if (limit == 0) {
        EXPECT_TRUE(found.empty());
      }
      for (const uint32_t id : found) {
        ASSERT_GT(NaiveJaccard(indexed.sets[a], indexed.sets[id - 1000]), 0);
      }
    }
  }
}

TEST(PrefixIndexEmptyTest, AnEmptyIndexAndAnEmptySetAnswerNothing) {
  Indexed indexed({Set{1, 2, 3}, Set{}}, 0.8, 4096);
  EXPECT_TRUE(indexed.Candidates(0).empty());
  Dice dice(1);
  indexed.AddAll({0, 1}, &dice);
  EXPECT_TRUE(indexed.Candidates(1).empty());
  EXPECT_EQ(indexed.index.size(), 2U);
}

}  // namespace
}  // namespace refrain
