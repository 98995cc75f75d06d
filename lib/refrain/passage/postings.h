// The anchors that stand in two places or more: what is left of a corpus when everything unrepeated is dropped.
//
// Input: the anchors of all documents, in input order, as batches come. Output: postings in order of (document,
//   position), grouped by fingerprint.
// Cost: 16 bytes an anchor while they are collected; a table of 2 bits a slot, four slots an anchor, drops nearly all
//   that are alone before anything is sorted. Threads: Append by one; Take uses all that are allowed.
// Errors: ResourceExhausted beyond 2^32 - 1 repeated anchors.
// Example:
//   AnchorLists lists;
//   lists.Append(std::move(batch));                       // in input order
//   REFRAIN_ASSIGN_OR_RETURN(Postings postings, TakeRepeated(&lists));
#ifndef REFRAIN_PASSAGE_POSTINGS_H_
#define REFRAIN_PASSAGE_POSTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/passage/key_groups.h"
#include "refrain/passage/winnow.h"

namespace refrain {

// Anchors of consecutive documents.
struct AnchorBatch {
  struct Document {
    DocId doc;
    uint32_t anchors;
    uint32_t windows;  // of k-grams in the text: where the last anchor's ownership ends
  };
  std::vector<Document> documents;  // those with anchors
  std::vector<Anchor> anchors;
};

struct AnchorLists {
  std::vector<AnchorBatch> batches;
  uint64_t anchors = 0;
  void Append(AnchorBatch batch);
};

struct AnchorPlace {
  uint64_t fingerprint;
  DocId doc;
  uint32_t position;
  uint32_t first;    // first window it owns
  uint16_t windows;  // how many it owns
  bool follows;      // the anchor before it in its text is the posting before it
  bool operator==(const AnchorPlace&) const = default;
};

struct Postings {
  std::vector<AnchorPlace> rows;
  KeyGroups groups;  // of rows, by fingerprint

  // The documents that have any, ascending.
  std::vector<DocId> Documents() const;
  std::string DebugString() const;
};

// Empties the lists.
absl::StatusOr<Postings> TakeRepeated(AnchorLists* lists);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_POSTINGS_H_
