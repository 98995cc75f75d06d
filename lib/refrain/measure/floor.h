// The least that any engine must do with a corpus of records: the time to compare a run with.
//
// Cost: about 0.6 ns a byte, two threads. Errors: Unavailable if a file cannot be read or written, or a line cannot be
// parsed or has no string "text".
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const FloorRun floor, RunFloor("corpus.jsonl", "floor.tmp", /*threads=*/2));
#ifndef REFRAIN_MEASURE_FLOOR_H_
#define REFRAIN_MEASURE_FLOOR_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace refrain {

struct FloorRun {
  double seconds = 0;
  double cpu_seconds = 0;
  uint64_t records = 0;
  uint64_t bytes = 0;
  uint64_t check = 0;  // of all texts, so that nothing can be left out
};

// Reads `input` (JSON Lines) in pieces of 1 MiB, parses each line with simdjson, takes one XXH3 of
// each text and writes all lines to `output`, on `threads` threads through the pipeline that the engine uses. Replaces an
// earlier `output`, as RunEngine does, right before the clock starts: so its pages are at hand for both, and neither waits
// for a hypervisor that has taken free memory back.
absl::StatusOr<FloorRun> RunFloor(const std::string& input, const std::string& output, int threads);

}  // namespace refrain

#endif  // REFRAIN_MEASURE_FLOOR_H_
