#include "reuse.h"

#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "dedup_report.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/reuse.h"
#include "reuse_report.h"

namespace {

using refrain::ReuseOptions;
using refrain::ReuseSummary;

// The command line as it was written, before it becomes ReuseOptions.
struct Flags {
  ReuseOptions options;
  std::string format = "auto";
  std::string normalize = "full";
  std::string split = "default";
  std::string progress = "auto";
  bool fold_script = true;
  bool pinyin = true;
  bool fold_script_given = false;
  bool pinyin_given = false;
  bool quiet = false;
};

ReuseOptions ReadFlags(const Flags& flags) {
  ReuseOptions options = flags.options;
  if (flags.format == "text") options.format = refrain::Format::kText;
  if (flags.format == "jsonl") options.format = refrain::Format::kJsonl;
  refrain::NormalizeOptions& normalize = options.text.document.normalize;
  if (flags.normalize == "basic") normalize = refrain::NormalizeOptions::Basic();
  if (flags.fold_script_given) normalize.fold_script = flags.fold_script;
  if (flags.pinyin_given) normalize.drop_pinyin = flags.pinyin;
  if (flags.split == "auto") options.text.split = refrain::SplitMode::kAuto;
  if (flags.split == "none") options.text.split = refrain::SplitMode::kNone;
  if (flags.split == "line") options.text.split = refrain::SplitMode::kLine;
  return options;
}

absl::Status Run(const Flags& flags, const std::atomic<bool>* cancelled) {
  ReuseOptions options = ReadFlags(flags);
  options.cancelled = cancelled;
  const bool show =
      flags.progress == "always" || (flags.progress == "auto" && isatty(STDERR_FILENO) != 0);
  ProgressLine progress;
  if (show && !flags.quiet) {
    options.progress = [&](const refrain::ReadCounts& counts) { progress.Update(counts); };
  }
  absl::StatusOr<ReuseSummary> summary = refrain::Reuse(std::move(options));
  progress.Clear();
  if (!summary.ok()) return summary.status();
  PrintWarnings(*summary);
  if (!flags.quiet) PrintSummary(*summary);
  return absl::OkStatus();
}

// CLI11 reads -1 as the largest unsigned number.
CLI::Validator NotNegative() {
  return CLI::Validator(
      [](std::string& value) {
        return std::string(value.starts_with('-') ? value + " is negative" : "");
      },
      "");
}

void AddInput(CLI::App* command, Flags* flags) {
  ReuseOptions& options = flags->options;
  command->add_option("INPUT", options.inputs, "Files, directories, globs, or - for standard input")
      ->required();
  command->add_option("-o,--output", options.output, "The folder for the results");
  command->add_option("--format", flags->format, "auto (by extension), text or jsonl")
      ->check(CLI::IsMember({"auto", "text", "jsonl"}))
      ->capture_default_str();
  command
      ->add_option("--text-field,--text-key,--text-column", options.text.document.fields.text,
                   "The field that holds the text (a.b for nested ones)")
      ->capture_default_str();
  command
      ->add_option("--id-field,--id-key", options.text.document.fields.id,
                   "The field that holds the id")
      ->capture_default_str();
  command
      ->add_option("--max-record", options.reader.max_record,
                   "Longer records are rejected (default 1G)")
      ->transform(CLI::AsSizeValue(false))
      ->transform(NotNegative());
  command
      ->add_option("--temp-dir", options.reader.temp_dir, "For copies of what cannot be read twice")
      ->capture_default_str();
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
      ->add_option("--normalize", flags->normalize,
                   "basic (NFKC, lower case) or full (also scripts, radicals, pinyin)")
      ->check(CLI::IsMember({"basic", "full"}))
      ->capture_default_str();
  command
      ->add_flag("--fold-script,!--no-fold-script", flags->fold_script,
                 "Traditional and simplified Chinese are equal")
      ->each([flags](const std::string&) { flags->fold_script_given = true; });
  command
      ->add_flag("--pinyin,!--no-pinyin", flags->pinyin,
                 "Pinyin in brackets after a Han letter is dropped")
      ->each([flags](const std::string&) { flags->pinyin_given = true; });
  command->add_flag("--page-marks,!--no-page-marks", options.text.page_marks,
                    "Page numbers and page headers inside the text are left out");
  command
      ->add_option("--split", flags->split,
                   "Divide texts into units: auto (at headings), none or line "
                   "(default: auto for text files, none for records)")
      ->check(CLI::IsMember({"auto", "none", "line"}));
}

void AddRunning(CLI::App* command, Flags* flags) {
  command->add_option("--threads", flags->options.threads, "Threads")->capture_default_str();
  command->add_option("--progress", flags->progress, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", flags->quiet, "No summary on the terminal");
  command->add_flag("--force", flags->options.force,
                    "Replace the results of an earlier run in DIR");
}

}  // namespace

CLI::App* SetUpReuse(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run) {
  CLI::App* command = app->add_subcommand(
      "reuse", "Find passages that stand in several places, and how much of each text is repeated");
  const auto flags = std::make_shared<Flags>();
  flags->options.threads = refrain::HardwareThreads();
  if (const char* temp = std::getenv("TMPDIR"); temp != nullptr && *temp != '\0') {
    flags->options.reader.temp_dir = temp;
  }
  AddInput(command, flags.get());
  AddMatching(command, flags.get());
  AddRunning(command, flags.get());
  command->callback([=] { *run = [=] { return Run(*flags, cancelled); }; });
  return command;
}
