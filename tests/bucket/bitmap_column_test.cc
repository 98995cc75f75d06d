#include "refrain/bucket/bitmap_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "support/random_sets.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using testing::Dice;
using testing::RandomWords;

struct Sets {
  PageVector<uint32_t> shingles;
  std::vector<std::vector<uint64_t>> bitmaps;
};

// Sets of all sizes; bitmaps are appended a few at a time, as batches come.
Sets Fill(BitmapColumn* column) {
  Sets sets;
  Dice dice(1);
  BitmapMaker maker;
  std::vector<uint64_t> batch;
  for (uint64_t doc = 0; doc < 500; ++doc) {
    const size_t size = dice.Chance(50) ? dice.Below(100) : dice.Below(4000);
    const auto words = maker.Make(RandomWords(doc, 0, size), BitmapWords(size));
    sets.shingles.push_back(static_cast<uint32_t>(size));
    sets.bitmaps.emplace_back(words.begin(), words.end());
    column->AddDocument(sets.shingles[doc]);
    batch.insert(batch.end(), words.begin(), words.end());
    if (!dice.Chance(20) && doc != 499) continue;
    column->Append(batch);
    batch.clear();
  }
  return sets;
}

TEST(BitmapColumnTest, GivesBackEachBitmapKeptOrSpilled) {
  for (const uint64_t limit : {uint64_t{0}, uint64_t{20'000}, UINT64_MAX}) {
    const auto space = std::make_shared<ColumnSpace>(::testing::TempDir(), limit, 4096);
    BitmapColumn column(space);
    const Sets sets = Fill(&column);
    EXPECT_EQ(space->spilled() > 0, limit != UINT64_MAX);
    std::vector<uint64_t> buffer;
    for (DocId doc = 0; doc < sets.bitmaps.size(); ++doc) {
      const auto bitmap = column.Read(doc, sets.shingles, &buffer);
      ASSERT_EQ(bitmap.status(), absl::OkStatus());
      ASSERT_EQ(bitmap->most, sets.shingles[doc]);
      ASSERT_TRUE(std::ranges::equal(bitmap->words, sets.bitmaps[doc])) << doc;
    }
  }
}

TEST(BitmapColumnTest, WhereThereIsNoRoomNoDocumentHasOne) {
  BitmapColumn without;
  BitmapColumn nowhere(std::make_shared<ColumnSpace>("/nowhere", 0, 4096));
  for (BitmapColumn* const column : {&without, &nowhere}) {
    const Sets sets = Fill(column);
    std::vector<uint64_t> buffer;
    for (DocId doc = 0; doc < sets.bitmaps.size(); ++doc) {
      const auto bitmap = column->Read(doc, sets.shingles, &buffer);
      ASSERT_EQ(bitmap.status(), absl::OkStatus());
      ASSERT_TRUE(bitmap->words.empty());
    }
  }
}

}  // namespace
}  // namespace refrain
