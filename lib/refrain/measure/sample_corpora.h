// The corpora that benchmarks run on: generated from fixed seeds, the same bytes everywhere.
//
// Cost and errors: those of synth/corpus_writer.h. Threads: any.
// Example:
//   const SampleCorpus english = SampleCorpora(/*scale=*/0.001).front();
//   REFRAIN_ASSIGN_OR_RETURN(const std::string path, EnsureCorpus(english, "work"));   // work/english-120.jsonl
#ifndef REFRAIN_MEASURE_SAMPLE_CORPORA_H_
#define REFRAIN_MEASURE_SAMPLE_CORPORA_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/synth/corpus_generator.h"

namespace refrain {

struct SampleCorpus {
  std::string name;
  CorpusOptions options;
};

// english and chinese: 120,000 documents, about 250 MB each, half of them copies with 0 to 20 % of
// the words replaced. template: 100,000 fills of one frame, none at 0.8 with another. short: 100,000
// texts of 3 to 60 words. `scale` multiplies the numbers of documents.
std::vector<SampleCorpus> SampleCorpora(double scale);

// The path of the corpus in `folder`; beside it stand PATH.truth.tsv and PATH.clusters.tsv. Written
// if it is not there; its name holds its size, so that corpora of several scales live side by side.
absl::StatusOr<std::string> EnsureCorpus(const SampleCorpus& corpus, const std::string& folder);

}  // namespace refrain

#endif  // REFRAIN_MEASURE_SAMPLE_CORPORA_H_
