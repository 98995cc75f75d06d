// Columns against a std::vector, kept and spilled.
#include "refrain/io/column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/io_testing.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr size_t kChunkBytes = 64;

template <class T>
std::vector<T> RowsOf(const Column<T>& column) {
  std::vector<T> rows;
  PageVector<T> buffer;
  for (size_t i = 0; i < column.chunks(); ++i) {
    const auto chunk = column.Chunk(i, &buffer);
    EXPECT_EQ(chunk.status(), absl::OkStatus());
    if (chunk.ok()) rows.insert(rows.end(), chunk->begin(), chunk->end());
  }
  return rows;
}

TEST(ColumnTest, GivesBackWhatWasAppendedUnderAnyLimit) {
  testing::Dice dice(1);
  const TempDir dir;
  for (const uint64_t limit :
       {uint64_t{0}, uint64_t{1}, uint64_t{640}, uint64_t{5000}, UINT64_MAX}) {
    const auto space = std::make_shared<ColumnSpace>(dir.path(), limit, kChunkBytes);
    Column<uint32_t> numbers(space);
    Column<uint64_t> words(space);
    std::vector<uint32_t> expected_numbers;
    std::vector<uint64_t> expected_words;
    for (int round = 0; round < 100; ++round) {
      std::vector<uint32_t> more(dice.Below(40));
      for (uint32_t& number : more) number = static_cast<uint32_t>(dice.Word());
      ASSERT_EQ(numbers.Append(more), absl::OkStatus());
      expected_numbers.insert(expected_numbers.end(), more.begin(), more.end());
      expected_words.push_back(dice.Word());
      ASSERT_EQ(words.Append({&expected_words.back(), 1}), absl::OkStatus());
      ASSERT_LE(space->kept(), limit);
    }
    EXPECT_EQ(numbers.size(), expected_numbers.size());
    EXPECT_EQ(RowsOf(numbers), expected_numbers);
    EXPECT_EQ(RowsOf(words), expected_words);
    for (int i = 0; i < 100; ++i) {
      const size_t begin = dice.Below(expected_numbers.size());
      const size_t count = dice.Between(1, expected_numbers.size() - begin);
      std::vector<uint32_t> buffer;
      const auto some = numbers.Rows(begin, count, &buffer);
      ASSERT_EQ(some.status(), absl::OkStatus());
      ASSERT_TRUE(std::ranges::equal(*some, std::span(expected_numbers).subspan(begin, count)));
    }
    EXPECT_EQ(space->spilled() == 0, limit == UINT64_MAX);
    EXPECT_THAT(Listing(dir.path()), IsEmpty());
  }
}

TEST(ColumnTest, ALowerLimitIsMetAsTheColumnGrows) {
  const TempDir dir;
  const auto space = std::make_shared<ColumnSpace>(dir.path(), UINT64_MAX, kChunkBytes);
  Column<uint32_t> column(space);
  const std::vector<uint32_t> rows(160, 3);
  ASSERT_EQ(column.Append(rows), absl::OkStatus());
  EXPECT_EQ(space->kept(), 640U);
  space->set_limit(100);
  ASSERT_EQ(column.Append(rows), absl::OkStatus());
  EXPECT_EQ(space->kept(), kChunkBytes);
  EXPECT_EQ(RowsOf(column), std::vector<uint32_t>(320, 3));
}

TEST(ColumnTest, WhatIsDroppedOrDestroyedIsNoLongerKept) {
  const auto space = std::make_shared<ColumnSpace>("/tmp", UINT64_MAX, kChunkBytes);
  const std::vector<uint32_t> rows(100, 3);
  Column<uint32_t> column(space);
  ASSERT_EQ(column.Append(rows), absl::OkStatus());
  EXPECT_EQ(space->kept(), 6 * kChunkBytes);
  column.Drop(2);
  column.Drop(6);  // not full: never counted
  EXPECT_EQ(space->kept(), 5 * kChunkBytes);
  Column<uint32_t> other = std::move(column);
  EXPECT_EQ(space->kept(), 5 * kChunkBytes);
  other = Column<uint32_t>();
  EXPECT_EQ(space->kept(), 0U);
}

TEST(ColumnTest, WithoutASpaceAllStaysInMemory) {
  Column<uint64_t> column;
  std::vector<uint64_t> rows(200'000);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = i * i;
  ASSERT_EQ(column.Append(rows), absl::OkStatus());
  EXPECT_EQ(column.chunks(), 4U);
  EXPECT_EQ(RowsOf(column), rows);
}

TEST(ColumnTest, AFolderThatTakesNoMoreIsNamed) {
  const std::vector<uint32_t> rows(100'000, 3);
  Column<uint32_t> nowhere(std::make_shared<ColumnSpace>("/nowhere", 0, kChunkBytes));
  EXPECT_THAT(nowhere.Append(rows).ToString(), HasSubstr("/nowhere"));

  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 10'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const TempDir dir;
  Column<uint32_t> full(std::make_shared<ColumnSpace>(dir.path(), 0, kChunkBytes));
  const absl::Status status = full.Append(rows);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(status.ToString(), HasSubstr(dir.path()));
}

}  // namespace
}  // namespace refrain
