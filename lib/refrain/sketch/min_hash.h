// Turns the set of a document's shingles into a signature of K slots; the share of equal slots of
// two signatures estimates Jaccard.
//
// Input: shingle hashes, strong and seeded (shingle/shingler.h): all randomness sits in them. Their
//   order and repeats do not matter; a set and the text it came from give the same slots.
// Output: slots; P[slot k of A == slot k of B] = J(A, B) for sets of any sizes, even if one has far
//   fewer shingles than K and the other far more.
//   kFast     one round of one-permutation hashing; an empty slot borrows from the bins that two
//             fixed random numbers name; what is still empty gets minwise hashing.
//             slot = shingle >> 7 minimised over the slot's bin (low bits of the shingle); else
//             t << 57 | the same of bin (SplitMix64(t, slot) >> 32) * K >> 32 for t = 1, else 2;
//             else 127 << 57 | min over all shingles of (lo + slot * (hi | 1)) mod 2^32.
//             Variance at most J(1-J)/K, down to 0.75 of it near |A| = 2 K.
//   kClassic  slot = min over all shingles of (lo + slot * (hi | 1)) mod 2^32. Variance J(1-J)/K.
//   lo and hi are the halves of a shingle. Slots of different algorithms or K must not be compared
//   (sketch/signature_identity.h). The formulae are for ever; golden vectors in tests/sketch.
// Cost at K = 128 with the portable kernels at 2 GHz: kClassic 25-30 ns a shingle; kFast 1-2 ns a
//   shingle from 300 shingles up, and up to half of kClassic below 100. No allocation; 5 KB of stack.
// Threads: const methods are concurrent-safe. Determinism: the same on every machine. Errors: none.
// Source: Broder 1997; Li, Owen, Zhang, "One permutation hashing", NIPS 2012; the empty slots as
//   in Dahlgaard, Knudsen, Thorup, "Fast similarity sketching", FOCS 2017, cut to one round, and
//   in Shrivastava, "Optimal densification for fast and accurate minwise hashing", ICML 2017, cut to
//   two; double hashing after Kirsch and Mitzenmacher, ESA 2006.
// Example:
//   const MinHasher hasher(SketchAlgorithm::kFast, /*num_hashes=*/128);
//   std::vector<uint64_t> a(128), b(128);
//   hasher.Sketch(shingles_a, a);
//   hasher.Sketch(shingles_b, b);
//   const double jaccard = EstimateJaccard(a, b);
#ifndef REFRAIN_SKETCH_MIN_HASH_H_
#define REFRAIN_SKETCH_MIN_HASH_H_

#include <cstdint>
#include <span>
#include <vector>

namespace refrain {

enum class SketchAlgorithm { kFast, kClassic };

class MinHasher {
 public:
  static constexpr int kMaxHashes = 4096;

  MinHasher(SketchAlgorithm algorithm, int num_hashes);  // REQUIRES: 1 <= num_hashes <= kMaxHashes

  // Overwrites all slots. REQUIRES: slots.size() == num_hashes(), !shingles.empty(): an empty set
  // has no signature, and one made up for it would be like all others of its kind.
  void Sketch(std::span<const uint64_t> shingles, std::span<uint64_t> slots) const;

  // A lower bound on the distinct shingles that gave these slots: in a fast sketch each slot that has not borrowed holds
  // one of its own. No more than 1 is known of a classic one.
  size_t FewestShingles(std::span<const uint64_t> slots) const;

  SketchAlgorithm algorithm() const { return algorithm_; }
  int num_hashes() const { return num_hashes_; }

  // The bins that a slot borrows from when it is empty, in turn.
  struct Lenders {
    uint16_t first, second;
  };

 private:
  SketchAlgorithm algorithm_;
  int num_hashes_;
  std::vector<Lenders> lenders_;  // by slot; none for kClassic
};

// The share of equal slots. REQUIRES: a.size() == b.size(), not 0; both from the same MinHasher.
double EstimateJaccard(std::span<const uint64_t> a, std::span<const uint64_t> b);

// One bit of each of the first 128 slots, 0 where there are fewer: for ordering candidates by
// likeness in 16 bytes a document. Expected distance of K <= 128 slots: K (1 - J) / 2.
struct OneBitSketch {
  uint64_t words[2] = {0, 0};
  bool operator==(const OneBitSketch&) const = default;
};

OneBitSketch ToOneBit(std::span<const uint64_t> slots);

// A distance that sketches of so many slots exceed with a probability of at most 10^-6 if their sets have at least this
// Jaccard.
int FarthestLikely(double jaccard, int num_hashes);

// The number of different bits, 0..128.
int Distance(const OneBitSketch& a, const OneBitSketch& b);

}  // namespace refrain

#endif  // REFRAIN_SKETCH_MIN_HASH_H_
