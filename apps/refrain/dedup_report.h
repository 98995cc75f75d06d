// What `refrain dedup` says on the terminal: progress, warnings, the plan, and ten lines at the end.
#ifndef REFRAIN_APPS_DEDUP_REPORT_H_
#define REFRAIN_APPS_DEDUP_REPORT_H_

#include <chrono>

#include "refrain/pipeline/dedup.h"

// One line on standard error, rewritten at most five times a second.
class ProgressLine {
 public:
  void Update(const refrain::ReadCounts& counts);
  void Clear();

 private:
  std::chrono::steady_clock::time_point last_;
  bool shown_ = false;
};

void PrintPlan(const refrain::DedupSummary& summary);
void PrintWarnings(const refrain::DedupSummary& summary);
void PrintSummary(const refrain::DedupSummary& summary);

#endif  // REFRAIN_APPS_DEDUP_REPORT_H_
