// Keeps the first error that any of several threads reports, so that a parallel loop can end with a Status.
//
// Threads: all members are concurrent-safe. Which of several simultaneous errors is kept is not defined.
// Example:
//   FirstError error;
//   ParallelFor(0, n, 16, [&](size_t begin, size_t end) {
//     for (size_t i = begin; i < end && error.ok(); ++i) error.Update(Work(i));
//   });
//   return error.status();
#ifndef REFRAIN_BASE_FIRST_ERROR_H_
#define REFRAIN_BASE_FIRST_ERROR_H_

#include <atomic>
#include <mutex>

#include "absl/status/status.h"

namespace refrain {

class FirstError {
 public:
  bool ok() const { return ok_.load(std::memory_order_relaxed); }

  void Update(const absl::Status& status) {
    if (status.ok()) return;
    const std::lock_guard lock(mutex_);
    if (status_.ok()) status_ = status;
    ok_.store(false, std::memory_order_relaxed);
  }

  // Call it when the threads have ended.
  absl::Status status() const { return status_; }

 private:
  std::atomic<bool> ok_{true};
  std::mutex mutex_;
  absl::Status status_;
};

}  // namespace refrain

#endif  // REFRAIN_BASE_FIRST_ERROR_H_
