// The subcommand `refrain reuse`: command line to ReuseOptions.
#ifndef REFRAIN_APPS_REUSE_H_
#define REFRAIN_APPS_REUSE_H_

#include <atomic>
#include <functional>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

// Parsing the command line sets *run to what is to be done.
CLI::App* SetUpReuse(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run);

#endif  // REFRAIN_APPS_REUSE_H_
