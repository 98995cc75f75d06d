// How much of what was planted a run has found.
//
// Input: FILE.truth.tsv of a generated corpus, and the removed.jsonl of a run on it. Output: of the planted pairs at or
// above the threshold, the share of which at least one document was removed; 1 if there are no such pairs.
// Cost: both files are read into memory. Threads: any. Errors: those of eval/eval_file.h.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const double recall, RemovalRecall("truth.tsv", "clean/removed.jsonl", 0.8));
#ifndef REFRAIN_MEASURE_REMOVAL_RECALL_H_
#define REFRAIN_MEASURE_REMOVAL_RECALL_H_

#include <string>

#include "absl/status/statusor.h"

namespace refrain {

absl::StatusOr<double> RemovalRecall(const std::string& truth, const std::string& removed,
                                     double threshold);

}  // namespace refrain

#endif  // REFRAIN_MEASURE_REMOVAL_RECALL_H_
