#include "refrain/measure/engine_run.h"

#include <simdjson.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

double Seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
}

absl::Status RunProcess(std::vector<std::string> words, EngineRun* run) {
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return absl::UnavailableError("cannot fork");
  if (child == 0) {
    execv(argv[0], argv.data());
    _exit(127);
  }
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) return absl::UnavailableError("cannot wait");
  run->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run->cpu_seconds = Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("failed: ", absl::StrJoin(words, " ")));
}

absl::Status ReadSummary(const std::string& path, EngineRun* run) {
  simdjson::dom::parser parser;
  simdjson::dom::element summary;
  simdjson::error_code error = parser.load(path).get(summary);
  if (!error) error = summary["peak_memory"].get(run->peak_bytes);
  if (!error) error = summary["source_bytes"].get(run->source_bytes);
  if (!error) error = summary["record_bytes"].get(run->record_bytes);
  if (!error) error = summary["counts"]["read"].get(run->records);
  if (!error) error = summary["counts"]["removed"].get(run->removed);
  simdjson::dom::array stages;
  if (!error) error = summary["stages"].get(stages);
  if (error) return absl::DataLossError(absl::StrCat(path, ": ", simdjson::error_message(error)));
  for (const simdjson::dom::element stage : stages) {
    std::string_view name;
    double seconds = 0;
    if (stage["stage"].get(name) || stage["seconds"].get(seconds)) {
      return absl::DataLossError(absl::StrCat(path, ": a stage without name or seconds"));
    }
    run->stages.emplace_back(name, seconds);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<EngineRun> RunEngine(const std::string& binary,
                                    const std::vector<std::string>& inputs,
                                    const std::string& output,
                                    const std::vector<std::string>& flags) {
  std::error_code error;
  std::filesystem::remove_all(output, error);
  std::vector<std::string> words = {binary, "dedup", "--output", output, "--quiet"};
  words.insert(words.end(), flags.begin(), flags.end());
  words.push_back("--");
  words.insert(words.end(), inputs.begin(), inputs.end());
  EngineRun run;
  REFRAIN_RETURN_IF_ERROR(RunProcess(std::move(words), &run));
  REFRAIN_RETURN_IF_ERROR(ReadSummary(output + "/summary.json", &run));
  return run;
}

}  // namespace refrain
