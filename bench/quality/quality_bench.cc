// What dedup --pairs finds against the truth, and that no figure falls: results.csv is a ratchet.
//
// Corpora: the labelled ones of the data folder (passed over, with a message, where it is absent),
// and generated ones with fixed seeds. Runs are deterministic, so the figures are compared as
// written: a lower precision, recall or F1, or more pairs whose Jaccard differs from the truth's, is
// a failure. --update writes what was measured.
#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "refrain/base/status_macros.h"
#include "refrain/eval/eval_file.h"
#include "refrain/eval/pair_scores.h"
#include "refrain/measure/sample_corpora.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/dedup.h"

namespace refrain {
namespace {

struct Labelled {
  std::string name;
  std::string corpus;  // path
  std::string truth;
  NormalizeOptions normalize = NormalizeOptions::Full();
};

struct Figures {
  uint64_t truth = 0;
  uint64_t found = 0;
  double precision = 0;
  double recall = 0;
  double f1 = 0;
  uint64_t differing = 0;  // common pairs whose figures are not the same
};

// By "corpus,threshold,sketch".
using Table = std::map<std::string, Figures>;

constexpr char kHeader[] = "corpus,threshold,sketch,truth,found,precision,recall,f1,differing";

std::string FormatFigures(const Figures& f) {
  return absl::StrFormat("%d,%d,%.6f,%.6f,%.6f,%d", f.truth, f.found, f.precision, f.recall, f.f1,
                         f.differing);
}

absl::StatusOr<Table> ReadTable(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  if (!std::getline(in, line) || line != kHeader) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": no table of figures"));
  }
  Table table;
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    std::string corpus, threshold, sketch;
    std::getline(cells, corpus, ',');
    std::getline(cells, threshold, ',');
    std::getline(cells, sketch, ',');
    Figures f;
    char comma;
    cells >> f.truth >> comma >> f.found >> comma >> f.precision >> comma >> f.recall >> comma >>
        f.f1 >> comma >> f.differing;
    if (cells.fail()) {
      return absl::FailedPreconditionError(absl::StrCat(path, ": not a row: ", line));
    }
    table[absl::StrCat(corpus, ",", threshold, ",", sketch)] = f;
  }
  return table;
}

absl::Status WriteTable(const std::string& path, const Table& table) {
  std::ofstream out(path);
  out << kHeader << '\n';
  for (const auto& [key, figures] : table) out << key << ',' << FormatFigures(figures) << '\n';
  if (out.flush()) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("cannot write ", path));
}

std::vector<Labelled> RealCorpora(const std::string& data) {
  std::vector<Labelled> corpora;
  for (const char* name : {"laws-tw", "licences-en"}) {
    const std::string path = absl::StrCat(data, "/", name, ".jsonl.zst");
    if (!std::filesystem::exists(path)) {
      absl::PrintF("%s: not there, passed over\n", path);
      continue;
    }
    // The truth is defined on this normalisation.
    corpora.push_back(
        {name, path, absl::StrCat(data, "/", name, ".pairs.tsv.zst"), NormalizeOptions::Basic()});
  }
  return corpora;
}

std::vector<SampleCorpus> GeneratedCorpora() {
  CorpusOptions english;
  english.seed = 7;
  english.documents = 6'000;
  english.max_edit = 0.1;  // so that most copies are near the thresholds
  english.exact = 0.05;
  english.punctuation = 0.05;
  CorpusOptions mixed = english;
  mixed.edits = EditKind::kMixed;
  CorpusOptions chinese = english;
  chinese.language = Language::kChinese;
  CorpusOptions shorts = english;
  shorts.median_tokens = 40;
  shorts.min_tokens = 5;
  shorts.max_tokens = 120;
  return {{"made-english", english},
          {"made-english-mixed", mixed},
          {"made-chinese", chinese},
          {"made-short", shorts}};
}

