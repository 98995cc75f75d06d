#include "refrain/passage/winnow.h"

#include <gtest/gtest.h>

#include "support/passage_run.h"

namespace refrain {
namespace {

std::vector<uint64_t> Ids(uint64_t seed, size_t n, uint64_t letters) {
  std::vector<uint64_t> ids;
  for (uint64_t i = 0; i < n; ++i) ids.push_back(SplitMix64(9, SplitMix64(seed, i) % letters));
  return ids;
}

std::vector<Anchor> Select(const std::vector<uint64_t>& ids, WinnowShape shape) {
  std::vector<Anchor> anchors;
  Winnower(shape).Select(ids, &anchors);
  return anchors;
}

TEST(WinnowShape, CoversRunsOfTheLengthAndNoLongerOnes) {
  for (uint32_t length = 1; length <= 13; ++length) {
    EXPECT_EQ(WinnowShape::ForRuns(length).Run(), length);
  }
  EXPECT_EQ(WinnowShape::ForRuns(60).Run(), 13u);
}

TEST(Winnower, KeepsItsChoices) {
  EXPECT_EQ(DebugString(Select(Ids(1, 40, 1000), {8, 6})),
            "0(0) 1(1) 7(2) 8(3) 11(6) 16(12) 21(16) 26(21) 30(25)");
}

TEST(Winnower, TextsBelowTheRunHaveNone) {
  EXPECT_TRUE(Select(Ids(1, 12, 1000), {8, 6}).empty());
  EXPECT_TRUE(Select({}, {8, 6}).empty());
  EXPECT_EQ(Select(Ids(1, 13, 1000), {8, 6}).size(), 1u);
}

// One token again and again: every window chooses its last k-gram.
TEST(Winnower, TheRightmostOfEqualOnesIsChosen) {
  EXPECT_EQ(DebugString(Select(std::vector<uint64_t>(16, 7), {8, 6})), "5(0) 6(1) 7(2) 8(3)");
}

TEST(Winnower, EachWindowHasOneOwnerWithinReach) {
  for (const uint64_t letters : {1u, 2u, 50u}) {
    const std::vector<Anchor> anchors = Select(Ids(3, 500, letters), {8, 6});
    ASSERT_EQ(anchors[0].first, 0u);
    for (size_t i = 0; i < anchors.size(); ++i) {
      const uint32_t end = i + 1 < anchors.size() ? anchors[i + 1].first : 500 - 13 + 1;
      ASSERT_LT(anchors[i].first, end);
      ASSERT_GE(anchors[i].position, end - 1);               // in its last window
      ASSERT_LE(anchors[i].position, anchors[i].first + 5);  // and in its first
    }
  }
}

TEST(Winnower, ACommonRunHasACommonAnchorWhateverStandsAroundIt) {
  for (const uint64_t letters : {1u, 2u, 1000u}) {
    for (uint64_t seed = 1; seed <= 200; ++seed) {
      const std::vector<uint64_t> run = Ids(seed, 13, letters);
      std::vector<std::vector<Anchor>> found;
      for (const uint64_t other : {1000u, 2000u}) {
        std::vector<uint64_t> text = Ids(seed + other, 20 + other / 1000, 1000);
        const uint32_t begin = static_cast<uint32_t>(text.size());
        text.insert(text.end(), run.begin(), run.end());
        const std::vector<uint64_t> after = Ids(seed + other + 1, 20, 1000);
        text.insert(text.end(), after.begin(), after.end());
        std::vector<Anchor>& inside = found.emplace_back();
        for (const Anchor& anchor : Select(text, {8, 6})) {
          if (anchor.position < begin || anchor.position + 8 > begin + 13) continue;
          inside.push_back({anchor.fingerprint, anchor.position - begin, 0});
        }
      }
      bool common = false;
      for (const Anchor& anchor : found[0]) {
        common |= std::find(found[1].begin(), found[1].end(), anchor) != found[1].end();
      }
      ASSERT_TRUE(common) << letters << " " << seed;
    }
  }
}

}  // namespace
}  // namespace refrain
