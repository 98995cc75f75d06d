// Turns the set of a document's shingles into one 64-bit word; similar sets have words that differ
// in few bits.
//
// Input: strong 64-bit shingle hashes, each once: repeats DO count here, so pass a set
//   (shingle/shingler.h, SortUnique). Order does not matter.
// Output: bit i is 1 if more than half of the shingles have bit i set. For sets of equal size
//   E[distance] = 64/pi * arccos(2J / (1 + J)): 3 bits are J = 0.98, 8 bits J = 0.86.
// Cost: 2-4 ns a shingle, no allocation; block keys 2 ns each.
// Threads: all is concurrent-safe. Determinism: the same on every machine.
// Errors: BlockKeys::Create, InvalidArgument.
// Source: Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002; block
//   tables: Manku, Jain, Das Sarma, "Detecting near-duplicates for web crawling", WWW 2007.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const BlockKeys tables, BlockKeys::Create(/*max_distance=*/3));
//   std::vector<uint32_t> keys(tables.size());
//   tables.Keys(SimHash(set), keys);   // two words within 3 bits share keys[t] for some t
#ifndef REFRAIN_SKETCH_SIM_HASH_H_
#define REFRAIN_SKETCH_SIM_HASH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace refrain {

uint64_t SimHash(std::span<const uint64_t> shingles);  // REQUIRES: !shingles.empty()

// The number of different bits, 0..64.
int HammingDistance(uint64_t a, uint64_t b);

// Tables that find all words within a Hamming distance: the word is cut into m blocks, and h
// different bits leave some m - h blocks alone. One table for each choice of m - h blocks: C(m, h)
// of them, m = h + 3 for h <= 3 and h + 2 beyond:
// 1, 4, 10, 20, 15, 21, 28, 36, 45 tables for h = 0..8.
class BlockKeys {
 public:
  static constexpr int kMaxDistance = 8;

  // InvalidArgument unless 0 <= max_distance <= kMaxDistance.
  static absl::StatusOr<BlockKeys> Create(int max_distance);

  // The number of tables.
  size_t size() const { return masks_.size(); }

  // keys[t] = 32-bit hash of the table's number and the word's bits in the table's blocks.
  // REQUIRES: keys.size() == size(). Words with equal bits there have equal keys; others but by
  // chance, 2^-32.
  void Keys(uint64_t word, std::span<uint32_t> keys) const;

 private:
  explicit BlockKeys(std::vector<uint64_t> masks) : masks_(std::move(masks)) {}

  std::vector<uint64_t> masks_;  // a table each, ascending by choice of blocks
};

}  // namespace refrain

#endif  // REFRAIN_SKETCH_SIM_HASH_H_
