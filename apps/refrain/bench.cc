#include "bench.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/source.h"
#include "refrain/measure/engine_run.h"
#include "refrain/measure/floor.h"
#include "refrain/measure/median.h"
#include "refrain/measure/removal_recall.h"
#include "refrain/measure/sample_corpora.h"
#include "refrain/parallel/parallel.h"
#include "report_text.h"

namespace {

using refrain::EngineRun;
using refrain::FloorRun;
using refrain::Median;

constexpr double kThreshold = 0.8;
constexpr int kMostRounds = 9;

struct BenchOptions {
  std::vector<std::string> inputs;
  double seconds = 60;
  int threads = refrain::HardwareThreads();
  std::string temp_dir;
  const std::atomic<bool>* cancelled = nullptr;
};

struct Corpus {
  std::string name;
  std::vector<std::string> inputs;
  std::string truth;  // empty: not known
  bool has_floor;     // one plain file of JSON Lines
};

struct Variant {
  std::string name;
  std::vector<std::string> flags;
  std::vector<EngineRun> runs;
};

// A folder of its own that goes when it does, with all that is in it.
class WorkFolder {
 public:
  static absl::StatusOr<WorkFolder> Make(const std::string& parent) {
    std::string path = absl::StrCat(parent, "/refrain-bench-XXXXXX");
    if (mkdtemp(path.data()) == nullptr) {
      return absl::UnavailableError(absl::StrCat(parent, ": no folder can be made there"));
    }
    return WorkFolder(std::move(path));
  }
  explicit WorkFolder(std::string path) : path_(std::move(path)) {}
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  ~WorkFolder() {
    std::error_code error;
    if (!path_.empty()) std::filesystem::remove_all(path_, error);
  }
  std::string File(const char* name) const { return absl::StrCat(path_, "/", name); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<Variant> Variants(int threads) {
  const std::string all = absl::StrCat(threads);
  std::vector<Variant> variants = {
      {absl::StrCat(all, threads == 1 ? " thread" : " threads"), {"--threads", all}, {}}};
  if (threads > 1) variants.push_back({"1 thread", {"--threads", "1"}, {}});
  variants.push_back(
      {absl::StrCat("classic, ", all), {"--threads", all, "--sketch", "classic"}, {}});
  return variants;
}

double MedianOf(const std::vector<EngineRun>& runs, double EngineRun::*figure) {
  std::vector<double> values;
  for (const EngineRun& run : runs) values.push_back(run.*figure);
  return Median(std::move(values));
}

class Measurement {
 public:
  Measurement(const BenchOptions& options, Corpus corpus, const WorkFolder* folder)
      : options_(options),
        corpus_(std::move(corpus)),
        folder_(*folder),
        variants_(Variants(options.threads)) {}

  // As many rounds as fit in so many seconds, at least one: in each the floor and every variant have their turn.
  absl::Status Run(double seconds) {
    REFRAIN_RETURN_IF_ERROR(Round().status());  // brings the files into memory; not counted
    Forget();
    double spent = 0;
    while (rounds_ == 0 || (rounds_ < kMostRounds && spent + spent / rounds_ <= seconds)) {
      REFRAIN_ASSIGN_OR_RETURN(const double round, Round());
      spent += round;
      ++rounds_;
    }
    return Score();
  }

  void Print() const {
    const EngineRun& any = variants_[0].runs[0];
    std::printf("%s: %s documents, %s; median of %d\n", corpus_.name.c_str(),
                Grouped(any.records).c_str(), Megabytes(any.record_bytes).c_str(), rounds_);
    std::printf("  %-12s %9s %9s %9s %12s %9s %8s\n", "", "seconds", "CPU s", "MB/s", "documents/s",
                "peak MB", "x floor");
    if (!floors_.empty()) PrintFloor();
    for (const Variant& variant : variants_) PrintVariant(variant);
    PrintStages();
    std::printf("%s\n", Findings().c_str());
  }

 private:
  absl::StatusOr<double> Round() {
    double seconds = 0;
    if (corpus_.has_floor) {
      REFRAIN_ASSIGN_OR_RETURN(
          floors_.emplace_back(),
          refrain::RunFloor(corpus_.inputs[0], folder_.File("floor"), options_.threads));
      seconds += floors_.back().seconds;
    }
    for (Variant& variant : variants_) {
      if (*options_.cancelled) return absl::CancelledError("interrupted");
      REFRAIN_ASSIGN_OR_RETURN(variant.runs.emplace_back(),
                               refrain::RunEngine("/proc/self/exe", corpus_.inputs,
                                                  folder_.File("run"), Flags(variant)));
      seconds += variant.runs.back().seconds;
      if (&variant == &variants_[0]) REFRAIN_RETURN_IF_ERROR(TakeRemoved());
    }
    return seconds;
  }

  std::vector<std::string> Flags(const Variant& variant) const {
    std::vector<std::string> flags = variant.flags;
    flags.insert(flags.end(), {"--temp-dir", folder_.path()});
    return flags;
  }

  // The lists of the first variant, before the next one's take their place.
  absl::Status TakeRemoved() const {
    std::error_code error;
    std::filesystem::rename(folder_.File("run/removed.jsonl"), folder_.File("removed.jsonl"),
                            error);
    return error ? absl::UnavailableError(error.message()) : absl::OkStatus();
  }

  void Forget() {
    floors_.clear();
    for (Variant& variant : variants_) variant.runs.clear();
  }

  absl::Status Score() {
    if (corpus_.truth.empty()) return absl::OkStatus();
    REFRAIN_ASSIGN_OR_RETURN(
        recall_, refrain::RemovalRecall(corpus_.truth, folder_.File("removed.jsonl"), kThreshold));
    return absl::OkStatus();
  }

  double FloorSeconds() const {
    std::vector<double> seconds;
    for (const FloorRun& floor : floors_) seconds.push_back(floor.seconds);
    return Median(std::move(seconds));
  }

  void PrintFigures(const char* name, double seconds, double cpu) const {
    const EngineRun& any = variants_[0].runs[0];
    std::printf("  %-12s %9.3f %9.3f %9.1f %12s", name, seconds, cpu,
                static_cast<double>(any.record_bytes) / 1e6 / seconds,
                Grouped(static_cast<uint64_t>(static_cast<double>(any.records) / seconds)).c_str());
  }

  void PrintFloor() const {
    std::vector<double> cpu;
    for (const FloorRun& floor : floors_) cpu.push_back(floor.cpu_seconds);
    PrintFigures("floor", FloorSeconds(), Median(std::move(cpu)));
    std::printf("\n");
  }

  void PrintVariant(const Variant& variant) const {
    const double seconds = MedianOf(variant.runs, &EngineRun::seconds);
    PrintFigures(variant.name.c_str(), seconds, MedianOf(variant.runs, &EngineRun::cpu_seconds));
    uint64_t peak = 0;
    for (const EngineRun& run : variant.runs) peak = std::max(peak, run.peak_bytes);
    std::printf(" %9.1f", static_cast<double>(peak) / 1e6);
    if (!floors_.empty()) std::printf(" %8.2f", seconds / FloorSeconds());
    std::printf("\n");
  }

  void PrintStages() const {
    const std::vector<EngineRun>& runs = variants_[0].runs;
    std::printf("  stages      ");
    for (size_t stage = 0; stage < runs[0].stages.size(); ++stage) {
      std::vector<double> seconds;
      for (const EngineRun& run : runs) seconds.push_back(run.stages[stage].second);
      std::printf("%s %s %.3f s", stage == 0 ? "" : ",", runs[0].stages[stage].first.c_str(),
                  Median(std::move(seconds)));
    }
    std::printf("\n");
  }

  std::string Findings() const {
    const EngineRun& run = variants_[0].runs[0];
    std::string line =
        absl::StrCat("  ", Grouped(run.removed), " removed as copies of others, each proven");
    if (!corpus_.truth.empty()) {
      absl::StrAppendFormat(&line, "; %.2f %% of the planted pairs resolved", 100 * recall_);
    }
    if (options_.threads > 1) {
      const double one = MedianOf(variants_[1].runs, &EngineRun::seconds);
      const double all = MedianOf(variants_[0].runs, &EngineRun::seconds);
      absl::StrAppendFormat(&line, "; %d threads are %.2f times as fast as one", options_.threads,
                            one / all);
    }
    return line + "\n";
  }

  const BenchOptions& options_;
  const Corpus corpus_;
  const WorkFolder& folder_;
  std::vector<Variant> variants_;
  std::vector<FloorRun> floors_;
  int rounds_ = 0;
  double recall_ = 0;
};

bool IsPlainJsonl(const std::string& path) {
  struct stat status {};
  return path.ends_with(".jsonl") && stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

Corpus CorpusOf(const std::vector<std::string>& inputs) {
  const bool plain = inputs.size() == 1 && IsPlainJsonl(inputs[0]);
  Corpus corpus{inputs[0], inputs, "", plain};
  if (inputs.size() > 1) absl::StrAppend(&corpus.name, " and ", inputs.size() - 1, " more");
  const std::string truth = inputs[0] + ".truth.tsv";
  if (plain && std::filesystem::exists(truth)) corpus.truth = truth;
  return corpus;
}

// The corpora that the project is measured on, in sizes for a minute.
absl::StatusOr<std::vector<Corpus>> Samples(const WorkFolder& folder) {
  std::vector<Corpus> corpora;
  for (refrain::SampleCorpus sample : refrain::SampleCorpora(1)) {
    if (sample.name == "template") continue;
    sample.options.documents = sample.name == "short" ? 300'000 : 24'000;
    REFRAIN_ASSIGN_OR_RETURN(const std::string path, EnsureCorpus(sample, folder.path()));
    corpora.push_back({sample.name + " sample", {path}, path + ".truth.tsv", true});
  }
  return corpora;
}

absl::Status Bench(const BenchOptions& options) {
  // What dedup would refuse is refused here, once.
  REFRAIN_RETURN_IF_ERROR(refrain::FindSources(options.inputs, {}).status());
  REFRAIN_ASSIGN_OR_RETURN(const WorkFolder folder, WorkFolder::Make(options.temp_dir));
  std::vector<Corpus> corpora;
  if (options.inputs.empty()) {
    std::fprintf(stderr, "no INPUT: making sample corpora\n");
    REFRAIN_ASSIGN_OR_RETURN(corpora, Samples(folder));
  } else {
    corpora = {CorpusOf(options.inputs)};
  }
  for (const Corpus& corpus : corpora) {
    Measurement measurement(options, corpus, &folder);
    REFRAIN_RETURN_IF_ERROR(measurement.Run(options.seconds / static_cast<double>(corpora.size())));
    measurement.Print();
    std::fflush(stdout);
  }
  return absl::OkStatus();
}

std::string DefaultTempDir() {
  const char* const set = std::getenv("TMPDIR");
  return set == nullptr || *set == '\0' ? "/tmp" : set;
}

}  // namespace

CLI::App* SetUpBench(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run) {
  CLI::App* const command = app->add_subcommand(
      "bench", "Show what this machine does with a corpus: stages, speed, scaling, memory");
  const auto options = std::make_shared<BenchOptions>();
  options->temp_dir = DefaultTempDir();
  options->cancelled = cancelled;
  command->add_option("INPUT", options->inputs,
                      "what dedup takes; without any, made-up English, Chinese and short texts");
  command
      ->add_option("--seconds", options->seconds,
                   "how long to go on; every variant runs once at least, and once before it counts")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--threads", options->threads, "compared with one")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
  command->add_option("--temp-dir", options->temp_dir, "for results, which are removed again")
      ->type_name("DIR")
      ->capture_default_str();
  command->callback([options, run] { *run = [options] { return Bench(*options); }; });
  return command;
}
