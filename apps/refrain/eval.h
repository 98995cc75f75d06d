// `refrain eval`: how well found pairs or clusters agree with the truth.
#ifndef REFRAIN_APPS_EVAL_H_
#define REFRAIN_APPS_EVAL_H_

#include <functional>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

// Adds the subcommand to `app` and returns it. When the command line names it, *run is set to what
// it does; calling it prints the scores on standard output. InvalidArgument means wrong usage (exit
// status 2); a bad line in a file is FailedPrecondition.
CLI::App* SetUpEval(CLI::App* app, std::function<absl::Status()>* run);

#endif  // REFRAIN_APPS_EVAL_H_
