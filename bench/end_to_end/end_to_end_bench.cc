// Whole runs of the refrain command beside the floor, with what they found beside how fast they were.
//
// Each repetition runs the floor and then every variant, so that noise of the machine meets all of
// them alike; figures are medians over the repetitions, ratios are taken inside one repetition.
// Recall and precision are those of a run with --pairs that is not timed.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "refrain/base/status_macros.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/pair_scores.h"
#include "refrain/io/json_writer.h"
#include "refrain/measure/engine_run.h"
#include "refrain/measure/floor.h"
#include "refrain/measure/median.h"
#include "refrain/measure/removal_recall.h"
#include "refrain/measure/sample_corpora.h"

namespace refrain {
namespace {

constexpr double kThreshold = 0.8;

struct Options {
  std::string refrain = REFRAIN_BINARY;
  std::string work = REFRAIN_BENCH_WORK;
  std::vector<std::string> corpora;
  std::string input;
  std::string json;
  double scale = 1;
  int repetitions = 5;
  bool no_recall = false;
};

struct Variant {
  std::string name;
  std::string sketch;
  int threads;
};

const std::vector<Variant>& Variants() {
  static const std::vector<Variant> variants = {
      {"fast, 2 threads", "fast", 2},
      {"fast, 1 thread", "fast", 1},
      {"classic, 2 threads", "classic", 2},
      {"classic, 1 thread", "classic", 1},
  };
  return variants;
}

// One line of the table: the floor or a variant on one corpus.
struct Row {
  Row(std::string corpus_name, std::string row_name)
      : corpus(std::move(corpus_name)), name(std::move(row_name)) {}

  std::string corpus;
  std::string name;
  uint64_t records = 0;
  uint64_t bytes = 0;
  std::vector<double> seconds, cpu_seconds, to_floor, cpu_to_floor, peak_mb;
  std::vector<std::pair<std::string, std::vector<double>>> stages;
  bool scored = false;
  double pair_recall = 0;
  double pair_precision = 0;
  double removal_recall = 0;  // of planted pairs: at least one of the two is gone

  void AddTimes(double wall, double cpu, const FloorRun& floor) {
    seconds.push_back(wall);
    cpu_seconds.push_back(cpu);
    to_floor.push_back(wall / floor.seconds);
    cpu_to_floor.push_back(cpu / floor.cpu_seconds);
  }

  void AddRun(const EngineRun& run, const FloorRun& floor) {
    AddTimes(run.seconds, run.cpu_seconds, floor);
    peak_mb.push_back(static_cast<double>(run.peak_bytes) / 1e6);
    stages.resize(run.stages.size());
    for (size_t i = 0; i < run.stages.size(); ++i) {
      stages[i].first = run.stages[i].first;
      stages[i].second.push_back(run.stages[i].second);
    }
  }

