// RadixSortByKey and GroupBands against naive sorting and grouping, in memory and spilled.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <vector>

#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;

TEST(RadixSortTest, IsAStableSortByTheHighHalf) {
  Dice dice(1);
  for (const size_t size : {0U, 1U, 2U, 100U, 5000U}) {
    for (const uint64_t keys : {uint64_t{1}, uint64_t{3}, uint64_t{70000}, uint64_t{1} << 32}) {
      std::vector<uint64_t> values(size);
      for (uint64_t& value : values) value = dice.Word() % keys << 32 | (dice.Word() & UINT32_MAX);
      std::vector<uint64_t> expected = values;
      std::ranges::stable_sort(expected, {}, [](uint64_t value) { return value >> 32; });
      std::vector<uint64_t> scratch(3, 7);
      RadixSortByKey(&values, &scratch);
      ASSERT_EQ(values, expected) << size << ' ' << keys;
    }
  }
}

TEST(RadixSortTest, KeysAreVisitedInOrderWithAllTheirValues) {
  const uint64_t last = UINT32_MAX;
  const std::vector<uint64_t> sorted = {7, 0, uint64_t{5} << 32 | 2, last << 32, last << 32 | last};
  std::vector<std::pair<uint32_t, std::vector<uint64_t>>> visited;
  ForEachKey(sorted, [&](uint32_t key, std::span<const uint64_t> values) {
    visited.push_back({key, {values.begin(), values.end()}});
  });
  ASSERT_EQ(visited.size(), 3u);
  EXPECT_EQ(visited[0], std::pair(0u, std::vector<uint64_t>{7, 0}));
  EXPECT_EQ(visited[1], std::pair(5u, std::vector<uint64_t>{sorted[2]}));
  EXPECT_EQ(visited[2], std::pair(UINT32_MAX, std::vector<uint64_t>{sorted[3], sorted[4]}));
  ForEachKey({}, [](uint32_t, std::span<const uint64_t>) { FAIL(); });
}

TEST(RadixSortTest, TheExtremeKeysStandAtTheEnds) {
  std::vector<uint64_t> values = {UINT64_MAX, uint64_t{1} << 63, 0, uint64_t{1} << 32, UINT32_MAX};
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  EXPECT_EQ(values, (std::vector<uint64_t>{0, UINT32_MAX, uint64_t{1} << 32, uint64_t{1} << 63,
                                           UINT64_MAX}));
}

SketchTable TableOf(int bands, const std::vector<DocId>& docs, const std::vector<uint32_t>& keys,
                    const std::shared_ptr<ColumnSpace>& space = nullptr) {
  SketchTable table(bands, space);
  table.shingles.resize(docs.empty() ? 0 : docs.back() + 1);
  for (size_t row = 0; row < docs.size(); ++row) {
    table.shingles[docs[row]] = kShortShingles;
    const OneBitSketch sketch{{docs[row], 0}};
    EXPECT_EQ(table.sketches.Append({&sketch, 1}), absl::OkStatus());
    for (size_t band = 0; band < table.keys.size(); ++band) {
      const uint32_t key = keys[row * table.keys.size() + band];
      EXPECT_EQ(table.keys[band].Append({&key, 1}), absl::OkStatus());
    }
  }
  return table;
}

BandGroups MustGroup(SketchTable* table, const std::vector<DocId>& copy_of) {
  auto groups = GroupBands(table, copy_of);
  EXPECT_EQ(groups.status(), absl::OkStatus());
  return *std::move(groups);
}

std::vector<uint32_t> SizesOf(const BandGroups& groups) {
  return {groups.sizes.begin(), groups.sizes.end()};
}

std::vector<DocId> NoCopies(size_t documents) {
  std::vector<DocId> copy_of(documents);
  std::iota(copy_of.begin(), copy_of.end(), DocId{0});
  return copy_of;
}

TEST(BandGroupsTest, GroupsAreNumberedByBandAndKeyAndLoneDocumentsHaveNoRow) {
  SketchTable table = TableOf(3, {1, 2, 4, 5, 7},
                              {9, 5, 6,    // doc 1
                               8, 1, 6,    // doc 2
                               9, 4, 3,    // doc 4
                               7, 2, 2,    // doc 5: alone
                               8, 5, 0});  // doc 7
  const BandGroups groups = MustGroup(&table, NoCopies(8));
  EXPECT_EQ(groups.DebugString(),
            "doc 1: 1 2 3\n"
            "doc 2: 0 3\n"
            "doc 4: 1\n"
            "doc 7: 0 2\n");
  EXPECT_EQ(SizesOf(groups), (std::vector<uint32_t>{2, 2, 2, 2}));
  EXPECT_EQ(groups.RowOf(4), 2U);
  EXPECT_EQ(groups.RowOf(5), kNoRow);
  EXPECT_EQ(groups.RowOf(0), kNoRow);
  EXPECT_EQ(groups.RowOf(100), kNoRow);
}

