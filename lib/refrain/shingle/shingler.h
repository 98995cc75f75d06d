// Turns the tokens of a text into shingles: a 64-bit hash of each window of n tokens.
//
// Input: token ids in text order. They must be strong hashes, not small numbers.
// Output: hashes in text order, repeats kept. Equal windows give equal hashes; different ones
//   collide with a chance of at most 2^-60 a pair at n = 5, and about 2^-57 at any n. The hash
//   depends on the seed, the window's length and its tokens alone.
// Cost: 1 to 2 cycles a shingle at n = 5 with AVX-512; 8 bytes a shingle, no allocation once the
//   vector is warm.
// Threads: const methods are concurrent-safe. Determinism: the same on every machine. Errors: none.
// Source: cyclic polynomials, pairwise independent but for n - 1 bits: Lemire and Kaser, "Recursive
//   n-gram hashing is pairwise independent, at best", Computer Speech and Language 2010; in parts of
//   eight tokens, and with a finaliser, as XOR alone is too linear for minwise hashing.
// Example:
//   const Shingler shingler(/*ngram=*/5, /*seed=*/1);
//   RawVector<uint64_t> shingles;
//   shingler.Shingle(tokens.ids, &shingles);
//   SortUnique(&shingles);   // the set of the document
#ifndef REFRAIN_SHINGLE_SHINGLER_H_
#define REFRAIN_SHINGLE_SHINGLER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "refrain/base/raw_vector.h"

namespace refrain {

class Shingler {
 public:
  Shingler(int ngram, uint64_t seed);  // REQUIRES: ngram >= 1

  // Replaces *shingles. A text of 1 to ngram-1 tokens has one shingle over all of them; a text
  // without tokens has none. A short text's shingle equals no longer window's but by chance: the
  // length is part of the hash.
  void Shingle(std::span<const uint64_t> tokens, RawVector<uint64_t>* shingles) const;

  int ngram() const { return ngram_; }
  uint64_t seed() const { return seed_; }

 private:
  int ngram_;
  uint64_t seed_;
};

// Sorts and removes repeats: the set of a document. Any values are sorted; hashes are sorted fast.
// Cost: 8-20 ns a shingle. Allocates as many words again for more than a few hundred.
void SortUnique(RawVector<uint64_t>* shingles);

// Counts distinct shingles exactly, without sorting. Any values are counted, hashes fast.
// Cost: 1-3 ns a shingle (below 1 for up to 128 of them that are distinct) and nothing allocated, once warm, for fewer
//   than 2^16 shingles; beyond, 5-10 ns and 8 bytes a shingle, given back. At most 1.2 MB are kept.
// Threads: one counter a thread. Errors: none.
// Example:
//   DistinctCounter counter;
//   const uint32_t size = counter.Count(shingles);
class DistinctCounter {
 public:
  uint32_t Count(std::span<const uint64_t> shingles);  // REQUIRES: fewer than 2^32 of them

 private:
  // Few shingles seldom meet by chance on one of so many marks: if none do, they are distinct.
  static constexpr size_t kMarks = size_t{1} << 13;
  static constexpr size_t kMarkedMost = 128;

  bool AllMarksDiffer(std::span<const uint64_t> shingles);
  uint32_t CountPart(std::span<const uint64_t> shingles);

  std::array<uint8_t, kMarks> marks_{};
  uint8_t call_ = 0;
  std::vector<uint16_t> table_;  // entries, then room for a place a shingle
};

}  // namespace refrain

#endif  // REFRAIN_SHINGLE_SHINGLER_H_
