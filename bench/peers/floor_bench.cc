// The floor of end_to_end as a program of its own, to be timed like any other engine.
//
// floor_bench INPUT COPY THREADS: COPY is written.
#include <cstdio>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "refrain/measure/floor.h"

int main(int argc, char** argv) {
  int threads = 0;
  if (argc != 4 || !absl::SimpleAtoi(argv[3], &threads) || threads < 1) {
    std::fputs("usage: floor_bench INPUT COPY THREADS\n", stderr);
    return 2;
  }
  const absl::StatusOr<refrain::FloorRun> run = refrain::RunFloor(argv[1], argv[2], threads);
  if (!run.ok()) {
    std::fprintf(stderr, "floor_bench: %s\n", std::string(run.status().message()).c_str());
    return 1;
  }
  std::printf("%.3f s\n", run->seconds);
  return 0;
}
