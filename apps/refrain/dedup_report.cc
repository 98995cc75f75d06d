#include "dedup_report.h"

#include <cinttypes>
#include <cstdio>
#include <string>

#include "refrain/bucket/band_tuner.h"
#include "refrain/bucket/sketch_table.h"

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

void Line(const char* name, const std::string& text) {
  std::printf("  %-9s %s\n", name, text.c_str());
}

std::string RemovedText(const refrain::DedupSummary& summary) {
  std::string text = Grouped(summary.removed) + "  (copies " + Grouped(summary.removed_exact) +
                     ", short texts " + Grouped(summary.removed_short) + ", near-duplicates " +
                     Grouped(summary.removed_sketch) + ")";
  return text;
}

std::string GuaranteeText(const refrain::DedupSummary& summary) {
  char text[128];
  std::snprintf(
      text, sizeof(text),
      summary.options.clustering == refrain::Clustering::kLeaders
          ? "every removed one has a kept twin, Jaccard >= %g, proven on the text"
          : "one kept of each transitive cluster at %g: a removed one may have no kept twin",
      summary.options.threshold);
  return text;
}

std::string LimitsText(const refrain::Limits& limits) {
  if (limits.documents == 0) return "none reached: every candidate was examined";
  return Grouped(limits.documents) + " documents were compared by their rarer shingles only (" +
         Grouped(limits.postings) + " postings skipped)";
}

}  // namespace

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

void PrintPlan(const refrain::DedupSummary& summary) {
  const refrain::SketchOptions& sketch = summary.options.sketch;
  std::printf("plan\n  signature %s\n", summary.signature.c_str());
  std::printf(
      "  short     texts of fewer than %u shingles are compared exactly, without a sketch\n",
      refrain::kShortShingles);
  if (sketch.method == refrain::Method::kSimHash) {
    std::printf("  simhash   candidates differ in at most %d of 64 bits\n", sketch.hamming);
    return;
  }
  std::printf(
      "  bands     %d of %d slots; share of pairs that become candidates, by Jaccard:\n           ",
      sketch.bands.bands, sketch.bands.rows);
  for (const double jaccard : {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95}) {
    std::printf(" %.2f:%.4f", jaccard, refrain::CandidateProbability(jaccard, sketch.bands));
  }
  std::printf("\n");
}

void PrintWarnings(const refrain::DedupSummary& summary) {
  const auto warn = [](uint64_t count, const char* what) {
    if (count > 0) std::fprintf(stderr, "refrain: warning: %s %s\n", Grouped(count).c_str(), what);
  };
  warn(summary.read.duplicate_ids,
       "documents have an id that an earlier one has; rows name source and line too");
  warn(summary.read.broken_sequences, "broken UTF-8 sequences were read as U+FFFD");
  warn(summary.read.without_number,
       "documents have no number in the --keep field; they are kept last");
  warn(summary.skipped_files,
       "files in the given folders were skipped: no known extension (--format takes all), or no "
       "file behind a link");
}

void PrintSummary(const refrain::DedupSummary& summary) {
  const double seconds = summary.seconds > 0 ? summary.seconds : 1e-9;
  std::printf("%s records, %s from %s source%s, in %.2f s (%.0f MB/s)\n",
              Grouped(summary.read.records).c_str(), Megabytes(summary.read.record_bytes).c_str(),
              Grouped(summary.sources).c_str(), summary.sources == 1 ? "" : "s", summary.seconds,
              static_cast<double>(summary.read.record_bytes) / 1e6 / seconds);
  Line("kept", Grouped(summary.kept));
  Line("removed", RemovedText(summary));
  Line("", GuaranteeText(summary));
  Line("clusters", Grouped(summary.clusters) + " of two or more");
  Line("rejected", Grouped(summary.read.rejected) +
                       (summary.read.rejected > 0 ? ", with reasons in rejects.jsonl" : ""));
  Line("empty", Grouped(summary.empty) + " texts without tokens, kept");
  Line("limits", LimitsText(summary.limits));
  Line("memory",
       Megabytes(summary.peak_memory) + " at most; " + Grouped(summary.proofs) + " pairs compared" +
           (summary.options.pairs ? "; " + Grouped(summary.pairs) + " pairs proven" : ""));
  Line("results",
       summary.options.dry_run ? "none written (--dry-run)" : summary.options.output + "/");
}
