#include "refrain/parallel/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <utility>

#if REFRAIN_THREADS_STD
#include <condition_variable>
#include <thread>
#include <vector>
#else
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>
#endif

namespace refrain {

int HardwareThreads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

bool SharedTask::Run() {
  State state = kWaiting;
  if (!state_.compare_exchange_strong(state, kTaken)) return false;
  Do();
  state_ = kDone;
  state_.notify_all();
  return true;
}

void SharedTask::Finish() {
  Run();
  state_.wait(kTaken);
}

void Offer(std::shared_ptr<SharedTask> task) {
  Offer([task = std::move(task)] { task->Run(); });
}

#if REFRAIN_THREADS_STD

// The back end for thread sanitizer: plain threads, made anew for each loop. Correct, not fast.
namespace {
std::atomic<int> thread_limit{0};
}  // namespace

int ThreadsAllowed() {
  const int limit = thread_limit.load();
  return limit > 0 ? limit : HardwareThreads();
}

void Offer(std::function<void()> body) {
  if (ThreadsAllowed() > 1) std::thread(std::move(body)).detach();
}

struct ThreadLimit::Impl {
  int before;
};
ThreadLimit::ThreadLimit(int threads) : impl_(new Impl{thread_limit.exchange(threads)}) {}
ThreadLimit::~ThreadLimit() { thread_limit.store(impl_->before); }

void ParallelFor(size_t begin, size_t end, size_t grain,
                 const std::function<void(size_t, size_t)>& body) {
  std::atomic<size_t> next{begin};
  const auto run = [&] {
    for (;;) {
      const size_t from = next.fetch_add(grain);
      if (from >= end) return;
      body(from, std::min(end, from + grain));
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i < ThreadsAllowed(); ++i) threads.emplace_back(run);
  run();
  for (std::thread& thread : threads) thread.join();
}

void RunPipeline(size_t in_flight, const std::function<std::unique_ptr<Batch>()>& produce,
                 const std::function<void(Batch&)>& work,
                 const std::function<void(Batch&)>& consume) {
  for (bool more = true; more;) {
    std::vector<std::unique_ptr<Batch>> batches;
    while (batches.size() < in_flight) {
      std::unique_ptr<Batch> batch = produce();
      if (batch == nullptr) {
        more = false;
        break;
      }
      batches.push_back(std::move(batch));
    }
    ParallelFor(0, batches.size(), 1, [&](size_t i, size_t) { work(*batches[i]); });
    for (const std::unique_ptr<Batch>& batch : batches) consume(*batch);
  }
}

#else

namespace {

// Bodies that wait for a thread. They are kept here and not by the scheduler, so that those which no thread has come for
// are not lost when the process ends.
class Offered {
 public:
  // Never destroyed, as threads may outlive what is.
  static Offered& All() {
    static auto* const all = new Offered;
    return *all;
  }

  void Add(std::function<void()> body) {
    const std::lock_guard lock(mutex_);
    bodies_.push_back(std::move(body));
  }

  void RunOne() {
    std::unique_lock lock(mutex_);
    const std::function<void()> body = std::move(bodies_.front());
    bodies_.pop_front();
    lock.unlock();
    body();
  }

 private:
  std::mutex mutex_;
  std::deque<std::function<void()>> bodies_;
};

}  // namespace

struct ThreadLimit::Impl {
  tbb::global_control control;
};
ThreadLimit::ThreadLimit(int threads)
    : impl_(new Impl{tbb::global_control(tbb::global_control::max_allowed_parallelism,
                                         static_cast<size_t>(threads))}) {}
ThreadLimit::~ThreadLimit() = default;

int ThreadsAllowed() {
  return static_cast<int>(
      tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism));
}

void Offer(std::function<void()> body) {
  if (ThreadsAllowed() <= 1) return;
  Offered::All().Add(std::move(body));
  tbb::task_arena(tbb::attach()).enqueue([] { Offered::All().RunOne(); });
}

void ParallelFor(size_t begin, size_t end, size_t grain,
                 const std::function<void(size_t, size_t)>& body) {
  if (begin >= end) return;
  tbb::parallel_for(
      tbb::blocked_range<size_t>(begin, end, grain),
      [&](const tbb::blocked_range<size_t>& range) { body(range.begin(), range.end()); },
      tbb::simple_partitioner());
}

void RunPipeline(size_t in_flight, const std::function<std::unique_ptr<Batch>()>& produce,
                 const std::function<void(Batch&)>& work,
                 const std::function<void(Batch&)>& consume) {
  const auto read = [&](tbb::flow_control& control) -> Batch* {
    std::unique_ptr<Batch> batch = produce();
    if (batch == nullptr) control.stop();
    return batch.release();
  };
  const auto process = [&](Batch* batch) {
    work(*batch);
    return batch;
  };
  const auto append = [&](Batch* batch) { consume(*std::unique_ptr<Batch>(batch)); };
  tbb::parallel_pipeline(
      in_flight, tbb::make_filter<void, Batch*>(tbb::filter_mode::serial_in_order, read) &
                     tbb::make_filter<Batch*, Batch*>(tbb::filter_mode::parallel, process) &
                     tbb::make_filter<Batch*, void>(tbb::filter_mode::serial_in_order, append));
}

#endif

}  // namespace refrain