TEST(BandGroupsTest, EqualKeysOfDifferentBandsAreDifferentBuckets) {
  SketchTable table = TableOf(2, {0, 1}, {5, 6, 6, 5});
  EXPECT_EQ(MustGroup(&table, NoCopies(2)).size(), 0U);
}

TEST(BandGroupsTest, CopiesAreInNoGroup) {
  SketchTable table = TableOf(1, {0, 1, 2, 3}, {5, 5, 5, 5});
  const BandGroups groups = MustGroup(&table, {0, 0, 2, 2});
  EXPECT_EQ(groups.DebugString(), "doc 0: 0\ndoc 2: 0\n");
  EXPECT_EQ(SizesOf(groups), (std::vector<uint32_t>{2}));
}

TEST(BandGroupsTest, TheKeysLeaveTheTable) {
  SketchTable table = TableOf(1, {0, 1}, {5, 5});
  MustGroup(&table, NoCopies(2));
  EXPECT_TRUE(table.keys.empty());
  EXPECT_EQ(table.sketches.size(), 0U);
}

TEST(BandGroupsTest, NothingHasNoGroups) {
  SketchTable table = TableOf(4, {}, {});
  EXPECT_EQ(MustGroup(&table, {}).size(), 0U);
}

TEST(RepeatFilterTest, ForgetsNoKeyThatWasAddedTwiceAndSeldomRemembersOthersForAnyThreads) {
  constexpr uint64_t kKeys = 100'000;
  const auto key_of = [](uint64_t i) { return i * 0x9e3779b97f4a7c15; };
  for (const int threads : {1, 3}) {
    const ThreadLimit limit(threads);
    RepeatFilter filter(kKeys);
    ParallelFor(0, kKeys, 100, [&](size_t begin, size_t end) {
      // The first tenth twice.
      for (size_t i = begin; i < end; ++i) filter.Add(key_of(i % (kKeys / 10 * 9)));
    });
    uint64_t others = 0;
    for (uint64_t i = 0; i < kKeys / 10 * 9; ++i) {
      const bool repeated = filter.Repeated(key_of(i));
      ASSERT_TRUE(repeated || i >= kKeys / 10);
      others += repeated && i >= kKeys / 10 ? 1 : 0;
    }
    EXPECT_LT(others, kKeys / 4);
  }
}

using KeyedDocs = std::map<std::pair<size_t, uint32_t>, std::vector<DocId>>;

KeyedDocs NaiveGroups(size_t bands, const std::vector<DocId>& docs,
                      const std::vector<uint32_t>& keys, const std::vector<DocId>& copy_of) {
  KeyedDocs groups;
  for (size_t row = 0; row < docs.size(); ++row) {
    if (copy_of[docs[row]] != docs[row]) continue;
    for (size_t band = 0; band < bands; ++band) {
      groups[{band, keys[row * bands + band]}].push_back(docs[row]);
    }
  }
  std::erase_if(groups, [](const auto& group) { return group.second.size() < 2; });
  return groups;
}

std::vector<std::vector<DocId>> MembersOf(const Groups& groups) {
  std::vector<std::vector<DocId>> members(groups.sizes.size());
  for (uint32_t row = 0; row < groups.size(); ++row) {
    for (const uint32_t group : groups.GroupsOf(row)) members[group].push_back(groups.docs[row]);
  }
  return members;
}

