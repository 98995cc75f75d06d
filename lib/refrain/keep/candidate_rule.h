// Which pairs of documents are candidates: they share a band group, or the smaller is too short for a sketch, and no
// sketch rules them out.
//
// This is the definition that every way of finding candidates (lists of group members, prefix indexes) has to meet,
// so that the way never changes the result. Copies and texts without tokens are in no pair.
// Threads: immutable, concurrent-safe. Cost: a comparison a band for a pair, or one of odd sketches.
#ifndef REFRAIN_KEEP_CANDIDATE_RULE_H_
#define REFRAIN_KEEP_CANDIDATE_RULE_H_

#include <cstdint>

#include "refrain/base/doc_id.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {

class CandidateRule {
 public:
  // max_distance: two sketches further apart are no candidates; negative for no such bound.
  // Table and groups must outlive the rule.
  CandidateRule(const SketchTable* table, const ShortGroups* shorts, const BandGroups* bands,
                double threshold, int max_distance)
      : table_(*table),
        shorts_(*shorts),
        bands_(*bands),
        threshold_(threshold),
        max_distance_(max_distance) {}

  // Leaves out no pair at the threshold.
  bool ShortPair(uint32_t row_a, uint32_t row_b) const {
    const DocId a = shorts_.docs[row_a];
    const DocId b = shorts_.docs[row_b];
    return table_.IsShortPair(a, b) &&
           OddSketchesCanReach(table_.shingles[a], shorts_.sketches[row_a], table_.shingles[b],
                               shorts_.sketches[row_b], threshold_);
  }
  bool BandPair(uint32_t row_a, uint32_t row_b) const {
    return row_a != kNoRow && row_b != kNoRow && bands_.ShareGroup(row_a, row_b) &&
           IsNear(row_a, row_b);
  }
  // What is left of BandPair for rows of one group.
  bool IsNear(uint32_t row_a, uint32_t row_b) const {
    return max_distance_ < 0 || RowDistance(row_a, row_b) <= max_distance_;
  }

  // For ordering candidates: 0 is most alike; pairs without sketches come last.
  int RowDistance(uint32_t row_a, uint32_t row_b) const {
    if (row_a == kNoRow || row_b == kNoRow) return 128;
    return Distance(bands_.sketches[row_a], bands_.sketches[row_b]);
  }

 private:
  const SketchTable& table_;
  const ShortGroups& shorts_;
  const BandGroups& bands_;
  double threshold_;
  int max_distance_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_CANDIDATE_RULE_H_
