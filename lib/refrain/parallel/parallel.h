// All the parallelism there is: loops over ranges, a pipeline of batches that keeps their order, and offers of work.
//
// Input/Output: each function returns when all its work is done. Bodies must not throw.
// Threads: bodies run concurrently on at most the threads that the innermost ThreadLimit allows.
// Determinism: the order of calls is not defined; a body writes only to places that its own range owns.
// Example:
//   ThreadLimit limit(2);
//   ParallelFor(0, docs.size(), 64, [&](size_t begin, size_t end) {
//     for (size_t i = begin; i < end; ++i) sizes[i] = docs[i].size();
//   });
#ifndef REFRAIN_PARALLEL_PARALLEL_H_
#define REFRAIN_PARALLEL_PARALLEL_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>

namespace refrain {

// Caps the threads of everything in this header while it lives. REQUIRES: threads >= 1.
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads);
  ~ThreadLimit();
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The number of processors this process may run on.
int HardwareThreads();

// How many threads run bodies at one time: the innermost ThreadLimit, or HardwareThreads.
int ThreadsAllowed();

// Offers work to idle threads: `body` is called once, at some time, by another thread; never, if only one is allowed.
// Nobody may wait for a body that has not begun: who needs its work does it himself, so the body must find out whether
// it still has anything to do. It must own all that it touches, as it may begin after whoever offered it has gone.
void Offer(std::function<void()> body);

// A piece of work that idle threads may take, and whoever needs it does if none of them has.
class SharedTask {
 public:
  virtual ~SharedTask() = default;

  // Does the work, unless another thread does or has done so. Returns whether it did.
  bool Run();
  // The same, and waits for the other thread.
  void Finish();
  bool done() const { return state_ == kDone; }

 private:
  enum State { kWaiting, kTaken, kDone };
  virtual void Do() = 0;

  std::atomic<State> state_{kWaiting};
};
void Offer(std::shared_ptr<SharedTask> task);

// Calls body(begin, end) on pieces that together cover [begin, end), none longer than `grain` (at least 1).
void ParallelFor(size_t begin, size_t end, size_t grain,
                 const std::function<void(size_t, size_t)>& body);

// One run of a three-stage pipeline: produce (one at a time, in order) -> work (concurrently) -> consume (one at
// a time, in the order of produce). At most `in_flight` batches exist at once, which bounds memory.
// Each batch is an opaque unique_ptr; produce returns null at the end of the input.
class Batch {
 public:
  virtual ~Batch() = default;
};
void RunPipeline(size_t in_flight, const std::function<std::unique_ptr<Batch>()>& produce,
                 const std::function<void(Batch&)>& work,
                 const std::function<void(Batch&)>& consume);

}  // namespace refrain

#endif  // REFRAIN_PARALLEL_PARALLEL_H_