TEST(BandGroupsTest, AgreesWithNaiveGroupingForAnyThreads) {
  Dice dice(2);
  for (int round = 0; round < 30; ++round) {
    const size_t bands = dice.Between(1, 20);
    const size_t documents = dice.Between(1, 800);
    const uint64_t key_range = dice.Between(1, 2000);
    std::vector<DocId> docs;
    std::vector<uint32_t> keys;
    std::vector<DocId> copy_of = NoCopies(documents);
    for (DocId doc = 0; doc < documents; ++doc) {
      if (doc > 0 && dice.Chance(10)) copy_of[doc] = copy_of[dice.Below(doc)];
      if (dice.Chance(20)) continue;
      docs.push_back(doc);
      for (size_t band = 0; band < bands; ++band) {
        keys.push_back(UINT32_MAX - static_cast<uint32_t>(dice.Below(key_range)));
      }
    }
    const ThreadLimit threads(1 + round % 4);
    // From nothing kept in memory to everything.
    const auto space =
        std::make_shared<ColumnSpace>(::testing::TempDir(), dice.Below(3) * 20'000, 64);
    SketchTable table = TableOf(static_cast<int>(bands), docs, keys, space);
    const BandGroups groups = MustGroup(&table, copy_of);
    std::vector<std::vector<DocId>> expected;
    std::set<DocId> with_row;
    for (const auto& [key, members] : NaiveGroups(bands, docs, keys, copy_of)) {
      expected.push_back(members);
      with_row.insert(members.begin(), members.end());
    }
    ASSERT_EQ(MembersOf(groups), expected);
    ASSERT_EQ(std::vector<DocId>(with_row.begin(), with_row.end()), groups.docs);
    for (uint32_t row = 0; row < groups.size(); ++row) {
      ASSERT_EQ(groups.sketches[row].words[0], groups.docs[row]);
      ASSERT_EQ(groups.RowOf(groups.docs[row]), row);
    }
    for (size_t group = 0; group < expected.size(); ++group) {
      ASSERT_EQ(groups.sizes[group], expected[group].size());
    }
  }
}

// Keys that fill many buckets, and one key that nearly all have: buckets beyond any that is sorted with memory to spare.
TEST(BandGroupsTest, AgreesWithNaiveGroupingWhereOneKeyIsCrowded) {
  Dice dice(5);
  constexpr size_t kDocuments = 700'000;
  std::vector<DocId> docs = NoCopies(kDocuments);
  std::vector<uint32_t> keys;
  for (size_t i = 0; i < kDocuments; ++i) {
    keys.push_back(dice.Chance(80) ? 77U : static_cast<uint32_t>(dice.Word() << 12));
  }
  SketchTable table = TableOf(1, docs, keys);
  const BandGroups groups = MustGroup(&table, NoCopies(kDocuments));
  std::vector<std::vector<DocId>> expected;
  for (const auto& [key, members] : NaiveGroups(1, docs, keys, docs)) expected.push_back(members);
  EXPECT_TRUE(MembersOf(groups) == expected);
}

// Many pieces and buckets, and bands of which one, two and three at a time are grouped.
TEST(BandGroupsTest, AgreesWithNaiveGroupingOfManyDocumentsForAnyThreads) {
  Dice dice(6);
  constexpr size_t kDocuments = 100'001;
  const std::vector<DocId> docs = NoCopies(kDocuments);
  std::vector<DocId> copy_of = docs;
  for (DocId doc = 1; doc < kDocuments; doc += 7) copy_of[doc] = doc - 1;
  std::vector<uint32_t> keys;
  for (size_t i = 0; i < 3 * kDocuments; ++i) {
    keys.push_back(static_cast<uint32_t>(dice.Below(kDocuments) * 0x9e3779b1));
  }
  std::vector<std::vector<DocId>> expected;
  for (const auto& [key, members] : NaiveGroups(3, docs, keys, copy_of)) {
    expected.push_back(members);
  }
  for (const int threads : {1, 2, 3}) {
    const ThreadLimit limit(threads);
    SketchTable table = TableOf(3, docs, keys);
    EXPECT_TRUE(MembersOf(MustGroup(&table, copy_of)) == expected) << threads;
  }
}

TEST(BandGroupsTest, ACheckThatFailsEndsItBeforeRowsAreMade) {
  SketchTable table = TableOf(1, {0, 1, 2}, {5, 5, 6});
  const auto check = [](size_t rows, std::span<const uint32_t> sizes) {
    EXPECT_EQ(rows, 2U);
    EXPECT_EQ(sizes.size(), 1U);
    return absl::ResourceExhaustedError("too many");
  };
  EXPECT_EQ(GroupBands(&table, NoCopies(3), check).status(),
            absl::ResourceExhaustedError("too many"));
}

TEST(BandGroupsTest, TwoDocumentsShareAGroupIfAKeyOfOneBandIsEqual) {
  SketchTable table = TableOf(2, {0, 1, 2}, {1, 7, 1, 8, 2, 8});
  const BandGroups groups = MustGroup(&table, NoCopies(3));
  EXPECT_TRUE(groups.ShareGroup(0, 1));
  EXPECT_TRUE(groups.ShareGroup(1, 2));
  EXPECT_FALSE(groups.ShareGroup(0, 2));
}

}  // namespace
}  // namespace refrain
