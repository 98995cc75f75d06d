// Turns the tokens of a text into shingles: a 64-bit hash of each window of n tokens.
//
// Input: token ids in text order. They must be strong hashes, not small numbers.
// Output: hashes in text order, repeats kept. Equal windows give equal hashes; different ones
//   collide with a chance of about 2^-63 a pair. The hash depends on the seed, the window's length
//   and its tokens alone.
// Cost: n + 2 multiplications a shingle (7 cycles at n = 5); 8 bytes a shingle, no allocation once
//   the vector is warm.
// Threads: const methods are concurrent-safe. Determinism: the same on every machine. Errors: none.
// Source: multilinear hashing, Lemire and Kaser, "Strongly universal string hashing is fast",
//   Computer Journal 2014, with a finaliser, as sums alone are too linear for minwise hashing.
// Example:
//   const Shingler shingler(/*ngram=*/5, /*seed=*/1);
//   std::vector<uint64_t> shingles;
//   shingler.Shingle(tokens.ids, &shingles);
//   SortUnique(&shingles);   // the set of the document
#ifndef REFRAIN_SHINGLE_SHINGLER_H_
#define REFRAIN_SHINGLE_SHINGLER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refrain {

class Shingler {
 public:
  Shingler(int ngram, uint64_t seed);  // REQUIRES: ngram >= 1

  // Replaces *shingles. A text of 1 to ngram-1 tokens has one shingle over all of them; a text
  // without tokens has none. A short text's shingle equals no longer window's but by chance: the
  // length is part of the hash.
  void Shingle(std::span<const uint64_t> tokens, std::vector<uint64_t>* shingles) const;

  int ngram() const { return static_cast<int>(multipliers_.size()); }
  uint64_t seed() const { return seed_; }

 private:
  uint64_t seed_;
  std::vector<uint64_t> multipliers_;  // ngram of them, odd
};

// Sorts and removes repeats: the set of a document. Any values are sorted; hashes are sorted fast.
// Cost: 8-20 ns a shingle. Allocates as many words again for more than a few hundred.
void SortUnique(std::vector<uint64_t>* shingles);

// Counts distinct shingles exactly, without sorting. Any values are counted, hashes fast.
// Cost: 1-3 ns a shingle and nothing allocated, once warm, for fewer than 2^16 shingles; beyond,
//   5-10 ns and 8 bytes a shingle, given back. At most 1.2 MB are kept.
// Threads: one counter a thread. Errors: none.
// Example:
//   DistinctCounter counter;
//   const uint32_t size = counter.Count(shingles);
class DistinctCounter {
 public:
  uint32_t Count(std::span<const uint64_t> shingles);  // REQUIRES: fewer than 2^32 of them

 private:
  uint32_t CountPart(std::span<const uint64_t> shingles);

  std::vector<uint16_t> table_;  // entries, then room for a place a shingle
};

}  // namespace refrain

#endif  // REFRAIN_SHINGLE_SHINGLER_H_
