// Reads what is to be compared: pairs or clusters, a truth or a run's own output.
//
// Formats, told apart by the first line; plain, .gz or .zst:
//   pairs TSV       id_a, id_b [, ...]: a first line with column names is optional; the figure is the column
//                   "jaccard", without names the third one if it is a number
//   clusters TSV    id, cluster: a first line "id<TAB>cluster" is optional. Two columns without names are clusters
//                   unless pairs are asked for
//   pairs.jsonl     a, b [, jaccard]; rows whose "level" is not "document" are passed over
//   clusters.jsonl  members: [{id}]: a cluster a line
//   removed.jsonl   id, kept: {id} [, similarity]: clusters around what was kept, or pairs if they are asked for
// Ids become dense numbers through an IdTable that truth and found share.
// Memory: 16 bytes a pair or 8 a member, and each id once.
// Errors: FailedPrecondition "FILE:LINE: reason" for what is none of these; those of line_reader.h.
// Example:
//   IdTable ids;
//   REFRAIN_ASSIGN_OR_RETURN(EvalFile truth, ReadEvalFile("truth.tsv", std::nullopt, &ids));
#ifndef REFRAIN_EVAL_EVAL_FILE_H_
#define REFRAIN_EVAL_EVAL_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "refrain/eval/pair_scores.h"

namespace refrain {

// Strings numbered in the order in which they come.
class IdTable {
 public:
  uint32_t Intern(std::string_view id);
  size_t size() const { return numbers_.size(); }

 private:
  absl::flat_hash_map<std::string, uint32_t> numbers_;
};

enum class EvalKind { kPairs, kClusters };

struct ClusterMember {
  uint32_t id;
  uint32_t cluster;
};

struct EvalFile {
  std::optional<EvalKind> kind;  // none: the file is empty and may be either
  std::vector<ScoredPair> pairs;
  std::vector<ClusterMember> members;  // each id once
};

absl::StatusOr<EvalFile> ReadEvalFile(const std::string& path, std::optional<EvalKind> wanted,
                                      IdTable* ids);

// The label of each of `documents` documents; those without one get a label of their own.
std::vector<uint32_t> LabelsOf(const std::vector<ClusterMember>& members, size_t documents);

// As LabelsOf, for the connected components of pairs whose figure, if any, is not below the
// threshold.
std::vector<uint32_t> ComponentsOf(const std::vector<ScoredPair>& pairs, double threshold,
                                   size_t documents);

}  // namespace refrain

#endif  // REFRAIN_EVAL_EVAL_FILE_H_
