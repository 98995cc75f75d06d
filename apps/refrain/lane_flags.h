// The part of the command line that all lanes share: what to read, how to normalise, how to run.
#ifndef REFRAIN_APPS_LANE_FLAGS_H_
#define REFRAIN_APPS_LANE_FLAGS_H_

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/source.h"
#include "refrain/pipeline/document_pass.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/text/tokenizer.h"
#include "report_text.h"

// As they were written; the functions below turn them into options of the library.
struct LaneFlags {
  std::string format = "auto";
  std::string normalize = "full";
  std::string progress = "auto";
  bool fold_script = true;
  bool pinyin = true;
  bool fold_script_given = false;
  bool pinyin_given = false;
  bool quiet = false;
};

// Where the options of a lane are that need no turning. All must outlive the parsing.
struct LaneTargets {
  std::vector<std::string>* inputs;
  std::string* output;
  refrain::DocumentOptions* document;
  refrain::ReaderOptions* reader;
  int* threads;
  bool* force;
};

// CLI11 reads -1 as the largest unsigned number. As a transform, so that it comes before AsSizeValue.
CLI::Validator NotNegative();

void AddInput(CLI::App* command, const LaneTargets& targets, LaneFlags* flags);
void AddNormalizing(CLI::App* command, LaneFlags* flags);
// Also sets the defaults that depend on the machine.
void AddRunning(CLI::App* command, const LaneTargets& targets, LaneFlags* flags);

absl::Status ReadFormat(const LaneFlags& flags, std::optional<refrain::Format>* format);
void ReadNormalizing(const LaneFlags& flags, refrain::NormalizeOptions* normalize);

// What is to be told while the input is read: nothing, or the line, which must outlive it.
refrain::ProgressSink ProgressOf(const LaneFlags& flags, ProgressLine* line);

#endif  // REFRAIN_APPS_LANE_FLAGS_H_
