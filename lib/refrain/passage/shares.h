// How much of each document is repeated, each token counted once.
//
// Input: passages in order, and the places of ignored text, if there is any. Output: per document the tokens that stand again inside it, elsewhere, or either; and for
//   each pair of documents the tokens of one that passages with the other cover.
// Cost: two sorted entries a passage. Threads: plain function that uses all that are allowed.
// Example:
//   const Shares shares = CountShares(passages, documents);
//   const double copied = static_cast<double>(shares.documents[doc].repeated) / counts[doc];
#ifndef REFRAIN_PASSAGE_SHARES_H_
#define REFRAIN_PASSAGE_SHARES_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/passage/passage.h"
#include "refrain/passage/refrains.h"

namespace refrain {

struct DocumentShare {
  uint32_t repeated = 0;   // tokens
  uint32_t inside = 0;     // that stand again in the same document
  uint32_t elsewhere = 0;  // that stand in another one
  uint32_t ignored = 0;    // repeated or not
  uint32_t counted = 0;    // repeated and not ignored
};

// What passages with `other` cover of `doc`; doc and other may be equal.
struct SourceShare {
  DocId doc;
  DocId other;
  uint32_t tokens;
};

struct Shares {
  std::vector<DocumentShare> documents;
  std::vector<SourceShare> sources;  // by document, then by the other
  std::vector<size_t> begins;        // of each document in `sources`

  std::span<const SourceShare> SourcesOf(DocId doc) const {
    return std::span(sources).subspan(begins[doc], begins[doc + 1] - begins[doc]);
  }
  uint32_t Covered(DocId doc, DocId other) const;  // 0 if they share nothing
};

// `ignored` is sorted by document and begin. It changes `ignored` and `counted`, nothing else.
Shares CountShares(std::span<const Passage> passages, size_t documents,
                   std::span<const Place> ignored = {});

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_SHARES_H_
