// A corpus that is too large for the lowest ceiling on memory: its tables are spilled, and nothing else changes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "support/dedup_run.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

// Just long enough for a sketch alone; every hundredth is the one before it with a word changed.
std::vector<std::string> SketchedTexts(size_t documents) {
  testing::Dice dice(7);
  std::vector<std::string> texts;
  testing::Words words;
  for (size_t i = 0; i < documents; ++i) {
    words = i % 100 == 99 ? testing::Edited(&dice, words, 1)
                          : testing::RandomText(&dice, dice.Between(76, 80), 5000);
    texts.push_back(testing::Spell(words));
  }
  return texts;
}

TEST(MemoryCeilingTest, SpilledTablesGiveTheSameBytesAndLeaveNothing) {
  const TempDir folder;
  std::filesystem::create_directory(folder / "temp");
  DedupOptions options = testing::OptionsFor(
      folder.Write("in.jsonl", testing::Records(SketchedTexts(600'000))), folder / "out");
  options.threshold = 0.9;
  options.bands = Bands{16, 6};
  options.sketch.reader.temp_dir = folder / "temp";
  options.force = true;
  options.memory_bytes = uint64_t{4} << 30;
  EXPECT_EQ(testing::MustRun(options).spilled_bytes, 0U);
  const auto expected = testing::FilesOf(folder / "out");
  options.memory_bytes = uint64_t{1} << 20;
  const std::string message(Dedup(options).status().message());
  options.memory_bytes = std::stoull(message.substr(message.find("at least ") + 9)) << 20;
  options.memory_bytes += uint64_t{24} << 20;  // for the proof
  EXPECT_GT(testing::MustRun(options).spilled_bytes, uint64_t{1} << 20);
  EXPECT_TRUE(testing::FilesOf(folder / "out") == expected);
  EXPECT_THAT(Listing(folder / "temp"), ::testing::IsEmpty());
}

}  // namespace
}  // namespace refrain
