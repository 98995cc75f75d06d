#include "reuse_report.h"

#include <cstdio>
#include <string>

namespace {

// 1234567 as "1,234,567".
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

void Line(const char* name, const std::string& text) {
  std::printf("  %-9s %s\n", name, text.c_str());
}

// The first code points of a text, on one line, without control characters.
std::string OneLine(const std::string& text, size_t most) {
  std::string line;
  size_t seen = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const uint8_t c = static_cast<uint8_t>(text[i]);
    if ((c & 0xC0) != 0x80 && seen++ == most) return line + "…";
    if (c > 0x20 && c != 0x7F) {
      line += text[i];
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  return line;
}

void PrintDocument(const refrain::RepeatedDocument& row) {
  std::string where;
  if (row.inside > 0) where += Percent(row.inside) + " inside it";
  if (!row.source.empty()) {
    where += (where.empty() ? "" : ", ") + Percent(row.share) + " in " + OneLine(row.source, 60);
  }
  std::printf("  %8s  %s  (%s)\n", Percent(row.repeated).c_str(), OneLine(row.id, 60).c_str(),
              where.c_str());
}

void PrintRefrain(const refrain::TellingRefrain& row) {
  const std::string times =
      row.period != 0 ? "over and over" : "in " + Grouped(row.places) + " places";
  std::printf("  %6s tokens %s  %s:%s\n         %s\n", Grouped(row.tokens).c_str(), times.c_str(),
              OneLine(row.id, 60).c_str(), std::to_string(row.line_begin).c_str(),
              OneLine(row.text, 60).c_str());
}

}  // namespace

void PrintWarnings(const refrain::ReuseSummary& summary) {
  const auto warn = [](uint64_t count, const char* what) {
    if (count > 0) std::fprintf(stderr, "refrain: warning: %s %s\n", Grouped(count).c_str(), what);
  };
  warn(summary.read.duplicate_ids,
       "documents have an id that an earlier one has; rows name source and line too");
  warn(summary.read.broken_sequences, "broken UTF-8 sequences were read as U+FFFD");
  warn(summary.skipped_files,
       "files in the given folders were skipped: no known extension (--format takes all), or no "
       "file behind a link");
}

void PrintSummary(const refrain::ReuseSummary& summary) {
  const double seconds = summary.seconds > 0 ? summary.seconds : 1e-9;
  const double share = summary.tokens == 0 ? 0
                                           : static_cast<double>(summary.repeated) /
                                                 static_cast<double>(summary.tokens);
  std::printf("%s texts, %s from %s source%s, in %.2f s (%.0f MB/s)\n",
              Grouped(summary.read.records - summary.read.rejected).c_str(),
              Megabytes(summary.read.record_bytes).c_str(), Grouped(summary.sources).c_str(),
              summary.sources == 1 ? "" : "s", summary.seconds,
              static_cast<double>(summary.read.record_bytes) / 1e6 / seconds);
  Line("repeated", Percent(share) + " of " + Grouped(summary.tokens) + " tokens, in " +
                       Grouped(summary.documents_with_reuse) + " texts");
  Line("refrains", Grouped(summary.refrains) + " in " + Grouped(summary.places) + " places, of " +
                       std::to_string(summary.options.passage.length) + " tokens or more");
  std::string passages = Grouped(summary.passages_written) + " between " + Grouped(summary.pairs) +
                         " pairs of texts and inside texts";
  if (summary.passages_written < summary.passages) {
    passages += " (" + Grouped(summary.passages - summary.passages_written) +
                " more are no rows; their places are in refrains.jsonl)";
  }
  Line("passages", passages);
  Line("rejected", Grouped(summary.read.rejected) +
                       (summary.read.rejected > 0 ? ", with reasons in rejects.jsonl" : ""));
  Line("memory", Megabytes(summary.peak_memory) + " at most");
  Line("results", summary.options.output + "/");
  if (!summary.documents.empty()) std::printf("most repeated texts\n");
  for (const auto& row : summary.documents) PrintDocument(row);
  if (!summary.telling.empty()) std::printf("refrains to look at first\n");
  for (const auto& row : summary.telling) PrintRefrain(row);
}
