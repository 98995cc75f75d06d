#include "refrain/eval/eval_file.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <utility>

#include <simdjson.h>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "refrain/base/status_macros.h"
#include "refrain/eval/file_lines.h"

namespace refrain {
namespace {

using simdjson::dom::element;

constexpr uint32_t kNoCluster = UINT32_MAX;

absl::Status Bad(const std::string& reason) { return absl::FailedPreconditionError(reason); }

// Collects rows; knows that a document is in one cluster only.
class Collector {
 public:
  Collector(std::optional<EvalKind> wanted, IdTable* ids) : wanted_(wanted), ids_(ids) {}

  std::optional<EvalKind> wanted() const { return wanted_; }

  absl::Status AddPair(std::string_view a, std::string_view b, double jaccard) {
    REFRAIN_RETURN_IF_ERROR(SetKind(EvalKind::kPairs));
    const ScoredPair pair{ids_->Intern(a), ids_->Intern(b), jaccard};
    if (pair.a == pair.b) return Bad(absl::StrCat("a pair of \"", ToAbsl(a), "\" with itself"));
    file_.pairs.push_back(pair);
    return absl::OkStatus();
  }

  absl::Status AddMember(std::string_view id, uint32_t cluster) {
    REFRAIN_RETURN_IF_ERROR(SetKind(EvalKind::kClusters));
    const uint32_t number = ids_->Intern(id);
    if (number >= cluster_of_.size()) cluster_of_.resize(number + 1, kNoCluster);
    if (cluster_of_[number] == cluster) return absl::OkStatus();
    if (cluster_of_[number] != kNoCluster) {
      return Bad(absl::StrCat("\"", ToAbsl(id), "\" is in a cluster already"));
    }
    cluster_of_[number] = cluster;
    file_.members.push_back({number, cluster});
    return absl::OkStatus();
  }

  uint32_t Cluster(std::string_view name) { return clusters_.Intern(name); }

  EvalFile Take() && { return std::move(file_); }

 private:
  absl::Status SetKind(EvalKind kind) {
    if (file_.kind.value_or(kind) != kind || wanted_.value_or(kind) != kind) {
      return Bad(kind == EvalKind::kPairs ? "pairs where clusters are wanted"
                                          : "clusters where pairs are wanted");
    }
    file_.kind = kind;
    return absl::OkStatus();
  }

  std::optional<EvalKind> wanted_;
  IdTable* ids_;
  IdTable clusters_;
  std::vector<uint32_t> cluster_of_;
  EvalFile file_;
};

bool ParseFigure(absl::string_view text, double* figure) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *figure);
  return error == std::errc() && end == text.data() + text.size() && *figure >= 0 && *figure <= 1;
}

std::string_view ToStd(absl::string_view s) { return {s.data(), s.size()}; }

class TsvReader {
 public:
  explicit TsvReader(Collector* to) : to_(to) {}

  absl::Status Read(std::string_view line, bool first) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    fields_ = absl::StrSplit(ToAbsl(line), '\t');
    if (first && TakeNames()) return absl::OkStatus();
    if (fields_.size() < 2) return Bad("two or more columns with tabs between them are wanted");
    if (fields_[0].empty() || fields_[1].empty()) return Bad("an empty id");
    if (first) Guess();
    return clusters_ ? to_->AddMember(ToStd(fields_[0]), to_->Cluster(ToStd(fields_[1])))
                     : ReadPair();
  }

 private:
  bool TakeNames() {
    clusters_ = fields_.size() >= 2 && fields_[0] == "id" && fields_[1] == "cluster";
    if (!clusters_ && (fields_.size() < 2 || fields_[0] != "id_a" || fields_[1] != "id_b"))
      return false;
    const auto figure = std::find(fields_.begin(), fields_.end(), "jaccard");
    if (figure != fields_.end()) figure_ = static_cast<size_t>(figure - fields_.begin());
    return true;
  }

  void Guess() {
    double figure;
    clusters_ =
        to_->wanted().value_or(fields_.size() == 2 ? EvalKind::kClusters : EvalKind::kPairs) ==
        EvalKind::kClusters;
    if (fields_.size() > 2 && ParseFigure(fields_[2], &figure)) figure_ = 2;
  }

  absl::Status ReadPair() {
    double figure = kNoFigure;
    if (figure_ > 0 && (figure_ >= fields_.size() || !ParseFigure(fields_[figure_], &figure))) {
      return Bad(absl::StrCat("column ", figure_ + 1, " is not a figure from 0 to 1"));
    }
    return to_->AddPair(ToStd(fields_[0]), ToStd(fields_[1]), figure);
  }

  Collector* to_;
  std::vector<absl::string_view> fields_;
  bool clusters_ = false;
  size_t figure_ = 0;  // column of the figure; 0: none
};

// A string, or the literal of a number.
absl::StatusOr<std::string> IdOf(element object, const char* name) {
  element value;
  if (object[name].get(value) != simdjson::SUCCESS)
    return Bad(absl::StrCat("no field \"", name, "\""));
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return std::string(text);
  if (value.is_number()) return simdjson::minify(value);
  return Bad(absl::StrCat("field \"", name, "\" is neither a string nor a number"));
}

double FigureOf(element object, const char* name) {
  double figure;
  return object[name].get(figure) == simdjson::SUCCESS ? figure : kNoFigure;
}

