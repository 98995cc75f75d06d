#include "refrain/proof/overlap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "io/io_testing.h"
#include "refrain/parallel/parallel.h"
#include "refrain/proof/shingle_source.h"
#include "support/random_sets.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

uint64_t NaiveMinOverlap(uint64_t x, uint64_t y, double threshold) {
  const uint64_t smaller = std::min(x, y);
  uint64_t need = 0;
  while (need <= smaller &&
         static_cast<double>(need) / static_cast<double>(x + y - need) < threshold) {
    ++need;
  }
  return need;
}

std::vector<double> Thresholds() {
  std::vector<double> thresholds = {1e-9, 1.0, 0.1 + 0.2, 1.0 / 3, 2.0 / 3, 0.7, 0.8, 0.9999999};
  for (int percent = 5; percent < 100; percent += 5) thresholds.push_back(percent / 100.0);
  return thresholds;
}

TEST(MinOverlapTest, IsTheLeastOverlapByTheVeryComparisonForAllSmallSizes) {
  for (const double threshold : Thresholds()) {
    for (uint64_t x = 1; x <= 90; ++x) {
      for (uint64_t y = 1; y <= 90; ++y) {
        // Out of reach, any number above the smaller size will do.
        const uint64_t least = std::min(MinOverlap(x, y, threshold), std::min(x, y) + 1);
        ASSERT_EQ(least, NaiveMinOverlap(x, y, threshold)) << x << ' ' << y << ' ' << threshold;
      }
    }
  }
}

// A threshold that is the Jaccard of some pair itself, the double next below and the one next above.
TEST(MinOverlapTest, IsExactAtThresholdsThatAPairMeetsPrecisely) {
  for (uint64_t x = 1; x <= 24; ++x) {
    for (uint64_t y = 1; y <= 24; ++y) {
      for (uint64_t shared = 1; shared <= std::min(x, y); ++shared) {
        const double at = Jaccard(shared, x, y);
        EXPECT_EQ(MinOverlap(x, y, at), shared);
        EXPECT_EQ(MinOverlap(x, y, std::nextafter(at, 0.0)), shared);
        EXPECT_EQ(MinOverlap(x, y, std::nextafter(at, 2.0)), shared + 1);
      }
    }
  }
}

TEST(MinOverlapTest, IsExactForLargeSizes) {
  testing::Dice dice(1);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t x = 1 + dice.Below(uint64_t{1} << dice.Between(1, 31));
    const uint64_t y = 1 + dice.Below(uint64_t{1} << dice.Between(1, 31));
    const double threshold = static_cast<double>(dice.Between(1, 1000)) / 1000;
    const uint64_t smaller = std::min(x, y);
    const uint64_t need = std::min(MinOverlap(x, y, threshold), smaller + 1);
    if (need <= smaller) {
      ASSERT_GE(Jaccard(need, x, y), threshold) << x << ' ' << y;
    }
    ASSERT_GT(need, 0U);
    ASSERT_LT(Jaccard(need - 1, x, y), threshold) << x << ' ' << y;
  }
}

// Words that crowd in a few places of a table, among them 0 and the largest.
std::vector<uint64_t> Crowded(testing::Dice* dice, size_t count) {
  std::vector<uint64_t> words(count);
  for (uint64_t& word : words) {
    word = dice->Below(9) << 60 | dice->Below(5);
    if (dice->Chance(5)) word = UINT64_MAX;
  }
  return words;
}

// The words in the order of their first places.
std::vector<uint64_t> WithoutRepeats(std::span<const uint64_t> words) {
  std::set<uint64_t> seen;
  std::vector<uint64_t> distinct;
  for (const uint64_t word : words) {
    if (seen.insert(word).second) distinct.push_back(word);
  }
  return distinct;
}

std::vector<uint64_t> DistinctOf(const ShingleTable& table) {
  std::vector<uint64_t> distinct;
  table.CopyDistinct(&distinct);
  return distinct;
}

