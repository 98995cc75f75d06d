#include "dedup.h"

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dedup_report.h"
#include "lane_flags.h"
#include "refrain/base/status_macros.h"
#include "refrain/pipeline/dedup.h"

namespace {

using refrain::DedupOptions;
using refrain::DedupSummary;

// The command line as it was written, before it becomes DedupOptions.
struct Flags {
  DedupOptions options;
  LaneFlags lane;
  std::string keep = "longest";
  std::string method = "minhash";
  std::string measure = "jaccard";
  std::string sketch = "fast";
  std::string empty = "keep";
  std::string clusters = "leaders";
  int bands = 0;
  int rows = 0;
  bool explain = false;
};

absl::Status WrongUsage(const std::string& message) { return absl::InvalidArgumentError(message); }

absl::Status ReadKeep(const std::string& keep, DedupOptions* options) {
  using refrain::KeepRule;
  const std::pair<const char*, KeepRule> plain[] = {
      {"longest", KeepRule::kLongest}, {"first", KeepRule::kFirst}, {"last", KeepRule::kLast}};
  for (const auto& [name, rule] : plain) {
    if (keep != name) continue;
    options->keep = rule;
    return absl::OkStatus();
  }
  const bool max = keep.starts_with("max:");
  if ((!max && !keep.starts_with("min:")) || keep.size() == 4) {
    return WrongUsage("--keep must be longest, first, last, max:FIELD or min:FIELD, not " + keep);
  }
  options->keep = max ? KeepRule::kMax : KeepRule::kMin;
  options->sketch.document.fields.number = keep.substr(4);
  return absl::OkStatus();
}

absl::Status ReadBands(const Flags& flags, DedupOptions* options) {
  if (flags.bands == 0 && flags.rows == 0) return absl::OkStatus();
  if (flags.bands == 0 || flags.rows == 0) return WrongUsage("--bands and --rows go together");
  options->bands = refrain::Bands{flags.bands, flags.rows};
  return absl::OkStatus();
}

absl::StatusOr<DedupOptions> ReadFlags(const Flags& flags) {
  DedupOptions options = flags.options;
  REFRAIN_RETURN_IF_ERROR(ReadFormat(flags.lane, &options.format));
  if (flags.measure != "jaccard")
    return WrongUsage("--measure " + flags.measure + " is not supported yet");
  ReadNormalizing(flags.lane, &options.sketch.document.normalize);
  options.sketch.method =
      flags.method == "simhash" ? refrain::Method::kSimHash : refrain::Method::kMinHash;
  options.sketch.algorithm = flags.sketch == "classic" ? refrain::SketchAlgorithm::kClassic
                                                       : refrain::SketchAlgorithm::kFast;
  options.sketch.drop_empty = flags.empty == "drop";
  options.clustering = flags.clusters == "components" ? refrain::Clustering::kComponents
                                                      : refrain::Clustering::kLeaders;
  REFRAIN_RETURN_IF_ERROR(ReadBands(flags, &options));
  REFRAIN_RETURN_IF_ERROR(ReadKeep(flags.keep, &options));
  return options;
}

absl::Status Run(const Flags& flags, const std::atomic<bool>* cancelled) {
  REFRAIN_ASSIGN_OR_RETURN(DedupOptions options, ReadFlags(flags));
  options.cancelled = cancelled;
  ProgressLine progress;
  options.progress = ProgressOf(flags.lane, &progress);
  absl::StatusOr<DedupSummary> summary = refrain::Dedup(std::move(options));
  progress.Clear();
  if (!summary.ok()) return summary.status();
  if (flags.explain) PrintPlan(*summary);
  PrintWarnings(*summary);
  if (!flags.lane.quiet) PrintSummary(*summary);
  return absl::OkStatus();
}

void AddMatching(CLI::App* command, Flags* flags) {
  DedupOptions& options = flags->options;
  command
      ->add_option("-t,--threshold,--jaccard-threshold", options.threshold,
                   "The least Jaccard similarity of a duplicate")
      ->capture_default_str();
  command
      ->add_option("--recall", options.recall,
                   "The share of pairs at the threshold that become candidates")
      ->capture_default_str();
  command->add_option("--ngram,--ngram-size", options.sketch.document.ngram, "Tokens in a shingle")
      ->capture_default_str();
  AddNormalizing(command, &flags->lane);
  command->add_option("--method", flags->method, "minhash or simhash")
      ->check(CLI::IsMember({"minhash", "simhash"}))
      ->capture_default_str();
  command
      ->add_option("--hamming", options.sketch.hamming,
                   "simhash: the most different bits of 64 in a candidate (3 is J about 0.98)")
      ->capture_default_str();
  command->add_option("--measure", flags->measure, "jaccard")
      ->check(CLI::IsMember({"jaccard", "containment"}))
      ->capture_default_str();
  command->add_option("--sketch", flags->sketch, "fast or classic MinHash")
      ->check(CLI::IsMember({"fast", "classic"}))
      ->capture_default_str();
  command->add_option("--num-hashes,--num-perm", options.sketch.num_hashes, "Slots of a sketch")
      ->capture_default_str();
  command->add_option("--bands", flags->bands, "Bands, instead of --recall (with --rows)");
  command->add_option("--rows", flags->rows, "Slots in a band (with --bands)");
  command->add_option("--seed", options.sketch.document.seed, "Seed of all hashes")
      ->capture_default_str()
      ->transform(NotNegative());
}

void AddKeeping(CLI::App* command, Flags* flags) {
  DedupOptions& options = flags->options;
  command
      ->add_option("--keep", flags->keep, "Who is kept: longest, first, last, max:FIELD, min:FIELD")
      ->capture_default_str();
  command->add_option("--empty", flags->empty, "keep or drop texts without tokens")
      ->check(CLI::IsMember({"keep", "drop"}))
      ->capture_default_str();
  command
      ->add_option("--clusters", flags->clusters,
                   "leaders (every removed one has a kept twin) or components (transitive)")
      ->check(CLI::IsMember({"leaders", "components"}))
      ->capture_default_str();
  command->add_flag("--pairs", options.pairs, "Also write every proven pair");
  command->add_option("--max-pairs", options.max_pairs, "Fail rather than write more pairs")
      ->capture_default_str()
      ->transform(NotNegative());
}

void AddLimits(CLI::App* command, Flags* flags) {
  DedupOptions& options = flags->options;
  command
      ->add_option("--memory", options.memory_bytes,
                   "The most memory to use, such as 4G; tables that do not fit go to --temp-dir "
                   "(default: three quarters of what there is)")
      ->transform(CLI::AsSizeValue(false))
      ->transform(NotNegative());
  command->add_flag("--dry-run", options.dry_run, "Do everything but write");
  command->add_flag("--explain", flags->explain,
                    "Also print the plan: bands, lanes and what they find");
}

}  // namespace

CLI::App* SetUpDedup(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run) {
  CLI::App* command =
      app->add_subcommand("dedup", "Clean a corpus: keep one of each group of near-duplicates");
  const auto flags = std::make_shared<Flags>();
  DedupOptions& options = flags->options;
  refrain::SketchOptions& sketch = options.sketch;
  const LaneTargets targets{&options.inputs, &options.output, &sketch.document,
                            &sketch.reader,  &sketch.threads, &options.force};
  AddInput(command, targets, &flags->lane);
  AddMatching(command, flags.get());
  AddKeeping(command, flags.get());
  AddRunning(command, targets, &flags->lane);
  AddLimits(command, flags.get());
  command->callback([=] { *run = [=] { return Run(*flags, cancelled); }; });
  return command;
}
