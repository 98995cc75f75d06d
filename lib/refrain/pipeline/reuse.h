// `refrain reuse`: passages that stand in several places, across documents and inside one; what of each document is
// repeated; refrains with all their places.
//
// Input: sources and options. Output: the folder described in docs/formats.md, and the figures of the run.
// Guarantee: every run of `length` tokens that stands in two places is covered by a place of some refrain.
// Cost: the text is read once, the documents that share anything once more, and once for the words of the refrains. Memory:
//   5 bytes a token of anchors, 16 a token of the documents that share anything, and the passages.
// Errors: InvalidArgument (wrong usage: exit status 2), any other code (the run failed: 1). Nothing remains in the output
//   folder unless the run was complete.
// Determinism: every file but summary.json has the same bytes for any thread count and batch size.
// Example:
//   ReuseOptions options;
//   options.inputs = {"speeches"};
//   options.output = "found";
//   REFRAIN_ASSIGN_OR_RETURN(const ReuseSummary summary, Reuse(options));
#ifndef REFRAIN_PIPELINE_REUSE_H_
#define REFRAIN_PIPELINE_REUSE_H_

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/stage_timer.h"
#include "refrain/io/source.h"
#include "refrain/passage/pair_matcher.h"
#include "refrain/pipeline/reuse_text.h"
#include "refrain/pipeline/sketch_corpus.h"

namespace refrain {

struct ReuseOptions {
  std::vector<std::string> inputs;
  std::string output;
  bool force = false;
  std::optional<Format> format;

  ReuseTextOptions text;   // fields, normalisation, --split, --page-marks
  PassageOptions passage;  // --min-length, --min-identity, --max-gap
  uint32_t max_places = 64;
  std::vector<std::string> ignore;  // known text, named as inputs are: ignored where inputs have it
  std::optional<uint32_t> common;   // refrains in so many documents are ignored text
  ReaderOptions reader;
  int threads = 1;

  ProgressSink progress;
  const std::atomic<bool>* cancelled = nullptr;
};

// A document, as the terminal lists it.
struct RepeatedDocument {
  std::string id;
  double repeated;
  double inside;
  double elsewhere;
  std::string source;  // that it has most in common with; "" if none
  double share;
};

// A refrain, as the terminal lists it.
struct TellingRefrain {
  uint32_t refrain;
  uint32_t tokens;
  uint64_t places;
  uint64_t documents;
  uint32_t period;  // of its first place
  std::string id;   // where it first stands
  uint64_t line_begin;
  std::string text;
};

struct ReuseSummary {
  ReuseOptions options;  // in force
  uint64_t sources = 0;
  uint64_t skipped_files = 0;
  ReadCounts read;
  uint64_t tokens = 0;
  uint64_t repeated = 0;  // tokens
  uint64_t documents_with_reuse = 0;
  uint64_t ignored = 0;          // tokens
  uint64_t counted = 0;          // tokens repeated and not ignored
  uint64_t common_refrains = 0;  // ignored
  uint64_t known_texts = 0;      // documents of --ignore; counted in `read`, and nowhere else
  uint64_t known_refrains = 0;   // ignored
  uint64_t passages = 0;         // found
  uint64_t passages_written = 0;
  uint64_t units = 0;
  uint64_t pairs = 0;  // of documents
  uint64_t refrains = 0;
  uint64_t places = 0;
  std::vector<RepeatedDocument> documents;  // the most repeated first
  std::vector<TellingRefrain> telling;
  std::vector<StageTime> stages;
  double seconds = 0;
  uint64_t peak_memory = 0;  // VmHWM, bytes
  std::vector<std::string> files;
};

absl::StatusOr<ReuseSummary> Reuse(ReuseOptions options);

// The content of summary.json.
std::string ToJson(const ReuseSummary& summary);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_REUSE_H_
