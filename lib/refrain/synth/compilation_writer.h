// Writes a corpus of compilations and its truth.
//
// Output: JSON Lines {"id": "d000", "text": "..."}, or a folder of text files (d000.txt; the id is then
//   FOLDER/d000.txt, the path under which such a file is read). Beside it, unless the output is "-" or a
//   device: OUTPUT.truth.jsonl, a row for each two places that share a stretch of a work (every two of
//   its n places), sorted: {"a": {"id", "begin", "end"}, "b": {...}, "tokens"[, "ignore": true]}; see
//   compilation_truth.h for what the ranges are. Bytes of the decoded text, half-open.
// Each file appears complete or not at all, a JSONL corpus after its truth.
// Cost: about 25 ns a byte. Memory: 20 bytes a token of a copy with truth, one document without.
// Errors: InvalidArgument for write options that only other kinds of corpus have; else those of
//   corpus_output.h and corpus_file.h. Threads: one.
#ifndef REFRAIN_SYNTH_COMPILATION_WRITER_H_
#define REFRAIN_SYNTH_COMPILATION_WRITER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "refrain/synth/compilation_plan.h"
#include "refrain/synth/corpus_writer.h"

namespace refrain {

struct CompilationSummary {
  uint64_t documents = 0;
  uint64_t copies = 0;   // stretches of works
  uint64_t pairs = 0;    // rows of the truth
  uint64_t ignored = 0;  // of these
  uint64_t text_bytes = 0;
  uint64_t tokens = 0;  // of works and own texts, after edits
  bool truth_written = false;
};

absl::StatusOr<CompilationSummary> WriteCompilations(const CompilationPlan& plan,
                                                     const CorpusWriteOptions& options);

// A number of documents that gives about `bytes` of text. options.documents is not used.
absl::StatusOr<uint64_t> CompilationsForBytes(const CompilationOptions& options, uint64_t bytes);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_COMPILATION_WRITER_H_
