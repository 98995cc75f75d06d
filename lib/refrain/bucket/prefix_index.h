// A prefix index: finds, among many sets, those whose Jaccard with a given set can reach the threshold.
//
// Shingles are put in one global order, rare first (by a counter table, ties by hash). If J(x, y) >= t, the first
// shingle that x and y share in this order stands among the first floor((1-t)|x|)+1 of x and of y. Each set posts
// that prefix; a posting at position p of y carries the stop score |y| - (1+t)p, and must be read only while that is
// at least t|x|, a necessary condition on the overlap still possible. Where a shingle's postings are few they are
// read to the end, so that shared shingles can be counted: a document whose count leaves the needed overlap out of
// reach is no candidate. No pair at or above the threshold is lost, in any order of insertion.
// Input: sets of distinct 64-bit shingles, ordered by FrequencyTable::OrderRareFirst. Output: ids of candidates.
// Cost: 16 bytes a posting plus a hash slot; sets are added a block at a time and segments of like size merged, so
//   each posting is moved O(log blocks) times. A shingle that only one counted set holds is never posted.
// Threads: Add is exclusive; everything const is concurrent-safe. Determinism: independent of threads.
// Source: Bayardo, Ma, Srikant, "Scaling up all pairs similarity search" (2007); Xiao et al., PPJoin (2008).
// Example:
//   frequencies.Count(set);                                          // every set first
//   frequencies.OrderRareFirst(PrefixLength(set.size(), 0.8), &set);
//   const PrefixIndex::Entry entry{id, set};
//   index.Add({&entry, 1});
//   frequencies.OrderRareFirst(PrefixLength(other.size(), 0.8), &other);
//   index.FindRuns(other, &probe);
//   index.Collect(probe, kReadAll, &counter, &candidates);
#ifndef REFRAIN_BUCKET_PREFIX_INDEX_H_
#define REFRAIN_BUCKET_PREFIX_INDEX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace refrain {

// Upper bounds on how many counted sets hold a shingle: counters indexed by hash, bounded in number.
class FrequencyTable {
 public:
  // REQUIRES: counters is a power of two. 4 bytes each.
  explicit FrequencyTable(size_t counters);

  void Count(std::span<const uint64_t> set);  // concurrent-safe
  uint32_t Frequency(uint64_t shingle) const;

  // Moves the `prefix` first shingles in (frequency, hash) order to the front of the set, in that order; the rest
  // follows in any order.
  void OrderRareFirst(size_t prefix, std::vector<uint64_t>* set) const;

  uint64_t bytes() const { return (mask_ + 1) * sizeof(uint32_t); }

 private:
  size_t mask_;
  std::unique_ptr<std::atomic<uint32_t>[]> counters_;
};

// How many shingles of a set of this size must be posted and probed.
size_t PrefixLength(size_t set_size, double threshold);

// Whether sets of these sizes can reach the threshold if at most so many of the shingles are in both their prefixes.
bool PrefixesCanReach(size_t size_x, size_t size_y, size_t shared, double threshold);

struct Posting {
  uint64_t shingle;
  uint32_t slot;     // of the set in its index
  float stop_score;  // never below the exact one
};

// The postings of one shingle of a probing set in one segment, stop score falling.
struct PostingRun {
  const Posting* postings;
  uint32_t needed;     // how many must be read lest a pair be lost
  uint32_t all;        // how many there are
  uint32_t frequency;  // of the shingle
  uint32_t token;      // position of the shingle in the probing set
};

// A probing set and what it has to read. Reused from probe to probe.
struct Probe {
  size_t set_size = 0;
  std::vector<PostingRun> runs;  // ascending by token
};

// Counts shared shingles by slot; one a thread.
struct ProbeCounter {
  std::vector<uint16_t> counts;
  std::vector<uint32_t> touched;
};

inline constexpr uint32_t kReadAll = UINT32_MAX;

class PrefixIndex {
 public:
  struct Entry {
    uint32_t id;                    // the caller's name for it
    std::span<const uint64_t> set;  // ordered rare first
  };

  // `frequencies` must outlive the index and have counted every set added or probed.
  PrefixIndex(double threshold, const FrequencyTable* frequencies);
  ~PrefixIndex();

  // Adds a block of sets.
  void Add(std::span<const Entry> block);

  // What a probe with this set (ordered rare first) has to read.
  void FindRuns(std::span<const uint64_t> set, Probe* probe) const;

  // Appends, once each, the ids of sets whose overlap with the probing set can reach the threshold, as far as
  // postings of shingles with at most `max_frequency` can tell.
  void Collect(const Probe& probe, uint32_t max_frequency, ProbeCounter* counter,
               std::vector<uint32_t>* candidates) const;

  size_t size() const { return ids_.size(); }
  uint64_t bytes() const;  // of memory, while segments are merged at most twice as many

 private:
  class Segment;
  size_t LeastCount(size_t probing_size, size_t unread) const;

  double threshold_;
  const FrequencyTable* frequencies_;
  std::vector<uint32_t> ids_;                       // of each slot
  std::vector<uint32_t> sizes_;                     // of each slot's set
  std::vector<std::unique_ptr<Segment>> segments_;  // falling size
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_PREFIX_INDEX_H_
