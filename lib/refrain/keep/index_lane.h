// A prefix index over the documents of a lane, with the counter table that orders its shingles and the budget of
// postings that its probes may read.
//
// Calls: Count once for every document that will be added or probed; then per block Order, Cutoff, and searches and additions of the index.
// Budget: at most `postings_per_document` on average over the documents probed so far, beyond some free ones; where a block would need more,
//   the most frequent shingles' postings are skipped for the whole block and counted in limits().
// Threads: Count and Order are concurrent-safe; Cutoff is exclusive.
// Determinism: cutoffs depend on blocks alone, never on threads.
#ifndef REFRAIN_KEEP_INDEX_LANE_H_
#define REFRAIN_KEEP_INDEX_LANE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/bucket/prefix_index.h"

namespace refrain {

// What the budget made us leave out: documents whose probes were cut short, and postings not read.
struct Limits {
  uint64_t documents = 0;
  uint64_t postings = 0;
};

class IndexLane {
 public:
  // `free_postings` may be read before the budget counts.
  IndexLane(double threshold, size_t documents, uint64_t postings_per_document,
            uint64_t free_postings = 0);

  void Count(std::span<const uint64_t> set) { frequencies_.Count(set); }

  // Puts the set's prefix first, rare shingles first.
  void Order(std::vector<uint64_t>* set) const;

  PrefixIndex NewIndex() const { return PrefixIndex(threshold_, &frequencies_); }

  // The greatest frequency that these probes may read, so that the budget holds. `fresh` is how many of their
  // documents have not been probed before: only they add to the budget.
  uint32_t Cutoff(std::span<const Probe* const> probes, size_t fresh);

  PrefixIndex& leaders() { return leaders_; }
  uint64_t bytes() const { return frequencies_.bytes() + 2 * leaders_.bytes(); }  // at most
  const Limits& limits() const { return limits_; }

 private:
  double threshold_;
  uint64_t postings_per_document_;
  FrequencyTable frequencies_;
  PrefixIndex leaders_;
  uint64_t granted_;
  uint64_t used_ = 0;
  Limits limits_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_INDEX_LANE_H_
