#include <cstdio>
#include <functional>

#include <CLI/CLI.hpp>

#include "eval.h"
#include "generate.h"

int main(int argc, char** argv) {
  CLI::App app("refrain finds text that keeps coming back", "refrain");
  std::function<absl::Status()> run;
  SetUpGenerate(&app, &run);
  SetUpEval(&app, &run);
  app.require_subcommand(1);
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = run();
  if (status.ok()) return 0;
  std::fprintf(stderr, "refrain: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? 2 : 1;
}
