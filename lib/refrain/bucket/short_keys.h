// Which shingles of a short document another must share: the first floor((1-t)|x|)+1 in order of their hashes.
//
// If J(x, y) >= t, the first shingle that x and y share in any one order of all shingles stands among these of both (the
// prefix filter). The order here is that of the hashes, so it needs no statistics of the corpus.
// Input: the distinct shingles of a document, strong 64-bit hashes. Output: as many 32-bit keys; equal keys of different
//   shingles cost a comparison, never a result.
// Cost: one pass with few insertions. Threads: immutable, concurrent-safe.
// Source: Chaudhuri, Ganti, Kaushik, "A primitive operator for similarity joins" (2006); Bayardo et al. (2007).
// Example:
//   const ShortKeys rule(0.8);
//   if (rule.Count(set.size()) > 0) rule.Append(set, &keys);
#ifndef REFRAIN_BUCKET_SHORT_KEYS_H_
#define REFRAIN_BUCKET_SHORT_KEYS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refrain {

class ShortKeys {
 public:
  explicit ShortKeys(double threshold);

  // How many keys a document with so many distinct shingles has: none if it has no shingles, or more than one whose
  // partner is short can have.
  size_t Count(size_t shingles) const {
    if (shingles < usual_.size()) return usual_[shingles].length;
    return shingles > longest_ ? 0 : PrefixOf(shingles).length;
  }

  // The most distinct shingles that a document whose partner is short can have.
  size_t longest() const { return longest_; }

  double threshold() const { return threshold_; }

  // Appends the Count(shingles.size()) keys of a document. REQUIRES: none of its shingles is repeated.
  void Append(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const;

 private:
  bool AppendUsual(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const;
  void AppendSorted(std::span<const uint64_t> shingles, std::vector<uint32_t>* keys) const;

  // Of the shingles of a document, the smallest.
  struct Prefix {
    size_t length = 0;
    uint64_t likely_bound = 0;  // below which are so many, and few more, nearly always
  };
  Prefix PrefixOf(size_t shingles) const;

  double threshold_;
  size_t longest_;
  std::vector<Prefix> usual_;  // by the number of shingles, of which there are seldom more
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SHORT_KEYS_H_
