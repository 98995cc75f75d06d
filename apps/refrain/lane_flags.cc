#include "lane_flags.h"

#include <unistd.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "refrain/parallel/parallel.h"

CLI::Validator NotNegative() {
  return CLI::Validator(
      [](std::string& value) {
        return std::string(value.starts_with('-') ? value + " is negative" : "");
      },
      "");
}

void AddInput(CLI::App* command, const LaneTargets& targets, LaneFlags* flags) {
  command
      ->add_option("INPUT", *targets.inputs, "Files, directories, globs, or - for standard input")
      ->required();
  command->add_option("-o,--output", *targets.output, "The folder for the results");
  command->add_option("--format", flags->format, "auto (by extension), text or jsonl")
      ->check(CLI::IsMember({"auto", "text", "jsonl", "csv", "tsv"}))
      ->capture_default_str();
  command
      ->add_option("--text-field,--text-key,--text-column", targets.document->fields.text,
                   "The field that holds the text (a.b for nested ones)")
      ->capture_default_str();
  command
      ->add_option("--id-field,--id-key", targets.document->fields.id,
                   "The field that holds the id")
      ->capture_default_str();
  command
      ->add_option("--max-record", targets.reader->max_record,
                   "Longer records are rejected (default 1G)")
      ->transform(CLI::AsSizeValue(false))
      ->transform(NotNegative());
  if (const char* temp = std::getenv("TMPDIR"); temp != nullptr && *temp != '\0') {
    targets.reader->temp_dir = temp;
  }
  command
      ->add_option("--temp-dir", targets.reader->temp_dir,
                   "For copies of what cannot be read twice")
      ->capture_default_str();
}

void AddNormalizing(CLI::App* command, LaneFlags* flags) {
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
}

void AddRunning(CLI::App* command, const LaneTargets& targets, LaneFlags* flags) {
  *targets.threads = refrain::HardwareThreads();
  command->add_option("--threads", *targets.threads, "Threads")->capture_default_str();
  command->add_option("--progress", flags->progress, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str();
  command->add_flag("-q,--quiet", flags->quiet, "No summary on the terminal");
  command->add_flag("--force", *targets.force, "Replace the results of an earlier run in DIR");
}

absl::Status ReadFormat(const LaneFlags& flags, std::optional<refrain::Format>* format) {
  if (flags.format == "csv" || flags.format == "tsv") {
    return absl::InvalidArgumentError("--format " + flags.format + " is not supported yet");
  }
  if (flags.format == "text") *format = refrain::Format::kText;
  if (flags.format == "jsonl") *format = refrain::Format::kJsonl;
  return absl::OkStatus();
}

void ReadNormalizing(const LaneFlags& flags, refrain::NormalizeOptions* normalize) {
  if (flags.normalize == "basic") *normalize = refrain::NormalizeOptions::Basic();
  if (flags.fold_script_given) normalize->fold_script = flags.fold_script;
  if (flags.pinyin_given) normalize->drop_pinyin = flags.pinyin;
}

refrain::ProgressSink ProgressOf(const LaneFlags& flags, ProgressLine* line) {
  const bool show =
      flags.progress == "always" || (flags.progress == "auto" && isatty(STDERR_FILENO) != 0);
  if (!show || flags.quiet) return nullptr;
  return [line](const refrain::ReadCounts& counts) { line->Update(counts); };
}