  double megabytes_per_second() const { return static_cast<double>(bytes) / 1e6 / Median(seconds); }
  double records_per_second() const { return static_cast<double>(records) / Median(seconds); }
};

std::vector<std::string> Flags(const Variant& variant) {
  return {"--threshold", absl::StrCat(kThreshold),     "--sketch", variant.sketch,
          "--threads",   absl::StrCat(variant.threads)};
}

absl::Status Score(const Options& options, const std::string& input, const Variant& variant,
                   const std::string& output, Row* row) {
  const std::string truth_path = input + ".truth.tsv";
  if (options.no_recall || !std::filesystem::exists(truth_path)) return absl::OkStatus();
  std::vector<std::string> flags = Flags(variant);
  flags.push_back("--pairs");
  REFRAIN_RETURN_IF_ERROR(RunEngine(options.refrain, {input}, output, flags).status());
  IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(EvalFile truth, ReadEvalFile(truth_path, EvalKind::kPairs, &ids));
  REFRAIN_ASSIGN_OR_RETURN(EvalFile found,
                           ReadEvalFile(output + "/pairs.jsonl", EvalKind::kPairs, &ids));
  const PairScores scores = ScorePairs(std::move(truth.pairs), std::move(found.pairs), kThreshold);
  row->scored = true;
  row->pair_recall = scores.recall;
  row->pair_precision = scores.precision;
  REFRAIN_ASSIGN_OR_RETURN(row->removal_recall,
                           RemovalRecall(truth_path, output + "/removed.jsonl", kThreshold));
  return absl::OkStatus();
}

// The floor's row, then one a variant.
absl::StatusOr<std::vector<Row>> Measure(const Options& options, const std::string& name,
                                         const std::string& input) {
  const std::string output = options.work + "/run";
  std::vector<Row> rows = {Row(name, "floor, 2 threads")};
  for (const Variant& variant : Variants()) rows.emplace_back(name, variant.name);
  // Not timed: brings the file into the page cache.
  REFRAIN_RETURN_IF_ERROR(RunFloor(input, options.work + "/floor", 2).status());
  for (int repetition = 0; repetition < options.repetitions; ++repetition) {
    REFRAIN_ASSIGN_OR_RETURN(const FloorRun floor, RunFloor(input, options.work + "/floor", 2));
    for (Row& row : rows) {
      row.records = floor.records;
      row.bytes = floor.bytes;
    }
    rows[0].AddTimes(floor.seconds, floor.cpu_seconds, floor);
    for (size_t i = 0; i < Variants().size(); ++i) {
      REFRAIN_ASSIGN_OR_RETURN(const EngineRun run,
                               RunEngine(options.refrain, {input}, output, Flags(Variants()[i])));
      rows[i + 1].AddRun(run, floor);
    }
  }
  for (size_t i = 0; i < Variants().size(); ++i) {
    REFRAIN_RETURN_IF_ERROR(Score(options, input, Variants()[i], output, &rows[i + 1]));
  }
  std::error_code error;
  std::filesystem::remove_all(output, error);
  std::filesystem::remove(options.work + "/floor", error);
  return rows;
}

void PrintRows(const std::vector<Row>& rows) {
  absl::PrintF("%s: %d documents, %.1f MB\n", rows[0].corpus, rows[0].records,
               static_cast<double>(rows[0].bytes) / 1e6);
  absl::PrintF("  %-19s %8s %8s %8s %9s %8s %8s %8s %8s %8s %8s\n", "", "seconds", "CPU s", "MB/s",
               "docs/s", "peak MB", "/floor", "CPU/flr", "removal", "pair rec", "pair prec");
  for (const Row& row : rows) {
    absl::PrintF("  %-19s %8.3f %8.3f %8.1f %9.0f %8.1f %8.2f %8.2f", row.name, Median(row.seconds),
                 Median(row.cpu_seconds), row.megabytes_per_second(), row.records_per_second(),
                 Median(row.peak_mb), Median(row.to_floor), Median(row.cpu_to_floor));
    if (row.scored) {
      absl::PrintF(" %8.4f %8.4f %8.4f", row.removal_recall, row.pair_recall, row.pair_precision);
    }
    absl::PrintF("\n");
  }
  for (const Row& row : rows) {
    if (row.stages.empty()) continue;
    absl::PrintF("  %-19s", row.name);
    for (const auto& [stage, seconds] : row.stages) {
      absl::PrintF(" %s %.3f;", stage, Median(seconds));
    }
    absl::PrintF("\n");
  }
  absl::PrintF("\n");
  std::fflush(stdout);
}

void WriteRow(const Row& row, JsonWriter* json) {
  json->BeginObject().Key("corpus").String(row.corpus).Key("variant").String(row.name);
  json->Key("documents").Number(row.records).Key("bytes").Number(row.bytes);
  json->Key("repetitions").Number(row.seconds.size());
  json->Key("seconds").Double(Median(row.seconds));
  json->Key("seconds_least").Double(*std::ranges::min_element(row.seconds));
  json->Key("seconds_most").Double(*std::ranges::max_element(row.seconds));
  json->Key("cpu_seconds").Double(Median(row.cpu_seconds));
  json->Key("mb_per_second").Double(row.megabytes_per_second());
  json->Key("documents_per_second").Double(row.records_per_second());
  json->Key("to_floor").Double(Median(row.to_floor));
  json->Key("cpu_to_floor").Double(Median(row.cpu_to_floor));
  if (!row.peak_mb.empty()) json->Key("peak_mb").Double(Median(row.peak_mb));
  json->Key("stages").BeginArray();
  for (const auto& [stage, seconds] : row.stages) {
    json->BeginObject().Key("stage").String(stage).Key("seconds").Double(Median(seconds));
    json->EndObject();
  }
  json->EndArray();
  if (row.scored) {
    json->Key("removal_recall").Double(row.removal_recall);
    json->Key("pair_recall").Double(row.pair_recall);
    json->Key("pair_precision").Double(row.pair_precision);
  }
  json->EndObject();
}

absl::Status WriteJson(const std::string& path, const std::vector<Row>& rows) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("rows").BeginArray();
  for (const Row& row : rows) WriteRow(row, &json);
  json.EndArray().EndObject();
  std::ofstream file(path);
  file << out << '\n';
  if (file.flush()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

absl::Status Run(const Options& options) {
  std::error_code error;
  std::filesystem::create_directories(options.work, error);
  std::vector<Row> all;
  const auto measure = [&](const std::string& name, const std::string& input) -> absl::Status {
    REFRAIN_ASSIGN_OR_RETURN(const std::vector<Row> rows, Measure(options, name, input));
    PrintRows(rows);
    all.insert(all.end(), rows.begin(), rows.end());
    return absl::OkStatus();
  };
  if (!options.input.empty()) REFRAIN_RETURN_IF_ERROR(measure(options.input, options.input));
  for (const SampleCorpus& corpus : SampleCorpora(options.scale)) {
    const bool wanted = options.corpora.empty() ? options.input.empty()
                                                : std::ranges::count(options.corpora, corpus.name);
    if (!wanted) continue;
    REFRAIN_ASSIGN_OR_RETURN(const std::string path, EnsureCorpus(corpus, options.work));
    REFRAIN_RETURN_IF_ERROR(measure(corpus.name, path));
  }
  return options.json.empty() ? absl::OkStatus() : WriteJson(options.json, all);
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Whole runs of refrain dedup beside the floor", "end_to_end_bench");
  app.add_option("--refrain", options.refrain, "The command to measure")->capture_default_str();
  app.add_option("--work", options.work, "A folder for corpora and results")->capture_default_str();
  app.add_option("--corpus", options.corpora, "english, chinese, template, short (default: all)")
      ->check(CLI::IsMember({"english", "chinese", "template", "short"}));
  app.add_option("--input", options.input, "A JSONL corpus of your own (truth: FILE.truth.tsv)");
  app.add_option("--scale", options.scale, "Multiplies the numbers of documents")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--repetitions", options.repetitions, "Timed runs of each variant")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_flag("--no-recall", options.no_recall, "Without the runs that are not timed");
  app.add_option("--json", options.json, "Also write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = Run(options);
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "end_to_end_bench: %s\n", std::string(status.message()));
  return 1;
}

}  // namespace
}  // namespace refrain

int main(int argc, char** argv) { return refrain::Main(argc, argv); }
