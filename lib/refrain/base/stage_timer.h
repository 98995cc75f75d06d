// Wall-clock seconds of named stages, in the order in which they ended.
//
// Example:
//   StageTimer timer;
//   Read(); timer.End("read", bytes);
//   Group(); timer.End("group");
#ifndef REFRAIN_BASE_STAGE_TIMER_H_
#define REFRAIN_BASE_STAGE_TIMER_H_

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace refrain {

struct StageTime {
  std::string name;
  double seconds;
  uint64_t bytes;  // handled by the stage; 0 where that means nothing
};

class StageTimer {
 public:
  StageTimer() : start_(Clock::now()), last_(start_) {}

  // Ends the stage that began when the last one ended.
  void End(std::string name, uint64_t bytes = 0) {
    const Clock::time_point now = Clock::now();
    stages_.push_back({std::move(name), Seconds(now - last_), bytes});
    last_ = now;
  }

  const std::vector<StageTime>& stages() const { return stages_; }
  double total() const { return Seconds(Clock::now() - start_); }

 private:
  using Clock = std::chrono::steady_clock;
  static double Seconds(Clock::duration d) { return std::chrono::duration<double>(d).count(); }

  Clock::time_point start_;
  Clock::time_point last_;
  std::vector<StageTime> stages_;
};

}  // namespace refrain

#endif  // REFRAIN_BASE_STAGE_TIMER_H_
