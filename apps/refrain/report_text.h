// How the reports of all lanes put figures and lines.
#ifndef REFRAIN_APPS_REPORT_TEXT_H_
#define REFRAIN_APPS_REPORT_TEXT_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "refrain/pipeline/document_pass.h"

std::string Grouped(uint64_t number);   // 1234567 as "1,234,567"
std::string Megabytes(uint64_t bytes);  // "1.2 MB"
std::string Percent(double share);      // 0.123 as "12.3 %"
void PrintLine(const char* name, const std::string& text);

// "4,000 records, 7.7 MB from 1,001 sources, in 0.15 s (52 MB/s)"
void PrintHead(uint64_t count, const char* what, const refrain::ReadCounts& read, uint64_t sources,
               double seconds);
void PrintRejected(const refrain::ReadCounts& read);

// A line on standard error, if there is anything to count.
void Warn(uint64_t count, const char* what);
void WarnOfInput(const refrain::ReadCounts& read, uint64_t skipped_files);

// One line on standard error, rewritten at most five times a second.
class ProgressLine {
 public:
  void Update(const refrain::ReadCounts& counts);
  void Clear();

 private:
  std::chrono::steady_clock::time_point last_;
  bool shown_ = false;
};

#endif  // REFRAIN_APPS_REPORT_TEXT_H_
