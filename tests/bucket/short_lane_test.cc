// The keys of short documents against sorting, and their groups against a naive join: no pair at the threshold is lost.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/bucket/short_keys.h"
#include "refrain/parallel/parallel.h"
#include "refrain/proof/overlap.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;

using Set = std::vector<uint64_t>;

std::vector<uint32_t> SortedKeys(const ShortKeys& rule, const Set& shingles) {
  std::vector<uint32_t> keys;
  rule.Append(shingles, &keys);
  std::ranges::sort(keys);
  return keys;
}

TEST(ShortKeysTest, AreTheSmallestHashes) {
  Dice dice(1);
  for (const double threshold : {0.2, 0.5, 0.8, 0.95, 1.0}) {
    const ShortKeys rule(threshold);
    for (size_t size = 1; rule.Count(size) > 0; size += 1 + size / 16) {
      Set shingles(size);
      for (uint64_t& shingle : shingles) shingle = dice.Word();
      const std::set<uint64_t> sorted(shingles.begin(), shingles.end());
      std::vector<uint32_t> expected;
      for (const uint64_t shingle : sorted) {
        if (expected.size() == rule.Count(size)) break;
        expected.push_back(static_cast<uint32_t>(shingle));
      }
      std::ranges::sort(expected);
      ASSERT_EQ(SortedKeys(rule, shingles), expected) << size << ' ' << threshold;
    }
  }
}

TEST(ShortKeysTest, HashesThatCrowdAtEitherEndAreFoundToo) {
  const ShortKeys rule(0.8);
  for (const uint64_t base : {uint64_t{0}, UINT64_MAX - 100}) {
    Set shingles(40);
    std::iota(shingles.begin(), shingles.end(), base);
    std::vector<uint32_t> expected;
    for (size_t i = 0; i < rule.Count(40); ++i) {
      expected.push_back(static_cast<uint32_t>(base + i));
    }
    EXPECT_EQ(SortedKeys(rule, shingles), expected);
  }
}

TEST(ShortKeysTest, DocumentsThatNoShortOneCanMeetHaveNone) {
  const ShortKeys rule(0.8);
  EXPECT_EQ(rule.Count(0), 0U);
  EXPECT_EQ(rule.Count(1), 1U);
  EXPECT_EQ(rule.Count(63), PrefixLength(63, 0.8));
  EXPECT_EQ(rule.Count(78), PrefixLength(78, 0.8));
  EXPECT_EQ(rule.Count(79), 0U);
  EXPECT_EQ(ShortKeys(1.0).Count(63), 1U);
  EXPECT_EQ(ShortKeys(1.0).Count(64), 0U);
}

// Sets of families; hashes of few different values, so that keys meet by chance too.
std::vector<Set> Families(Dice* dice, size_t sets) {
  std::vector<Set> all;
  for (size_t i = 0; i < sets; ++i) {
    std::set<uint64_t> set;
    if (i > 0 && dice->Chance(60)) {
      const Set& parent = all[dice->Below(i)];
      for (const uint64_t shingle : parent) {
        if (!dice->Chance(8)) set.insert(shingle);
      }
    }
    const size_t size = set.size() + dice->Below(set.empty() ? 90 : 8) + 1;
    while (set.size() < size) set.insert(dice->Word() % 5000 * 0x9e3779b97f4a7c15);
    all.emplace_back(set.begin(), set.end());
  }
  return all;
}

std::vector<uint32_t> KeysOf(const ShortKeys& rule, const std::vector<Set>& sets) {
  std::vector<uint32_t> keys;
  for (const Set& set : sets) {
    if (rule.Count(set.size()) > 0) rule.Append(set, &keys);
  }
  return keys;
}

// Without a space its columns are in memory; with one of few bytes, in a file.
SketchTable TableOf(const ShortKeys& rule, const std::vector<Set>& sets,
                    const std::shared_ptr<ColumnSpace>& space = nullptr) {
  SketchTable table(0, space);
  for (const Set& set : sets) {
    table.tokens.push_back(1);
    table.shingles.push_back(static_cast<uint32_t>(set.size()));
  }
  EXPECT_TRUE(table.short_keys.Append(KeysOf(rule, sets)).ok());
  for (const Set& set : sets) {
    if (rule.Count(set.size()) == 0) continue;
    const OddSketch sketch = MakeOddSketch(set);
    EXPECT_TRUE(table.odd_sketches.Append({&sketch, 1}).ok());
  }
  return table;
}

constexpr uint32_t kNoneDrops = 0;  // every group is crowded

double JaccardOf(const Set& a, const Set& b) {
  std::vector<uint64_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return Jaccard(both.size(), a.size(), b.size());
}