class JsonlReader {
 public:
  explicit JsonlReader(Collector* to) : to_(to) {}

  absl::Status Read(const std::string& line) {
    element row;
    if (const auto error = parser_.parse(line).get(row)) {
      return Bad(absl::StrCat("broken JSON: ", simdjson::error_message(error)));
    }
    if (!row.is_object()) return Bad("a JSON object is wanted");
    element value;
    if (row["members"].get(value) == simdjson::SUCCESS) return ReadMembers(value);
    if (row["kept"].get(value) == simdjson::SUCCESS) return ReadRemoved(row, value);
    return ReadPair(row);
  }

 private:
  absl::Status ReadPair(element row) {
    std::string_view level;
    if (row["level"].get(level) == simdjson::SUCCESS && level != "document")
      return absl::OkStatus();
    REFRAIN_ASSIGN_OR_RETURN(const std::string a, IdOf(row, "a"));
    REFRAIN_ASSIGN_OR_RETURN(const std::string b, IdOf(row, "b"));
    return to_->AddPair(a, b, FigureOf(row, "jaccard"));
  }

  absl::Status ReadMembers(element members) {
    simdjson::dom::array list;
    if (members.get(list) != simdjson::SUCCESS) return Bad("field \"members\" is not an array");
    const uint32_t cluster = next_cluster_++;
    for (const element member : list) {
      REFRAIN_ASSIGN_OR_RETURN(const std::string id, IdOf(member, "id"));
      REFRAIN_RETURN_IF_ERROR(to_->AddMember(id, cluster));
    }
    return absl::OkStatus();
  }

  absl::Status ReadRemoved(element row, element kept) {
    REFRAIN_ASSIGN_OR_RETURN(const std::string id, IdOf(row, "id"));
    REFRAIN_ASSIGN_OR_RETURN(const std::string leader, IdOf(kept, "id"));
    if (to_->wanted() == EvalKind::kPairs)
      return to_->AddPair(leader, id, FigureOf(row, "similarity"));
    const uint32_t cluster = to_->Cluster(leader);
    REFRAIN_RETURN_IF_ERROR(to_->AddMember(leader, cluster));
    return to_->AddMember(id, cluster);
  }

  Collector* to_;
  simdjson::dom::parser parser_;
  uint32_t next_cluster_ = 0;
};

absl::Status ReadRows(FileLines* reader, Collector* collector) {
  TsvReader tsv(collector);
  JsonlReader jsonl(collector);
  std::string line;
  std::optional<bool> is_json;
  while (true) {
    REFRAIN_ASSIGN_OR_RETURN(const bool more, reader->Next(&line));
    if (!more) return absl::OkStatus();
    if (line.empty() || line == "\r") continue;
    const bool first = !is_json.has_value();
    if (first) is_json = line[0] == '{';
    REFRAIN_RETURN_IF_ERROR(*is_json ? jsonl.Read(line) : tsv.Read(line, first));
  }
}

uint32_t RootOf(std::vector<uint32_t>* parents, uint32_t node) {
  while ((*parents)[node] != node) {
    (*parents)[node] = (*parents)[(*parents)[node]];
    node = (*parents)[node];
  }
  return node;
}

}  // namespace

uint32_t IdTable::Intern(std::string_view id) {
  const auto found = numbers_.find(ToAbsl(id));
  if (found != numbers_.end()) return found->second;
  const auto number = static_cast<uint32_t>(numbers_.size());
  numbers_.emplace(std::string(id), number);
  return number;
}

absl::StatusOr<EvalFile> ReadEvalFile(const std::string& path, std::optional<EvalKind> wanted,
                                      IdTable* ids) {
  REFRAIN_ASSIGN_OR_RETURN(FileLines reader, FileLines::Open(path));
  Collector collector(wanted, ids);
  const absl::Status status = ReadRows(&reader, &collector);
  if (absl::IsFailedPrecondition(status)) {
    return Bad(absl::StrCat(path, ":", reader.line_number(), ": ", status.message()));
  }
  REFRAIN_RETURN_IF_ERROR(status);
  return std::move(collector).Take();
}

// Labels of documents without a cluster come after all others.
std::vector<uint32_t> LabelsOf(const std::vector<ClusterMember>& members, size_t documents) {
  std::vector<uint32_t> labels(documents, kNoCluster);
  uint32_t next = 0;
  for (const ClusterMember& member : members) {
    labels[member.id] = member.cluster;
    next = std::max(next, member.cluster + 1);
  }
  for (uint32_t& label : labels) {
    if (label == kNoCluster) label = next++;
  }
  return labels;
}

std::vector<uint32_t> ComponentsOf(const std::vector<ScoredPair>& pairs, double threshold,
                                   size_t documents) {
  std::vector<uint32_t> parents(documents);
  std::iota(parents.begin(), parents.end(), 0);
  for (const ScoredPair& pair : pairs) {
    if (pair.jaccard < threshold) continue;
    const uint32_t a = RootOf(&parents, pair.a), b = RootOf(&parents, pair.b);
    parents[std::max(a, b)] = std::min(a, b);
  }
  for (uint32_t i = 0; i < parents.size(); ++i) parents[i] = RootOf(&parents, i);
  return parents;
}

}  // namespace refrain
