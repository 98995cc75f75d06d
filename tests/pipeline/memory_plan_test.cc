// A ceiling on memory: how it is shared out, what it says where it is too low, and that it changes no result.
#include "refrain/pipeline/memory_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "refrain/pipeline/sketch_corpus.h"
#include "support/dedup_run.h"
#include "support/test_corpora.h"

namespace refrain {
namespace {

using ::testing::HasSubstr;
using testing::MustRun;
using testing::OptionsFor;

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

MemoryPlan PlanOf(uint64_t megabytes, bool keep_numbers = false) {
  const auto plan = MemoryPlan::Create(
      {.bytes = megabytes * kMegabyte, .threads = 2, .bands = 16, .keep_numbers = keep_numbers});
  EXPECT_EQ(plan.status(), absl::OkStatus());
  return plan.value_or(MemoryPlan());
}

TEST(MemoryPlanTest, WithoutACeilingThereIsNone) {
  EXPECT_EQ(MemoryPlan().ForColumns(UINT32_MAX, UINT32_MAX).value(), UINT64_MAX);
  const GroupCounts many{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX};
  EXPECT_EQ(MemoryPlan().ForProof(UINT32_MAX, many, many).value(), UINT64_MAX);
}

TEST(MemoryPlanTest, ATooLowCeilingIsWrongUsageAndTheLeastIsNamedAndAccepted) {
  const auto low = MemoryPlan::Create({.bytes = kMegabyte, .threads = 2, .bands = 16});
  EXPECT_EQ(low.status().code(), absl::StatusCode::kInvalidArgument);
  const std::string message(low.status().message());
  const size_t at = message.find("at least ") + 9;
  const uint64_t least = std::stoull(message.substr(at));
  EXPECT_EQ(MemoryPlan::Create({.bytes = least * kMegabyte, .threads = 2, .bands = 16}).status(),
            absl::OkStatus());
  EXPECT_FALSE(
      MemoryPlan::Create({.bytes = (least - 1) * kMegabyte, .threads = 2, .bands = 16}).ok());
}

TEST(MemoryPlanTest, MoreDocumentsLeaveLessAndTooManyFailNamingCeilingNeedAndWayOut) {
  const MemoryPlan plan = PlanOf(1024);
  const uint64_t million = 1'000'000;
  EXPECT_GT(plan.ForColumns(1000, 0).value(), plan.ForColumns(million, 0).value());
  EXPECT_GT(plan.ForColumns(million, 0).value(), plan.ForColumns(million, million).value());
  EXPECT_GT(plan.ForColumns(million, 0).value(), PlanOf(1024, true).ForColumns(million, 0).value());
  const GroupCounts some{million / 2, million, 2 * million, million};
  EXPECT_GT(plan.ForProof(million, {}, {}).value(), plan.ForProof(million, some, {}).value());
  EXPECT_GT(plan.ForProof(million, some, {}).value(), plan.ForProof(million, {}, some).value());
  const absl::Status status = plan.ForColumns(100'000'000, 0).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(status.ToString(), HasSubstr("--memory 1024M"));
  EXPECT_THAT(status.ToString(), HasSubstr("100000000 documents"));
  EXPECT_THAT(status.ToString(), HasSubstr("raise it"));
  EXPECT_FALSE(plan.ForProof(10 * million, {.rows = 40 * million}, {}).ok());
  EXPECT_EQ(plan.CheckPairs(1000, 10, 1'000'000), absl::OkStatus());
  EXPECT_FALSE(plan.CheckPairs(1000, 10, 100'000'000).ok());
}

std::vector<std::string> ManyTexts() {
  std::vector<std::string> texts = testing::FamilyTexts(1, 3000, 60, 110);
  const std::vector<std::string> more = testing::FamilyTexts(2, 3000, 5, 40, 2000);
  texts.insert(texts.end(), more.begin(), more.end());
  return texts;
}

// The least that is accepted against plenty, for every lane and rule of keeping.
TEST(MemoryCeilingTest, EveryFileHasTheSameBytesUnderTheLowestCeiling) {
  const TempDir folder;
  const std::string input = folder.Write("in.jsonl", testing::Records(ManyTexts()));
  for (const Clustering clustering : {Clustering::kLeaders, Clustering::kComponents}) {
    DedupOptions options = OptionsFor(input, folder / "out");
    options.clustering = clustering;
    options.threshold = 0.6;
    options.pairs = clustering == Clustering::kComponents;
    options.force = true;
    options.keep = KeepRule::kMax;
    options.sketch.document.fields.number = "n";
    options.memory_bytes = 4096 * kMegabyte;
    MustRun(options);
    const auto expected = testing::FilesOf(folder / "out");
    options.memory_bytes = 200 * kMegabyte;
    EXPECT_GT(MustRun(options).removed, 500U);
    EXPECT_TRUE(testing::FilesOf(folder / "out") == expected);
  }
}

TEST(MemoryCeilingTest, TooLittleIsWrongUsageAndNothingIsWritten) {
  const TempDir folder;
  DedupOptions options = OptionsFor(folder.Write("in.jsonl", "{\"text\":\"a\"}\n"), folder / "out");
  options.memory_bytes = kMegabyte;
  const absl::Status status = Dedup(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.ToString(), HasSubstr("--memory must be at least"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

}  // namespace
}  // namespace refrain