TEST(ShortGroupsTest, EveryPairAtTheThresholdSharesAGroupAndSoManyKeysAsItMust) {
  Dice dice(2);
  for (int round = 0; round < 12; ++round) {
    const double threshold = round % 2 == 0 ? 0.8 : 0.5;
    const ShortKeys rule(threshold);
    const std::vector<Set> sets = Families(&dice, 300);
    SketchTable table = TableOf(rule, sets);
    std::vector<DocId> copy_of(sets.size());
    std::iota(copy_of.begin(), copy_of.end(), DocId{0});
    const auto groups = GroupShortKeys(rule, &table, copy_of, 64);
    ASSERT_TRUE(groups.ok());
    size_t pairs = 0;
    for (DocId a = 0; a < sets.size(); ++a) {
      for (DocId b = 0; b < a; ++b) {
        if (std::min(sets[a].size(), sets[b].size()) >= kShortShingles) continue;
        if (JaccardOf(sets[a], sets[b]) < threshold) continue;
        ++pairs;
        const uint32_t row_a = groups->RowOf(a);
        const uint32_t row_b = groups->RowOf(b);
        ASSERT_NE(row_a, kNoRow);
        ASSERT_NE(row_b, kNoRow);
        std::vector<uint32_t> shared;
        std::ranges::set_intersection(groups->GroupsOf(row_a), groups->GroupsOf(row_b),
                                      std::back_inserter(shared));
        ASSERT_FALSE(shared.empty());
        ASSERT_TRUE(PrefixesCanReach(sets[a].size(), sets[b].size(), shared.size(), threshold));
      }
    }
    EXPECT_GT(pairs, 20U);
  }
}

TEST(ShortGroupsTest, AreThoseOfTheKeysForAnyThreadsWithoutCopiesAndWithAShortMember) {
  Dice dice(3);
  const ShortKeys rule(0.6);
  const std::vector<Set> sets = Families(&dice, 4000);
  const std::vector<uint32_t> keys = KeysOf(rule, sets);
  std::vector<DocId> copy_of(sets.size());
  std::iota(copy_of.begin(), copy_of.end(), DocId{0});
  for (size_t i = 0; i < 200; ++i) copy_of[dice.Below(sets.size())] = 0;
  std::map<uint32_t, std::vector<DocId>> members;
  size_t next = 0;
  for (DocId doc = 0; doc < sets.size(); ++doc) {
    for (size_t i = 0; i < rule.Count(sets[doc].size()); ++i, ++next) {
      if (copy_of[doc] == doc) members[keys[next]].push_back(doc);
    }
  }
  std::erase_if(members, [&](const auto& group) {
    return group.second.size() < 2 || std::ranges::none_of(group.second, [&](DocId doc) {
             return sets[doc].size() < kShortShingles;
           });
  });
  std::vector<std::vector<DocId>> expected;
  for (const auto& [key, docs] : members) expected.push_back(docs);
  std::string first;
  for (const int threads : {1, 2, 3, 7}) {
    const ThreadLimit limit(threads);
    const auto space =
        threads == 2 ? std::make_shared<ColumnSpace>(::testing::TempDir(), 0, 4096) : nullptr;
    SketchTable taken = TableOf(rule, sets, space);
    EXPECT_EQ(space != nullptr && space->spilled() > 0, threads == 2);
    const auto groups = GroupShortKeys(rule, &taken, copy_of, kNoneDrops);
    ASSERT_TRUE(groups.ok());
    EXPECT_EQ(taken.short_keys.size(), 0U);
    std::vector<std::vector<DocId>> found(groups->sizes.size());
    for (uint32_t row = 0; row < groups->size(); ++row) {
      for (const uint32_t group : groups->GroupsOf(row)) found[group].push_back(groups->docs[row]);
    }
    for (size_t group = 0; group < found.size(); ++group) {
      ASSERT_EQ(found[group].size(), groups->sizes[group]);
    }
    if (first.empty()) first = groups->DebugString();
    EXPECT_EQ(groups->DebugString(), first);
    EXPECT_EQ(found, expected);
    ASSERT_EQ(groups->sketches.size(), groups->size());
    for (uint32_t row = 0; row < groups->size(); ++row) {
      ASSERT_EQ(groups->sketches[row], MakeOddSketch(sets[groups->docs[row]]));
    }
  }
}

// How many short keys two documents share, in groups of at most `crowded` rows and in others.
std::pair<size_t, size_t> SharedKeys(const Groups& groups, uint32_t a, uint32_t b,
                                     uint32_t crowded) {
  std::vector<uint32_t> shared;
  std::ranges::set_intersection(groups.GroupsOf(a), groups.GroupsOf(b), std::back_inserter(shared));
  const auto in_crowd =
      std::ranges::count_if(shared, [&](uint32_t group) { return groups.sizes[group] > crowded; });
  return {shared.size() - static_cast<size_t>(in_crowd), static_cast<size_t>(in_crowd)};
}

