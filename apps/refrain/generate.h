// `refrain generate`: a corpus with planted near-duplicates and its truth.
#ifndef REFRAIN_APPS_GENERATE_H_
#define REFRAIN_APPS_GENERATE_H_

#include <functional>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

// Adds the subcommand to `app` and returns it. When the command line names it, *run is set to what
// it does; calling it reports on standard error. InvalidArgument means wrong usage (exit status 2).
CLI::App* SetUpGenerate(CLI::App* app, std::function<absl::Status()>* run);

#endif  // REFRAIN_APPS_GENERATE_H_
