// Deduplication as docs/design.md defines it, by comparing everything with everything: the oracle of the dedup lane.
//
// Shingles are windows of token ids compared as such, not hashes; sets, Jaccard, copies, keep order and the greedy
// choice are all computed here. Of the library it uses the tokenizer alone.
#ifndef REFRAIN_TESTS_REFERENCE_GREEDY_DEDUP_H_
#define REFRAIN_TESTS_REFERENCE_GREEDY_DEDUP_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "refrain/text/tokenizer.h"

namespace refrain::reference {

// a < b.
struct NaivePair {
  size_t a;
  size_t b;
  uint64_t shared;
  double jaccard;
};

class GreedyDedup {
 public:
  GreedyDedup(const std::vector<std::string>& texts, const NormalizeOptions& normalize,
              size_t ngram = 5);

  size_t size() const { return sets_.size(); }
  size_t tokens(size_t doc) const { return tokens_[doc].size(); }
  size_t shingles(size_t doc) const { return sets_[doc].size(); }
  bool empty(size_t doc) const { return tokens_[doc].empty(); }
  bool AreCopies(size_t a, size_t b) const { return !empty(a) && tokens_[a] == tokens_[b]; }
  uint64_t Shared(size_t a, size_t b) const;
  double Jaccard(size_t a, size_t b) const;

  // All pairs at or above the threshold, sorted; texts without tokens are in none.
  std::vector<NaivePair> Pairs(double threshold) const;

  // Documents, most tokens first, ties in input order.
  std::vector<size_t> LongestFirst() const;

  // Who is kept when documents are taken in this order and one is kept unless a pair joins it to a kept one.
  static std::vector<bool> Greedy(const std::vector<size_t>& order,
                                  const std::vector<NaivePair>& pairs);

  // The first member in this order of each document's connected component.
  static std::vector<size_t> Components(const std::vector<size_t>& order,
                                        const std::vector<NaivePair>& pairs);

 private:
  std::vector<std::vector<uint64_t>> tokens_;
  std::vector<std::vector<uint32_t>> sets_;  // numbers of windows, ascending
  size_t windows_ = 0;
};

}  // namespace refrain::reference

#endif  // REFRAIN_TESTS_REFERENCE_GREEDY_DEDUP_H_