absl::StatusOr<Figures> Measure(const Labelled& corpus, double threshold, SketchAlgorithm sketch,
                                const std::string& folder) {
  DedupOptions options;
  options.inputs = {corpus.corpus};
  options.output = folder + "/run";
  options.force = true;
  options.pairs = true;
  options.threshold = threshold;
  options.sketch.algorithm = sketch;
  options.sketch.threads = HardwareThreads();
  options.sketch.document.normalize = corpus.normalize;
  REFRAIN_RETURN_IF_ERROR(Dedup(options).status());
  IdTable ids;
  REFRAIN_ASSIGN_OR_RETURN(EvalFile truth, ReadEvalFile(corpus.truth, EvalKind::kPairs, &ids));
  REFRAIN_ASSIGN_OR_RETURN(EvalFile found,
                           ReadEvalFile(options.output + "/pairs.jsonl", EvalKind::kPairs, &ids));
  const PairScores scores = ScorePairs(std::move(truth.pairs), std::move(found.pairs), threshold);
  return Figures{scores.truth,  scores.found, scores.precision,
                 scores.recall, scores.f1,    scores.figures_differing};
}

absl::StatusOr<Table> MeasureAll(const std::string& data, const std::string& folder) {
  std::vector<Labelled> corpora = RealCorpora(data);
  for (const SampleCorpus& made : GeneratedCorpora()) {
    REFRAIN_ASSIGN_OR_RETURN(const std::string path, EnsureCorpus(made, folder));
    corpora.push_back({made.name, path, path + ".truth.tsv"});
  }
  Table table;
  for (const Labelled& corpus : corpora) {
    for (const double threshold : {0.7, 0.8}) {
      for (const SketchAlgorithm sketch : {SketchAlgorithm::kFast, SketchAlgorithm::kClassic}) {
        const std::string key = absl::StrCat(corpus.name, ",", threshold, ",",
                                             sketch == SketchAlgorithm::kFast ? "fast" : "classic");
        REFRAIN_ASSIGN_OR_RETURN(table[key], Measure(corpus, threshold, sketch, folder));
        absl::PrintF("%s,%s\n", key, FormatFigures(table[key]));
        std::fflush(stdout);
      }
    }
  }
  return table;
}

// What fell, a line each; figures as the table writes them, to six decimals.
std::vector<std::string> Falls(const Table& before, const Table& now) {
  constexpr double kRounding = 1e-6;
  std::vector<std::string> falls;
  for (const auto& [key, is] : now) {
    const auto it = before.find(key);
    if (it == before.end()) {
      falls.push_back(absl::StrCat(key, ": not in the table; run with --update"));
      continue;
    }
    const Figures& was = it->second;
    const bool fell = is.precision < was.precision - kRounding ||
                      is.recall < was.recall - kRounding || is.f1 < was.f1 - kRounding ||
                      is.differing > was.differing;
    if (!fell) continue;
    falls.push_back(absl::StrCat(key, ": was ", FormatFigures(was), ", is ", FormatFigures(is)));
  }
  return falls;
}

absl::Status Run(const std::string& data, const std::string& results, bool update,
                 const std::string& folder) {
  REFRAIN_ASSIGN_OR_RETURN(const Table now, MeasureAll(data, folder));
  const absl::StatusOr<Table> before = ReadTable(results);
  if (update) {
    Table merged = before.ok() ? *before : Table();  // what could not be measured here stays
    for (const auto& [key, figures] : now) merged[key] = figures;
    return WriteTable(results, merged);
  }
  REFRAIN_RETURN_IF_ERROR(before.status());
  const std::vector<std::string> falls = Falls(*before, now);
  for (const std::string& fall : falls) absl::FPrintF(stderr, "%s\n", fall);
  if (falls.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(falls.size(), " rows fell below ", results));
}

int Main(int argc, char** argv) {
  std::string data = REFRAIN_SHARED_DIR "/data";
  std::string results = REFRAIN_RESULTS;
  bool update = false;
  CLI::App app("Quality of dedup --pairs, compared with a table of figures", "quality_bench");
  app.add_option("--data", data, "The folder of labelled corpora")->capture_default_str();
  app.add_option("--results", results, "The table")->capture_default_str();
  app.add_flag("--update", update, "Write what was measured into the table");
  CLI11_PARSE(app, argc, argv);
  char folder[] = "/tmp/refrain_quality_bench_XXXXXX";
  if (mkdtemp(folder) == nullptr) return 1;
  const absl::Status status = Run(data, results, update, folder);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  if (status.ok()) return 0;
  absl::FPrintF(stderr, "quality_bench: %s\n", std::string(status.message()));
  return 1;
}

}  // namespace
}  // namespace refrain

int main(int argc, char** argv) { return refrain::Main(argc, argv); }
