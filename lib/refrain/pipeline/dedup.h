// `refrain dedup`: cleans a corpus. Every removed document has a kept twin at or above the threshold, proven on the text.
//
// Input: sources and options. Output: the folder described in docs/formats.md, and the figures of the run.
// Cost: the text is read once, again where a proof needs it, and once more to write what is kept. Memory stays below
//   memory_bytes: tables are spilled to temp_dir where they would pass it, and the cache of shingle sets gets what is left.
// Errors: InvalidArgument (wrong usage: exit status 2), any other code (the run failed: 1): ResourceExhausted where
//   memory_bytes or temp_dir is too little for the corpus. Nothing remains in the output folder unless the run was complete.
// Determinism: every file but summary.json has the same bytes for any thread count and batch size, and for any memory_bytes
//   while `limits` counts nothing.
// Example:
//   DedupOptions options;
//   options.inputs = {"corpus.jsonl"};
//   options.output = "clean";
//   REFRAIN_ASSIGN_OR_RETURN(const DedupSummary summary, Dedup(options));
#ifndef REFRAIN_PIPELINE_DEDUP_H_
#define REFRAIN_PIPELINE_DEDUP_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/stage_timer.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/io/source.h"
#include "refrain/keep/index_lane.h"
#include "refrain/keep/keep_order.h"
#include "refrain/pipeline/sketch_corpus.h"

namespace refrain {

enum class Clustering { kLeaders, kComponents };

struct DedupOptions {
  std::vector<std::string> inputs;
  std::string output;
  bool force = false;
  bool dry_run = false;  // everything but writing
  std::optional<Format> format;

  SketchOptions sketch;        // bands are set by Dedup
  std::optional<Bands> bands;  // none: tuned from threshold and recall
  double threshold = 0.8;
  double recall = 0.99;
  KeepRule keep = KeepRule::kLongest;
  Clustering clustering = Clustering::kLeaders;
  bool pairs = false;
  uint64_t max_pairs = 100'000'000;
  uint64_t postings_per_document = 4096;
  uint64_t memory_bytes = 0;  // a ceiling; 0: three quarters of what the machine or cgroup has

  ProgressSink progress;
  const std::atomic<bool>* cancelled = nullptr;
};

struct DedupSummary {
  DedupOptions options;  // in force
  std::string signature;
  uint64_t sources = 0;
  uint64_t skipped_files = 0;
  ReadCounts read;
  uint64_t kept = 0;
  uint64_t removed = 0;
  uint64_t removed_exact = 0;
  uint64_t removed_short = 0;
  uint64_t removed_sketch = 0;
  uint64_t empty = 0;
  uint64_t clusters = 0;  // of two or more
  uint64_t pairs = 0;
  uint64_t proofs = 0;
  Limits limits;
  std::vector<StageTime> stages;
  double seconds = 0;
  uint64_t peak_memory = 0;    // VmHWM, bytes
  uint64_t spilled_bytes = 0;  // written to temp_dir to keep the ceiling
  std::vector<std::string> files;
};

absl::StatusOr<DedupSummary> Dedup(DedupOptions options);

// The content of summary.json.
std::string ToJson(const DedupSummary& summary);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_DEDUP_H_
