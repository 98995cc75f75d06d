// Groups as lists of their documents, before documents know their groups: what a group alone tells is used here, where
// its members stand side by side.
//
// Input: sorted buckets of key << 32 | document, in the order of keys. Output: Groups, numbered in that order.
// Cost: a random access or two a membership. In flight 4 bytes a document, a group and a membership; while rows are made,
//   8 a membership. Threads: uses all that are allowed.
// Example:
//   MemberLists lists(&table.shingles, &sketches);
//   lists.Take(&buckets);
//   lists.DropLonely(0.8, 64);
//   const Groups groups = lists.MakeGroups();
#ifndef REFRAIN_BUCKET_MEMBER_LISTS_H_
#define REFRAIN_BUCKET_MEMBER_LISTS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"
#include "refrain/bucket/groups.h"
#include "refrain/bucket/key_buckets.h"
#include "refrain/sketch/odd_sketch.h"

namespace refrain {

class MemberLists {
 public:
  // `shingles` of each document, and the sketches of those with keys, must outlive the lists.
  MemberLists(const PageVector<uint32_t>* shingles, const PageVector<OddSketch>* sketches);

  // Takes the groups of which at least one member is short.
  void Take(KeyBuckets* buckets);

  // Takes out of each group the documents that could not reach the threshold with any other member even if they shared
  // all groups of the one that is in fewer, or whose odd sketches tell so. They keep their rows. Groups of more than `crowded` members stay as they are.
  void DropLonely(double threshold, uint32_t crowded);

  // A row for each document that ever was in a group. The lists are used up.
  Groups MakeGroups();

 private:
  // What came from one bucket.
  struct Part {
    std::vector<DocId> members;   // one group after the other
    std::vector<uint32_t> sizes;  // of groups, the same
  };

  template <class Keep>
  void KeepMembers(Part* part, const Keep& keep) const;
  void TakePart(std::span<const uint64_t> pairs, Part* part);
  void Prefetch(DocId doc) const;
  bool HasShort(std::span<const DocId> members) const;
  bool CanReach(DocId a, DocId b, double threshold) const;
  size_t KeepThoseThatCanReach(double threshold, std::span<DocId> members,
                               std::vector<DocId>* scratch) const;

  const PageVector<uint32_t>& shingles_;
  const PageVector<OddSketch>& sketches_;
  PageVector<uint32_t> counts_;  // of groups, by document
  std::vector<Part> parts_;
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_MEMBER_LISTS_H_
