#include "reuse.h"

#include <memory>
#include <string>
#include <utility>

#include "lane_flags.h"
#include "refrain/base/status_macros.h"
#include "refrain/pipeline/reuse.h"
#include "reuse_report.h"

namespace {

using refrain::ReuseOptions;
using refrain::ReuseSummary;

// The command line as it was written, before it becomes ReuseOptions.
struct Flags {
  ReuseOptions options;
  LaneFlags lane;
  std::string split = "default";
};

absl::StatusOr<ReuseOptions> ReadFlags(const Flags& flags) {
  ReuseOptions options = flags.options;
  REFRAIN_RETURN_IF_ERROR(ReadFormat(flags.lane, &options.format));
  ReadNormalizing(flags.lane, &options.text.document.normalize);
  if (flags.split == "auto") options.text.split = refrain::SplitMode::kAuto;
  if (flags.split == "none") options.text.split = refrain::SplitMode::kNone;
  if (flags.split == "line") options.text.split = refrain::SplitMode::kLine;
  return options;
}

absl::Status Run(const Flags& flags, const std::atomic<bool>* cancelled) {
  REFRAIN_ASSIGN_OR_RETURN(ReuseOptions options, ReadFlags(flags));
  options.cancelled = cancelled;
  ProgressLine progress;
  options.progress = ProgressOf(flags.lane, &progress);
  absl::StatusOr<ReuseSummary> summary = refrain::Reuse(std::move(options));
  progress.Clear();
  if (!summary.ok()) return summary.status();
  PrintWarnings(*summary);
  if (!flags.lane.quiet) PrintSummary(*summary);
  return absl::OkStatus();
}

void AddMatching(CLI::App* command, Flags* flags) {
  ReuseOptions& options = flags->options;
  command
      ->add_option(
          "-l,--min-length", options.passage.length,
          "The least length of a passage, in equal tokens (words, or characters of Chinese)")
      ->capture_default_str()
      ->transform(NotNegative());
  command
      ->add_option("--min-identity", options.passage.identity,
                   "The least share of a passage that is equal on both sides")
      ->capture_default_str();
  command
      ->add_option("--max-gap", options.passage.max_gap,
                   "Tokens that may differ in one piece inside a passage")
      ->capture_default_str()
      ->transform(NotNegative());
  command
      ->add_option("--max-places", options.max_places,
                   "Of a refrain in more places, only links from its first place are passages")
      ->capture_default_str()
      ->transform(NotNegative());
  command
      ->add_option(
          "--ignore", options.ignore,
          "Known text (a template, a licence): ignored text where inputs have it; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option(
          "--common", options.common,
          "Refrains in so many documents are ignored text: without_ignored leaves them out")
      ->transform(NotNegative());
  AddNormalizing(command, &flags->lane);
  command->add_flag("--page-marks,!--no-page-marks", options.text.page_marks,
                    "Page numbers and page headers inside the text are left out");
  command
      ->add_option("--split", flags->split,
                   "Divide texts into units: auto (at headings), none or line "
                   "(default: auto for text files, none for records)")
      ->check(CLI::IsMember({"auto", "none", "line"}));
}

}  // namespace

CLI::App* SetUpReuse(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run) {
  CLI::App* command = app->add_subcommand(
      "reuse", "Find passages that stand in several places, and how much of each text is repeated");
  const auto flags = std::make_shared<Flags>();
  ReuseOptions& options = flags->options;
  const LaneTargets targets{&options.inputs, &options.output,  &options.text.document,
                            &options.reader, &options.threads, &options.force};
  AddInput(command, targets, &flags->lane);
  AddMatching(command, flags.get());
  AddRunning(command, targets, &flags->lane);
  command->callback([=] { *run = [=] { return Run(*flags, cancelled); }; });
  return command;
}
