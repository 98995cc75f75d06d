// Writes a made-up corpus and its truth.
//
// Output: JSON Lines {"id": "d000", "text": "..."[, "n": 123]}, or a folder of text files (d000.txt; the id is then
//   FOLDER/d000.txt, the path under which such a file is read). Beside it, unless the output is "-" or a device:
//   OUTPUT.clusters.tsv   id, cluster: every document; the cluster is the id of its original
//   OUTPUT.truth.tsv      id_a, id_b, edit_rate, jaccard: every two documents of a cluster (an original and a copy, or
//     two copies of one original, which have no edit rate of their own: "-"), sorted. jaccard is exact: on sets of
//     5-token shingles of the generated tokens. edit_rate is edits made / tokens of the original.
//   TSV files begin with a line of column names.
// Each file appears complete or not at all, a JSONL corpus after its truth.
// Cost: about 10 ns a byte with truth, 5 without. Memory: 8 bytes a document with truth, none without.
// Errors: AlreadyExists without `force`; else those of corpus_file.h. Threads: one.
#ifndef REFRAIN_SYNTH_CORPUS_WRITER_H_
#define REFRAIN_SYNTH_CORPUS_WRITER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "refrain/synth/corpus_generator.h"

namespace refrain {

enum class CorpusFormat { kJsonl, kText };

struct CorpusWriteOptions {
  std::string output;
  CorpusFormat format = CorpusFormat::kJsonl;
  double escape_share = 0;    // of the code points above U+007F, written as \uXXXX in JSON
  bool number_field = false;  // "n": a random number below 1,000,000, for tests of --keep max:n
  bool truth = true;
  bool force = false;  // overwrite
};

struct CorpusSummary {
  uint64_t documents = 0;
  uint64_t copies = 0;
  uint64_t pairs = 0;
  uint64_t text_bytes = 0;
  uint64_t tokens = 0;
  bool truth_written = false;
};

absl::StatusOr<CorpusSummary> WriteCorpus(const CorpusGenerator& corpus,
                                          const CorpusWriteOptions& options);

// Exact Jaccard of the sets of 5-token shingles; a text of 1 to 4 tokens is one shingle, an empty
// one has none.
double PiecesJaccard(std::span<const Piece> a, std::span<const Piece> b);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_CORPUS_WRITER_H_
