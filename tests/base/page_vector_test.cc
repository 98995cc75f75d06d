// PageVector against std::vector.
#include "refrain/base/page_vector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "refrain/base/memory.h"

namespace refrain {
namespace {

TEST(PageVectorTest, HoldsWhatWasPushedAppendedAndResized) {
  PageVector<uint32_t> pages;
  std::vector<uint32_t> expected;
  std::vector<uint32_t> more(70'000);
  std::iota(more.begin(), more.end(), 5U);
  for (uint32_t round = 0; round < 20; ++round) {
    pages.push_back(round);
    expected.push_back(round);
    pages.append(std::span(more).first(round * 3500));
    expected.insert(expected.end(), more.begin(), more.begin() + round * 3500);
    pages.resize(pages.size() + round);
    expected.resize(expected.size() + round);
  }
  ASSERT_EQ(pages.size(), expected.size());
  EXPECT_TRUE(std::ranges::equal(pages, expected));
}

TEST(PageVectorTest, MovesWithoutItsValuesAndLeavesNothing) {
  PageVector<uint64_t> first = {1, 2, 3};
  const uint64_t* const place = first.data();
  PageVector<uint64_t> second = std::move(first);
  EXPECT_EQ(second.data(), place);
  first = {4};
  first = std::move(second);
  EXPECT_TRUE(std::ranges::equal(first, std::vector<uint64_t>{1, 2, 3}));
  second = {};
  EXPECT_TRUE(second.empty());
  second.append({});
  EXPECT_TRUE(second.empty());
}

TEST(PageVectorTest, ValuesThatWereNeverWrittenAreZeroAndCostNothing) {
  const uint64_t before = PeakMemory();
  PageVector<uint64_t> pages;
  pages.resize(size_t{1} << 32);  // 32 GiB
  EXPECT_EQ(pages[0] + pages[size_t{1} << 31] + pages[(size_t{1} << 32) - 1], 0U);
  EXPECT_LT(PeakMemory(), before + (uint64_t{32} << 20));
}

}  // namespace
}  // namespace refrain
