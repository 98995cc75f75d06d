#include "report_text.h"

#include <cstdio>

std::string Grouped(uint64_t number) {
  const std::string digits = std::to_string(number);
  std::string grouped;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) grouped += ',';
    grouped += digits[i];
  }
  return grouped;
}

std::string Megabytes(uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

std::string Percent(double share) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %%", 100 * share);
  return text;
}

void PrintLine(const char* name, const std::string& text) {
  std::printf("  %-9s %s\n", name, text.c_str());
}

void PrintHead(uint64_t count, const char* what, const refrain::ReadCounts& read, uint64_t sources,
               double seconds) {
  const double megabytes = static_cast<double>(read.record_bytes) / 1e6;
  std::printf("%s %s, %s from %s source%s, in %.2f s (%.0f MB/s)\n", Grouped(count).c_str(), what,
              Megabytes(read.record_bytes).c_str(), Grouped(sources).c_str(),
              sources == 1 ? "" : "s", seconds, megabytes / (seconds > 0 ? seconds : 1e-9));
}

void PrintRejected(const refrain::ReadCounts& read) {
  PrintLine("rejected",
            Grouped(read.rejected) + (read.rejected > 0 ? ", with reasons in rejects.jsonl" : ""));
}

void Warn(uint64_t count, const char* what) {
  if (count > 0) std::fprintf(stderr, "refrain: warning: %s %s\n", Grouped(count).c_str(), what);
}

void WarnOfInput(const refrain::ReadCounts& read, uint64_t skipped_files) {
  Warn(read.duplicate_ids,
       "documents have an id that an earlier one has; rows name source and line too");
  Warn(read.broken_sequences, "broken UTF-8 sequences were read as U+FFFD");
  Warn(skipped_files,
       "files in the given folders were skipped: no known extension (--format takes all), or no "
       "file behind a link");
}

void ProgressLine::Update(const refrain::ReadCounts& counts) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(200)) return;
  last_ = now;
  shown_ = true;
  std::fprintf(stderr, "\rread %s records, %s ", Grouped(counts.records).c_str(),
               Megabytes(counts.source_bytes).c_str());
}

void ProgressLine::Clear() {
  if (shown_) std::fprintf(stderr, "\r%60s\r", "");
  shown_ = false;
}
