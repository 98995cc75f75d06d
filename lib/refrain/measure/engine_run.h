// One run of `refrain dedup` as a user has it: a process of its own, into a fresh folder.
//
// Input: the command, its INPUTs and further flags. Output: times until the process is gone, and what its summary says.
// Errors: Internal if the run fails, DataLoss if its summary cannot be read. Threads: any.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const EngineRun run, RunEngine("refrain", {"corpus.jsonl"}, "clean", {"--threads", "1"}));
#ifndef REFRAIN_MEASURE_ENGINE_RUN_H_
#define REFRAIN_MEASURE_ENGINE_RUN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace refrain {

struct EngineRun {
  double seconds = 0;      // from fork until the process is gone
  double cpu_seconds = 0;  // user and system, all threads
  uint64_t peak_bytes = 0;
  uint64_t records = 0;
  uint64_t source_bytes = 0;  // as stored
  uint64_t record_bytes = 0;  // decompressed
  uint64_t removed = 0;
  std::vector<std::pair<std::string, double>> stages;
};

// Replaces `output`. The peak is the run's own VmHWM from summary.json: ru_maxrss of a child begins
// with that of its parent.
absl::StatusOr<EngineRun> RunEngine(const std::string& binary,
                                    const std::vector<std::string>& inputs,
                                    const std::string& output,
                                    const std::vector<std::string>& flags);

}  // namespace refrain

#endif  // REFRAIN_MEASURE_ENGINE_RUN_H_
