#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "bench.h"
#include "dedup.h"
#include "eval.h"
#include "generate.h"
#include "process_limits.h"
#include "reuse.h"

namespace {

std::atomic<bool> cancelled = false;

// A second signal ends the process at once.
void OnSignal(int signal) {
  cancelled = true;
  std::signal(signal, SIG_DFL);
}

int Finish(const absl::Status& status) {
  if (status.ok()) return 0;
  std::fprintf(stderr, "refrain: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

// Without this a misspelt subcommand would be told that a subcommand is required.
bool IsUnknownSubcommand(const CLI::App& app, const std::string& word) {
  const auto known = app.get_subcommands([](const CLI::App*) { return true; });
  return !word.empty() && word[0] != '-' &&
         std::none_of(known.begin(), known.end(),
                      [&](const CLI::App* command) { return command->check_name(word); });
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Finds text that keeps coming back: near-duplicate documents in a corpus, and passages that "
      "stand in several places, each proven on the text.",
      "refrain");
  app.set_version_flag("--version", "refrain " REFRAIN_VERSION);
  app.require_subcommand(1);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return std::string("refrain: ") + error.what() + " (--help lists what there is)\n";
  });
  std::function<absl::Status()> run;
  SetUpDedup(&app, &cancelled, &run);
  SetUpReuse(&app, &cancelled, &run);
  SetUpGenerate(&app, &run);
  SetUpEval(&app, &run);
  SetUpBench(&app, &cancelled, &run);
  if (argc > 1 && IsUnknownSubcommand(app, argv[1])) {
    std::fprintf(stderr, "refrain: no subcommand %s (--help lists what there is)\n", argv[1]);
    return 2;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return Finish(run());
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (!PrepareProcess()) return 2;
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {  // nothing of ours throws; memory can still run out
    std::fprintf(stderr, "refrain: %s\n", error.what());
    return 1;
  }
}
