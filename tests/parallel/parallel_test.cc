#include "refrain/parallel/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

namespace refrain {
namespace {

TEST(ParallelFor, CoversEachIndexOnceInPiecesNoLongerThanTheGrain) {
  std::vector<std::atomic<int>> seen(1000);
  std::atomic<size_t> longest{0};
  ParallelFor(10, 1000, 7, [&](size_t begin, size_t end) {
    if (end - begin > longest) longest = end - begin;
    for (size_t i = begin; i < end; ++i) ++seen[i];
  });
  for (size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], i < 10 ? 0 : 1) << i;
  EXPECT_LE(longest, 7u);
}

TEST(ParallelFor, EmptyRangeCallsNothing) {
  ParallelFor(5, 5, 1, [](size_t, size_t) { FAIL(); });
}

struct Number : Batch {
  int value = 0;
};

TEST(RunPipeline, ConsumesInTheOrderOfProductionForAnyThreadCount) {
  for (const int threads : {1, 2, 3, 8}) {
    ThreadLimit limit(threads);
    int produced = 0;
    std::vector<int> consumed;
    RunPipeline(
        4,
        [&]() -> std::unique_ptr<Batch> {
          if (produced == 500) return nullptr;
          auto batch = std::make_unique<Number>();
          batch->value = produced++;
          return batch;
        },
        [](Batch& batch) { static_cast<Number&>(batch).value *= 3; },
        [&](Batch& batch) { consumed.push_back(static_cast<Number&>(batch).value); });
    ASSERT_EQ(consumed.size(), 500u);
    for (int i = 0; i < 500; ++i) EXPECT_EQ(consumed[static_cast<size_t>(i)], 3 * i);
  }
}

TEST(ThreadsAllowed, IsTheInnermostLimit) {
  EXPECT_EQ(ThreadsAllowed(), HardwareThreads());
  ThreadLimit outer(3);
  EXPECT_EQ(ThreadsAllowed(), 3);
  {
    ThreadLimit inner(1);
    EXPECT_EQ(ThreadsAllowed(), 1);
  }
  EXPECT_EQ(ThreadsAllowed(), 3);
}

TEST(Offer, IsTakenByAnotherThreadWhileThisOneWaits) {
  ThreadLimit limit(2);
  const auto taken = std::make_shared<std::atomic<bool>>(false);
  Offer([taken] {
    *taken = true;
    taken->notify_all();
  });
  taken->wait(false);
  EXPECT_TRUE(*taken);
}

TEST(SharedTask, IsDoneOnceByWhoeverRunsItFirst) {
  struct Task : SharedTask {
    void Do() override { ++times; }
    int times = 0;
  };
  Task task;
  EXPECT_FALSE(task.done());
  EXPECT_TRUE(task.Run());
  EXPECT_TRUE(task.done());
  EXPECT_FALSE(task.Run());
  task.Finish();
  EXPECT_EQ(task.times, 1);
}

}  // namespace
}  // namespace refrain
