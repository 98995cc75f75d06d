// All passages of a corpus: the seeds of each pair of documents, matched on all threads.
//
// Output: passages sorted by (a, b, places), the same for any number of threads. Fewer, when *cancelled becomes true: the
// caller does not use them.
#ifndef REFRAIN_PASSAGE_FIND_PASSAGES_H_
#define REFRAIN_PASSAGE_FIND_PASSAGES_H_

#include <atomic>
#include <span>
#include <vector>

#include "refrain/passage/pair_matcher.h"
#include "refrain/passage/token_store.h"

namespace refrain {

// REQUIRES: seeds are sorted.
std::vector<Passage> FindPassages(std::span<const Seed> seeds, const TokenStore& store,
                                  const PassageOptions& options,
                                  const std::atomic<bool>* cancelled = nullptr);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_FIND_PASSAGES_H_
