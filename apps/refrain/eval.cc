#include "eval.h"

#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "refrain/base/status_macros.h"
#include "refrain/eval/cluster_scores.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/pair_scores.h"
#include "refrain/eval/passage_file.h"
#include "refrain/eval/passage_scores.h"

namespace {

using refrain::ClusterScores;
using refrain::EvalFile;
using refrain::EvalKind;
using refrain::PairScores;
using refrain::PassageFile;
using refrain::PassageScores;

struct EvalOptions {
  std::string truth;
  std::string found;
  std::string kind = "auto";
  double threshold = 0;
  bool json = false;
};

// A named figure and how it is printed; the same list gives the table and the JSON object.
struct Row {
  std::string name;
  double value;
  bool is_count;
};

std::vector<Row> RowsOf(const PairScores& scores) {
  const auto count = [](uint64_t n) { return static_cast<double>(n); };
  return {{"truth", count(scores.truth), true},
          {"found", count(scores.found), true},
          {"common", count(scores.common), true},
          {"repeated", count(scores.repeated), true},
          {"precision", scores.precision, false},
          {"recall", scores.recall, false},
          {"f1", scores.f1, false},
          {"figures_compared", count(scores.figures_compared), true},
          {"figures_differing", count(scores.figures_differing), true},
          {"largest_difference", scores.largest_difference, false}};
}

std::vector<Row> RowsOf(const ClusterScores& scores) {
  const auto count = [](uint64_t n) { return static_cast<double>(n); };
  return {{"documents", count(scores.documents), true},
          {"truth_clusters", count(scores.truth_clusters), true},
          {"found_clusters", count(scores.found_clusters), true},
          {"ari", scores.ari, false},
          {"bcubed_precision", scores.bcubed_precision, false},
          {"bcubed_recall", scores.bcubed_recall, false},
          {"bcubed_f1", scores.bcubed_f1, false},
          {"truth_pairs", count(scores.truth_pairs), true},
          {"found_pairs", count(scores.found_pairs), true},
          {"common_pairs", count(scores.common_pairs), true},
          {"pairwise_precision", scores.pairwise_precision, false},
          {"pairwise_recall", scores.pairwise_recall, false},
          {"pairwise_f1", scores.pairwise_f1, false}};
}

std::vector<Row> RowsOf(const PassageScores& scores, uint64_t refrains_abridged) {
  const auto count = [](uint64_t n) { return static_cast<double>(n); };
  return {{"cases", count(scores.cases), true},
          {"detected", count(scores.detected), true},
          {"detections", count(scores.detections), true},
          {"inside", count(scores.inside), true},
          {"ignored", count(scores.ignored), true},
          {"refrains_abridged", count(refrains_abridged), true},
          {"precision", scores.precision, false},
          {"recall", scores.recall, false},
          {"f1", scores.f1, false},
          {"granularity", scores.granularity, false},
          {"plagdet", scores.plagdet, false}};
}

absl::Status Print(const std::vector<Row>& rows, bool json) {
  std::string text = json ? "{" : "";
  for (const Row& row : rows) {
    const std::string value =
        row.is_count ? absl::StrFormat("%.0f", row.value) : absl::StrFormat("%.6f", row.value);
    if (json) {
      absl::StrAppend(&text, text.size() > 1 ? ", " : "", "\"", row.name, "\": ", value);
    } else {
      absl::StrAppendFormat(&text, "%-20s %12s\n", row.name, value);
    }
  }
  if (json) text += "}\n";
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0)
    return absl::UnavailableError("cannot write standard output");
  return absl::OkStatus();
}

std::vector<uint32_t> Labels(const EvalFile& file, double threshold, size_t documents) {
  return file.kind == EvalKind::kPairs ? refrain::ComponentsOf(file.pairs, threshold, documents)
                                       : refrain::LabelsOf(file.members, documents);
}

absl::Status EvaluatePassages(const EvalOptions& options) {
  refrain::IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(const PassageFile truth, refrain::ReadPassageFile(options.truth, &ids));
  REFRAIN_ASSIGN_OR_RETURN(const PassageFile found, refrain::ReadPassageFile(options.found, &ids));
  return Print(RowsOf(refrain::ScorePassages(truth.pairs, truth.ignored, found.pairs),
                      found.refrains_abridged),
               options.json);
}

bool ArePassages(const EvalOptions& options) {
  if (options.kind != "auto") return options.kind == "passages";
  return refrain::LooksLikePassages(options.truth) || refrain::LooksLikePassages(options.found);
}

absl::Status Evaluate(const EvalOptions& options) {
  if (ArePassages(options)) return EvaluatePassages(options);
  std::optional<EvalKind> wanted;
  if (options.kind == "pairs") wanted = EvalKind::kPairs;
  refrain::IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(EvalFile truth, refrain::ReadEvalFile(options.truth, wanted, &ids));
  // What was removed is compared as pairs if the truth is pairs.
  if (truth.kind == EvalKind::kPairs && options.kind == "auto") wanted = EvalKind::kPairs;
  REFRAIN_ASSIGN_OR_RETURN(EvalFile found, refrain::ReadEvalFile(options.found, wanted, &ids));

  const bool clusters = options.kind == "clusters" || truth.kind == EvalKind::kClusters ||
                        found.kind == EvalKind::kClusters;
  if (!clusters) {
    return Print(RowsOf(refrain::ScorePairs(std::move(truth.pairs), std::move(found.pairs),
                                            options.threshold)),
                 options.json);
  }
  return Print(RowsOf(refrain::ScoreClusters(Labels(truth, options.threshold, ids.size()),
                                             Labels(found, options.threshold, ids.size()))),
               options.json);
}

}  // namespace

CLI::App* SetUpEval(CLI::App* app, std::function<absl::Status()>* run) {
  CLI::App* command = app->add_subcommand("eval",
                                          "Compare found pairs, clusters or passages with the "
                                          "truth: precision, recall, F1, ARI, B-cubed, "
                                          "plagdet");
  auto options = std::make_shared<EvalOptions>();
  command
      ->add_option("--truth", options->truth,
                   "pairs TSV (id_a, id_b[, jaccard]), clusters TSV (id, cluster), passages JSONL "
                   "(a: {id, begin, end}, b: {...}[, ignore: true]), or a run's output; may end in "
                   ".gz or .zst")
      ->required()
      ->type_name("FILE");
  command
      ->add_option(
          "--found", options->found,
          "the same formats; or pairs.jsonl, clusters.jsonl, removed.jsonl, passages.jsonl of a "
          "run; or the folder of a run of reuse: its passages and refrains")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--threshold", options->threshold,
                   "only pairs whose own figure is at least this")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command
      ->add_option("--kind", options->kind,
                   "what to compare; by the files if not said. Pairs become clusters by components")
      ->check(CLI::IsMember({"auto", "pairs", "clusters", "passages"}))
      ->capture_default_str();
  command->add_flag("--json", options->json, "one JSON object instead of a table");
  command->callback([options, run] { *run = [options] { return Evaluate(*options); }; });
  return command;
}
