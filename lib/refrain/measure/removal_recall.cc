#include "refrain/measure/removal_recall.h"

#include <cstdint>
#include <vector>

#include "refrain/base/status_macros.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/pair_scores.h"

namespace refrain {

absl::StatusOr<double> RemovalRecall(const std::string& truth, const std::string& removed,
                                     double threshold) {
  IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(const EvalFile planted, ReadEvalFile(truth, EvalKind::kPairs, &ids));
  REFRAIN_ASSIGN_OR_RETURN(const EvalFile twins, ReadEvalFile(removed, EvalKind::kPairs, &ids));
  std::vector<bool> gone(ids.size(), false);
  for (const ScoredPair& twin : twins.pairs) gone[twin.b] = true;  // a is the one that was kept
  uint64_t pairs = 0;
  uint64_t resolved = 0;
  for (const ScoredPair& pair : planted.pairs) {
    if (pair.jaccard < threshold) continue;
    ++pairs;
    if (gone[pair.a] || gone[pair.b]) ++resolved;
  }
  return pairs == 0 ? 1 : static_cast<double>(resolved) / static_cast<double>(pairs);
}

}  // namespace refrain
