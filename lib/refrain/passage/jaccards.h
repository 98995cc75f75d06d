// The exact Jaccard similarity of pairs of documents, on their sets of shingles.
//
// Input: pairs of documents whose tokens are loaded. Output: a figure each, in their order.
// Cost: shingling and sorting each document once (15 ns a token, 8 bytes each while it runs), then about 2 ns a shingle
//   of the smaller set, more where sizes are alike. Threads: uses all that are allowed.
// Example:
//   const std::vector<double> figures = ExactJaccards(pairs, store, Shingler(5, 1));
#ifndef REFRAIN_PASSAGE_JACCARDS_H_
#define REFRAIN_PASSAGE_JACCARDS_H_

#include <span>
#include <vector>

#include "refrain/passage/token_store.h"
#include "refrain/shingle/shingler.h"

namespace refrain {

struct DocumentPair {
  DocId a;
  DocId b;
};

std::vector<double> ExactJaccards(std::span<const DocumentPair> pairs, const TokenStore& store,
                                  const Shingler& shingler);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_JACCARDS_H_
