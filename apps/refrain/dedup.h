// `refrain dedup`: cleans a corpus.
#ifndef REFRAIN_APPS_DEDUP_H_
#define REFRAIN_APPS_DEDUP_H_

#include <atomic>
#include <functional>

#include <CLI/CLI.hpp>

#include "absl/status/status.h"

// Adds the subcommand to `app` and returns it. When the command line names it, *run is set to what it does.
// InvalidArgument means wrong usage (exit status 2). The run ends early when *cancelled becomes true.
CLI::App* SetUpDedup(CLI::App* app, const std::atomic<bool>* cancelled,
                     std::function<absl::Status()>* run);

#endif  // REFRAIN_APPS_DEDUP_H_