TEST(ShingleTableTest, AgreesWithASetOnCrowdedWordsWithRepeats) {
  testing::Dice dice(2);
  ShingleTable table;
  for (int round = 0; round < 300; ++round) {
    const std::vector<uint64_t> words = Crowded(&dice, dice.Below(80));
    table.Assign(words);
    const std::vector<uint64_t> naive = WithoutRepeats(words);
    ASSERT_EQ(table.size(), naive.size());
    ASSERT_EQ(DistinctOf(table), naive);
    for (const uint64_t word : Crowded(&dice, 50)) {
      const auto first = std::ranges::find(words, word);
      ASSERT_EQ(table.Contains(word), first != words.end());
      if (first != words.end()) {
        ASSERT_EQ(table.Find(word), first - words.begin());
      }
    }
  }
}

// Results may depend on it, so it may not depend on what the table held before.
TEST(ShingleTableTest, TheOrderOfDistinctOnesDependsOnTheSetAlone) {
  ShingleTable table;
  const std::vector<uint64_t> much(5000, 3);
  table.Assign(much);
  EXPECT_THAT(DistinctOf(table), ::testing::ElementsAre(3));
  const std::vector<uint64_t> set{7, 0, 7, 3, 0, 9, 3, 23, 39};  // 7, 23 and 39 want one slot
  table.Assign(set);
  EXPECT_THAT(DistinctOf(table), ::testing::ElementsAre(7, 0, 3, 9, 23, 39));
  EXPECT_THAT(table.repeats(), ::testing::ElementsAre(2, 4, 6));
}

TEST(ShingleTableTest, NothingRemainsOfTheSetBefore) {
  ShingleTable table;
  const std::vector<uint64_t> some{0, 1, 2, 3};
  table.Assign(some);
  table.Assign({});
  EXPECT_THAT(DistinctOf(table), ::testing::IsEmpty());
  EXPECT_EQ(table.size(), 0U);
  for (const uint64_t word : {0U, 1U, 2U, 3U}) EXPECT_FALSE(table.Contains(word));
  EXPECT_EQ(table.Overlap(std::vector<uint64_t>{0, 1}, 0), 0U);
}

TEST(ShingleTableTest, OverlapIsTheCountOrNothingBelowTheNeedWhateverTheOrder) {
  testing::Dice dice(3);
  ShingleTable table;
  for (int round = 0; round < 300; ++round) {
    const size_t x = dice.Between(1, 60);
    const size_t y = dice.Between(1, 60);
    const size_t common = dice.Below(std::min(x, y) + 1);
    testing::SetPair sets = testing::RandomPair(dice.Word(), x, y, common);
    table.Assign(sets.a);
    for (size_t i = y; i > 1; --i) std::swap(sets.b[i - 1], sets.b[dice.Below(i)]);
    for (size_t need = 0; need <= y + 2; ++need) {
      const auto overlap = table.Overlap(sets.b, need);
      ASSERT_EQ(overlap.has_value(), need <= common) << need;
      if (overlap.has_value()) {
        ASSERT_EQ(*overlap, common);
      }
    }
  }
}

// A source over a file of short records, with a cache of this many bytes.
// A text, and another that has pieces of it, moved, edited and said twice.
std::vector<uint64_t> Rework(std::span<const uint64_t> text, testing::Dice* dice) {
  std::vector<uint64_t> reworked;
  while (dice->Chance(90)) {
    const size_t begin = dice->Below(text.size());
    const auto piece = text.subspan(begin, dice->Below(text.size() - begin) + 1);
    reworked.insert(reworked.end(), piece.begin(), piece.end());
    if (dice->Chance(50)) reworked.push_back(dice->Word());
  }
  return reworked;
}

TEST(PairProverTest, CountsAsSetsDoWhateverRepeatsAndInWhateverOrder) {
  testing::Dice dice(5);
  ShingleTable table, other_table;
  PairProver prover;
  for (int round = 0; round < 2000; ++round) {
    const std::vector<uint64_t> seed = Crowded(&dice, dice.Between(1, 200));
    const std::vector<uint64_t> text = dice.Chance(50) ? seed : Rework(seed, &dice);
    const std::vector<uint64_t> other = Rework(seed, &dice);
    const std::set<uint64_t> x(text.begin(), text.end());
    const std::set<uint64_t> y(other.begin(), other.end());
    if (x.empty() && y.empty()) continue;
    const auto shared =
        static_cast<uint64_t>(std::ranges::count_if(y, [&](uint64_t s) { return x.contains(s); }));
    table.Assign(text);
    const std::vector<uint64_t> distinct = WithoutRepeats(other);
    for (const ShingleView view : {ShingleView{other}, ShingleView{distinct, true}}) {
      const auto all = prover.Prove(table, view, 0);
      ASSERT_TRUE(all.has_value());
      ASSERT_EQ(all->shared, shared);
      ASSERT_EQ(all->size, y.size());
      const double jaccard = Jaccard(shared, x.size(), y.size());
      ASSERT_EQ(prover.Prove(table, view, 0.8).has_value(), jaccard >= 0.8);
      ASSERT_TRUE(prover.Prove(table, view, jaccard).has_value());
      if (jaccard > 0 && jaccard < 1) {
        ASSERT_FALSE(prover.Prove(table, view, std::nextafter(jaccard, 2)).has_value());
      }
    }
  }
}