std::vector<uint32_t> SizesAbove(uint32_t crowded, const Groups& groups) {
  std::vector<uint32_t> sizes;
  std::ranges::copy_if(groups.sizes, std::back_inserter(sizes),
                       [&](uint32_t size) { return size > crowded; });
  return sizes;
}

TEST(ShortGroupsTest, EveryPairThatCanReachTheThresholdKeepsItsGroupsAndRowsStayForAnyThreads) {
  Dice dice(7);
  size_t dropped = 0;
  for (const int threads : {1, 3}) {
    for (const uint32_t crowded : {3U, 64U}) {
      const ThreadLimit limit(threads);
      const ShortKeys rule(0.7);
      const std::vector<Set> sets = Families(&dice, 500);
      SketchTable table = TableOf(rule, sets);
      std::vector<DocId> copy_of(sets.size());
      std::iota(copy_of.begin(), copy_of.end(), DocId{0});
      SketchTable again = TableOf(rule, sets);
      const ShortGroups before = *GroupShortKeys(rule, &again, copy_of, kNoneDrops);
      const ShortGroups groups = *GroupShortKeys(rule, &table, copy_of, crowded);
      ASSERT_EQ(groups.docs, before.docs);
      std::vector<uint32_t> sizes(groups.sizes.size());
      for (uint32_t a = 0; a < groups.size(); ++a) {
        dropped += groups.GroupsOf(a).empty() ? 1U : 0U;
        for (const uint32_t group : groups.GroupsOf(a)) ++sizes[group];
        for (uint32_t b = 0; b < a; ++b) {
          const auto [few, in_crowd] = SharedKeys(before, a, b, crowded);
          const Set& set_a = sets[before.docs[a]];
          const Set& set_b = sets[before.docs[b]];
          const bool can_reach =
              PrefixesCanReach(set_a.size(), set_b.size(), few + in_crowd, 0.7) &&
              OddSketchesCanReach(set_a.size(), MakeOddSketch(set_a), set_b.size(),
                                  MakeOddSketch(set_b), 0.7);
          if (std::min(set_a.size(), set_b.size()) < kShortShingles) {
            ASSERT_TRUE(can_reach || JaccardOf(set_a, set_b) < 0.7);
          }
          if (!can_reach) continue;
          ASSERT_EQ(SharedKeys(groups, a, b, crowded), std::pair(few, in_crowd));
        }
      }
      ASSERT_TRUE(std::ranges::equal(sizes, groups.sizes));
      ASSERT_EQ(SizesAbove(crowded, groups), SizesAbove(crowded, before));
    }
  }
  EXPECT_GT(dropped, 20U);
}

TEST(ShortGroupsTest, NothingHasNoGroups) {
  SketchTable table;
  const auto groups = GroupShortKeys(ShortKeys(0.8), &table, {}, 64);
  ASSERT_TRUE(groups.ok());
  EXPECT_EQ(groups->size(), 0U);
}

// Many chunks, buckets and parts of documents, of which some have all that there is in one group.
TEST(ShortGroupsTest, ManyDocumentsAreGroupedTheSameForAnyThreads) {
  Dice dice(8);
  constexpr size_t kDocuments = 60'000;
  const ShortKeys rule(0.8);
  SketchTable sizes;
  std::vector<uint32_t> keys;
  for (size_t doc = 0; doc < kDocuments; ++doc) {
    sizes.tokens.push_back(1);
    sizes.shingles.push_back(static_cast<uint32_t>(dice.Below(90)));
    for (size_t i = 0; i < rule.Count(sizes.shingles[doc]); ++i) {
      const bool crowd = dice.Chance(10);
      keys.push_back(crowd ? 77U : static_cast<uint32_t>(dice.Below(300'000) * 0x9e3779b1));
    }
  }
  std::vector<DocId> copy_of(kDocuments);
  std::iota(copy_of.begin(), copy_of.end(), DocId{0});
  std::vector<std::string> found;
  for (const int threads : {1, 2, 7}) {
    const ThreadLimit limit(threads);
    SketchTable table;
    table.tokens.append({sizes.tokens.data(), kDocuments});
    table.shingles.append({sizes.shingles.data(), kDocuments});
    ASSERT_TRUE(table.short_keys.Append(keys).ok());
    const auto groups = GroupShortKeys(rule, &table, copy_of, 64);
    ASSERT_TRUE(groups.ok());
    EXPECT_GT(groups->size(), kDocuments / 4);
    for (uint32_t row = 0; row < groups->size(); ++row) {
      ASSERT_EQ(groups->RowOf(groups->docs[row]), row);
      ASSERT_TRUE(std::ranges::is_sorted(groups->GroupsOf(row)));
    }
    found.push_back(groups->DebugString());
  }
  EXPECT_EQ(found[0], found[1]);
  EXPECT_EQ(found[0], found[2]);
}

}  // namespace
}  // namespace refrain
