// Text that says nothing of a document, because everybody has it or it is known: the places of refrains that do not
// count.
//
// Input: refrains. Output: the places of those that are taken, by document and place; they may overlap.
// Cost: one look at each place, and sorting those taken. Threads: plain function.
// Example:
//   const IgnoredText ignored = CommonText(refrains, /*least_documents=*/20);
//   const Shares others = CountShares(passages, documents, ignored.places);
#ifndef REFRAIN_PASSAGE_IGNORED_TEXT_H_
#define REFRAIN_PASSAGE_IGNORED_TEXT_H_

#include <cstdint>
#include <vector>

#include "refrain/passage/refrains.h"

namespace refrain {

struct IgnoredText {
  std::vector<Place> places;
  uint64_t refrains = 0;
};

// Refrains that stand in `least_documents` documents or more.
IgnoredText CommonText(const Refrains& refrains, uint32_t least_documents);

// Refrains that stand in one of the documents before `first_known` and in one of those from there on, which are known
// text: their places in the former.
IgnoredText KnownText(const Refrains& refrains, DocId first_known);

// The places of both. `refrains` is the sum.
IgnoredText Both(const IgnoredText& x, const IgnoredText& y);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_IGNORED_TEXT_H_
