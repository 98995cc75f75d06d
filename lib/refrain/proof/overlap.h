// Exact overlap of shingle sets: what makes a candidate a proven pair.
//
// Input: sets of distinct 64-bit shingles, in any order. Output: counts, and Jaccard as the double i/u.
// Cost: building a table is about 2 ns a shingle, an overlap 1 to 2 ns a shingle of the probing set (more when
//   the table outgrows the nearest cache), and it stops
//   as soon as the overlap that is needed is out of reach (soonest if rare shingles come first).
// Threads: const methods are concurrent-safe. No allocation once warm.
// Example:
//   ShingleTable table;
//   table.Assign(shingles_of_x, &x);                          // x: the distinct ones
//   const uint64_t need = MinOverlap(x.size(), y.size(), 0.8);
//   if (const auto shared = table.Overlap(y, need)) {
//     proven = Jaccard(*shared, x.size(), y.size()) >= 0.8;   // always true here
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

// A set of shingles that answers membership. Reused from set to set.
class ShingleTable {
 public:
  // Makes this the set of `shingles` (repeats allowed) and lists the distinct ones, in the order of their first places.
  void Assign(std::span<const uint64_t> shingles, std::vector<uint64_t>* distinct);

  bool Contains(uint64_t shingle) const;
  size_t size() const { return size_; }

  // The number of `other`'s shingles in this set, or nothing if it is below `need`. REQUIRES: other is distinct.
  std::optional<uint64_t> Overlap(std::span<const uint64_t> other, uint64_t need) const;

 private:
  size_t Claim(std::span<const uint64_t> shingles);
  size_t ClaimNone(size_t shingles);
  bool Insert(uint64_t shingle);

  std::vector<uint64_t> slots_;  // 0 marks an empty slot; the shingle 0 itself is has_zero_
  std::vector<size_t> places_;
  size_t mask_ = 0;
  size_t size_ = 0;
  bool has_zero_ = false;
};

}  // namespace refrain

#endif  // REFRAIN_PROOF_OVERLAP_H_
