#include "dedup_report.h"

#include <cinttypes>
#include <cstdio>
#include <string>

#include "refrain/bucket/band_tuner.h"
#include "refrain/bucket/sketch_table.h"
#include "report_text.h"

namespace {

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
  WarnOfInput(summary.read, summary.skipped_files);
  Warn(summary.read.without_number,
       "documents have no number in the --keep field; they are kept last");
}

void PrintSummary(const refrain::DedupSummary& summary) {
  PrintHead(summary.read.records, "records", summary.read, summary.sources, summary.seconds);
  PrintLine("kept", Grouped(summary.kept));
  PrintLine("removed", RemovedText(summary));
  PrintLine("", GuaranteeText(summary));
  PrintLine("clusters", Grouped(summary.clusters) + " of two or more");
  PrintRejected(summary.read);
  PrintLine("empty", Grouped(summary.empty) + " texts without tokens, kept");
  PrintLine("limits", LimitsText(summary.limits));
  PrintLine("memory",
            Megabytes(summary.peak_memory) + " at most; " + Grouped(summary.proofs) +
                " pairs compared" +
                (summary.options.pairs ? "; " + Grouped(summary.pairs) + " pairs proven" : ""));
  PrintLine("results",
            summary.options.dry_run ? "none written (--dry-run)" : summary.options.output + "/");
}
