// Exact overlap of shingle sets: what makes a candidate a proven pair.
//
// Input: sets of 64-bit shingles. Output: counts, and Jaccard as the double i/u.
// Cost: building a table is about 1.5 ns a shingle. An overlap with a set is a nanosecond a shingle of it (more when the
//   table outgrows the nearest cache), and it stops as soon as the overlap that is needed is out of reach (soonest if rare
//   shingles come first). With a text, it is 0.7 ns a shingle where all of it stands in the other in the same order, and 3
//   where nothing does.
// Threads: const methods are concurrent-safe; one PairProver a thread. No allocation once warm.
// Example:
//   ShingleTable table;
//   table.Assign(x);  // shingles of a text, with repeats
//   PairProver prover;
//   const auto overlap = prover.Prove(table, {y}, 0.8);
//   if (overlap.has_value()) {
//     similarity = Jaccard(overlap->shared, table.size(), overlap->size);  // 0.8 or more
//   }
#ifndef REFRAIN_PROOF_OVERLAP_H_
#define REFRAIN_PROOF_OVERLAP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace refrain {

// |x and y| / |x or y| as a double. REQUIRES: not both empty.
inline double Jaccard(uint64_t shared, uint64_t size_x, uint64_t size_y) {
  return static_cast<double>(shared) / static_cast<double>(size_x + size_y - shared);
}

// The least overlap with which two sets of these sizes have Jaccard >= threshold, by that very comparison of doubles;
// more than the smaller size when even containment is not enough.
uint64_t MinOverlap(uint64_t size_x, uint64_t size_y, double threshold);

// The set of a text's shingles, which answers membership. Reused from set to set.
class ShingleTable {
 public:
  static constexpr uint32_t kNowhere = UINT32_MAX;

  // Makes this the set of `shingles`, in which may be repeats. REQUIRES: they are fewer than 2^32 - 1, and stay as they are
  // while the table is used.
  void Assign(std::span<const uint64_t> shingles);

  // The shingles but for repeats, in the order of their first places.
  void CopyDistinct(std::vector<uint64_t>* distinct) const;

  uint32_t Find(uint64_t shingle) const;  // its first place, or kNowhere
  bool Contains(uint64_t shingle) const { return Find(shingle) != kNowhere; }
  size_t size() const { return shingles_.size() - repeats_; }
  std::span<const uint64_t> shingles() const { return shingles_; }
  // The places of those that stand at an earlier place too, ascending.
  std::span<const uint32_t> repeats() const { return std::span(places_).first(repeats_); }

  // The number of `other`'s shingles in this set, or nothing if it is below `need`. REQUIRES: other is distinct.
  std::optional<uint64_t> Overlap(std::span<const uint64_t> other, uint64_t need) const;

 private:
  size_t Claim();
  bool Insert(uint32_t place);

  std::span<const uint64_t> shingles_;
  std::vector<uint32_t> slots_;  // a place + 1, or 0
  std::vector<uint32_t> places_;
  size_t mask_ = 0;
  size_t repeats_ = 0;
};

// What a pair's second set is known by.
struct ShingleView {
  std::span<const uint64_t> shingles;
  bool distinct = false;  // else in text order, and with repeats
};

struct SetOverlap {
  uint64_t shared = 0;
  uint64_t size = 0;  // of the second set
};

class PairProver {
 public:
  // The overlap of the two sets, or nothing if their Jaccard is below the threshold. REQUIRES: not both are empty.
  std::optional<SetOverlap> Prove(const ShingleTable& table, ShingleView other, double threshold);

 private:
  SetOverlap Count(const ShingleTable& table, std::span<const uint64_t> text);
  void FollowRuns(const ShingleTable& table, std::span<const uint64_t> text);

  std::vector<uint64_t> found_;  // a bit for each place in the table's shingles
  std::vector<uint64_t> missed_;
  ShingleTable missed_table_;
};

}  // namespace refrain

#endif  // REFRAIN_PROOF_OVERLAP_H_
