#include "reuse_report.h"

#include <cstdio>
#include <string>

#include "report_text.h"

namespace {

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

std::string ShareOf(uint64_t part, uint64_t whole) {
  return Percent(whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole));
}

void PrintIgnored(const refrain::ReuseSummary& summary) {
  if (!summary.options.common.has_value() && summary.options.ignore.empty()) return;
  std::string of;
  if (summary.options.common.has_value()) of = Grouped(summary.common_refrains) + " common";
  if (!summary.options.ignore.empty()) {
    of += (of.empty() ? "" : " and ") + Grouped(summary.known_refrains) + " known";
  }
  PrintLine("ignored", Grouped(summary.ignored) + " tokens, of " + of + " refrains; " +
                           ShareOf(summary.counted, summary.tokens - summary.ignored) +
                           " of the others are repeated");
}

}  // namespace

void PrintWarnings(const refrain::ReuseSummary& summary) {
  WarnOfInput(summary.read, summary.skipped_files);
}

void PrintSummary(const refrain::ReuseSummary& summary) {
  PrintHead(summary.read.records - summary.read.rejected - summary.known_texts, "texts",
            summary.read, summary.sources, summary.seconds);
  PrintLine("repeated", ShareOf(summary.repeated, summary.tokens) + " of " +
                            Grouped(summary.tokens) + " tokens, in " +
                            Grouped(summary.documents_with_reuse) + " texts");
  PrintIgnored(summary);
  PrintLine("refrains", Grouped(summary.refrains) + " in " + Grouped(summary.places) +
                            " places, of " + std::to_string(summary.options.passage.length) +
                            " tokens or more");
  std::string passages = Grouped(summary.passages_written) + " between " + Grouped(summary.pairs) +
                         " pairs of texts and inside texts";
  if (summary.passages_written < summary.passages) {
    passages += " (" + Grouped(summary.passages - summary.passages_written) +
                " more are no rows; their places are in refrains.jsonl)";
  }
  PrintLine("passages", passages);
  PrintRejected(summary.read);
  PrintLine("memory", Megabytes(summary.peak_memory) + " at most");
  PrintLine("results", summary.options.output + "/");
  if (!summary.documents.empty()) std::printf("most repeated texts\n");
  for (const auto& row : summary.documents) PrintDocument(row);
  if (!summary.telling.empty()) std::printf("refrains to look at first\n");
  for (const auto& row : summary.telling) PrintRefrain(row);
}