class Fixture {
 public:
  Fixture(size_t documents, uint64_t cache_bytes) {
    testing::Dice dice(4);
    std::string lines;
    for (size_t i = 0; i < documents; ++i) {
      lines += "{\"text\":\"" + testing::Spell(testing::RandomText(&dice, i % 50, 9)) + "\"}\n";
    }
    sources_ = {Jsonl(folder_.Write("a.jsonl", lines))};
    ReadResult read = ReadAll(sources_);
    store_ = std::move(read.store);
    source_ = std::make_unique<ShingleSource>(store_.get(), DocumentOptions{}, cache_bytes);
  }
  const ShingleSource& source() const { return *source_; }
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  std::vector<Source> sources_;
  std::unique_ptr<RecordStore> store_;
  std::unique_ptr<ShingleSource> source_;
};

TEST(ShingleSourceTest, SetsAreTheSameWithAnyCacheAndManyThreads) {
  for (const uint64_t cache_bytes : {uint64_t{0}, uint64_t{20000}, uint64_t{1} << 30}) {
    const Fixture fixture(300, cache_bytes);
    std::vector<int> wrong(3000, 0);
    ParallelFor(0, 3000, 7, [&](size_t begin, size_t end) {
      const auto scratch = fixture.source().NewScratch();
      for (size_t i = begin; i < end; ++i) {
        const auto doc = static_cast<DocId>(i * 7 % 300);
        const absl::Status read = fixture.source().Read(doc, scratch.get());
        const std::vector<uint64_t> set = DistinctOf(scratch->table);
        const auto viewed = fixture.source().View(doc, scratch.get());
        wrong[i] = !read.ok() || !viewed.ok() || WithoutRepeats(viewed->shingles) != set ||
                   (viewed->distinct && viewed->shingles.size() != set.size());
        const auto cached = fixture.source().Get(doc, scratch.get());
        wrong[i] |= !cached.ok() || !std::ranges::equal(**cached, set);
      }
    });
    EXPECT_EQ(std::ranges::count(wrong, 0), 3000);
  }
}

TEST(ShingleSourceTest, WhatIsPutIsWhatIsGot) {
  const Fixture fixture(10, 1 << 20);
  const auto scratch = fixture.source().NewScratch();
  const std::vector<uint64_t> set = {3, 1, 2};
  fixture.source().Put(7, set);
  const auto got = fixture.source().Get(7, scratch.get());
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(std::ranges::equal(**got, set));
}

TEST(ShingleSourceTest, WhatIsViewedTwiceIsKept) {
  const Fixture fixture(100, 1 << 20);
  const auto scratch = fixture.source().NewScratch();
  for (const DocId doc : {98u, 99u, 99u}) {
    const auto view = fixture.source().View(doc, scratch.get());
    ASSERT_TRUE(view.ok());
  }
  std::filesystem::resize_file(fixture.folder() / "a.jsonl", 10);
  EXPECT_TRUE(fixture.source().View(99, scratch.get()).ok());
  EXPECT_FALSE(fixture.source().View(98, scratch.get()).ok());
}

TEST(ShingleSourceTest, AFileThatShrinksIsAnErrorThatNamesIt) {
  const Fixture fixture(100, 0);
  std::filesystem::resize_file(fixture.folder() / "a.jsonl", 10);
  const auto scratch = fixture.source().NewScratch();
  const absl::Status status = fixture.source().Get(99, scratch.get()).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("a.jsonl"), std::string::npos) << status;
}

}  // namespace
}  // namespace refrain
