// `refrain bench`: what this machine does with a corpus, in about a minute.
#ifndef REFRAIN_APPS_BENCH_H_
#define REFRAIN_APPS_BENCH_H_

#include <atomic>
#include <functional>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

// Adds the subcommand to `app` and returns it. When the command line names it, *run is set to what it does; calling it
// prints a table on standard output. InvalidArgument means wrong usage (exit status 2).
CLI::App* SetUpBench(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run);

#endif  // REFRAIN_APPS_BENCH_H_
