// How a ceiling on memory is shared out among the stages of the dedup lane.
//
// Input: the ceiling, the threads, what is known of the corpus so far. Output: what a stage may use, in bytes, so that the
// process stays below the ceiling. What it knows is arithmetic on counts: nothing is measured while the run goes on, so a
// plan depends on the corpus and the ceiling alone.
// Errors: InvalidArgument naming the least ceiling; ResourceExhausted naming the ceiling, what is needed and the way out.
// Threads: immutable.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const MemoryPlan plan,
//                            MemoryPlan::Create({.bytes = 1 << 30, .threads = 2, .bands = 16}));
//   REFRAIN_ASSIGN_OR_RETURN(const uint64_t kept, plan.ForColumns(1'000'000, 0));
#ifndef REFRAIN_PIPELINE_MEMORY_PLAN_H_
#define REFRAIN_PIPELINE_MEMORY_PLAN_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refrain {

// How large the groups of a lane are.
struct GroupCounts {
  uint64_t rows = 0;
  uint64_t groups = 0;
  uint64_t memberships = 0;  // of rows in groups
  uint64_t listed = 0;       // those that the lists of leaders have room for
};

class MemoryPlan {
 public:
  struct Limits {
    uint64_t bytes = UINT64_MAX;  // the ceiling
    int threads = 1;
    int bands = 0;
    bool keep_numbers = false;  // SketchTable has them
  };
  static absl::StatusOr<MemoryPlan> Create(const Limits& limits);

  // No ceiling.
  MemoryPlan() = default;

  // What the chunks of columns may keep in memory while there are so many documents and short keys, so that all other
  // tables up to the end of grouping have room.
  absl::StatusOr<uint64_t> ForColumns(uint64_t documents, uint64_t short_keys) const;

  // What bitmaps of documents may keep in memory: little, as they may be many, and nothing where memory is scarce.
  uint64_t ForBitmaps() const;

  // What the proof may use beside its tables and its block: indexes, pairs and the cache of shingle sets.
  absl::StatusOr<uint64_t> ForProof(uint64_t documents, const GroupCounts& shorts,
                                    const GroupCounts& bands) const;

  // Whether pairs fit, before (found) and after copies are written out (expanded).
  absl::Status CheckPairs(uint64_t documents, uint64_t found, uint64_t expanded) const;

  // What ids may take while results are written: a part of what the proof and the order of keeping had.
  uint64_t ForIds(uint64_t documents) const;

 private:
  explicit MemoryPlan(const Limits& limits) : limits_(limits) {}
  uint64_t Fixed() const;
  absl::StatusOr<uint64_t> Beside(uint64_t tables, uint64_t least, uint64_t documents) const;

  Limits limits_;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_MEMORY_PLAN_H_
