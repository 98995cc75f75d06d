// Which pairs of documents are candidates: they share a band group, or the smaller is too short for a sketch.
//
// This is the definition that every way of finding candidates (lists of group members, prefix indexes) has to meet,
// so that the way never changes the result. Copies and texts without tokens are in no pair.
// Threads: immutable, concurrent-safe. Cost: a comparison a band for a pair.
#ifndef REFRAIN_KEEP_CANDIDATE_RULE_H_
#define REFRAIN_KEEP_CANDIDATE_RULE_H_

#include <algorithm>
#include <cstdint>

#include "refrain/base/doc_id.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {

class CandidateRule {
 public:
  // max_distance: two sketches further apart are no candidates; negative for no such bound.
  // Table and bands must outlive the rule.
  CandidateRule(const SketchTable* table, const BandGroups* bands, int max_distance)
      : table_(*table), bands_(*bands), max_distance_(max_distance) {}

  bool ShortPair(DocId a, DocId b) const {
    return std::min(table_.shingles[a], table_.shingles[b]) < kShortShingles;
  }
  bool BandPair(uint32_t row_a, uint32_t row_b) const {
    return row_a != kNoRow && row_b != kNoRow && bands_.ShareGroup(row_a, row_b) &&
           (max_distance_ < 0 || RowDistance(row_a, row_b) <= max_distance_);
  }

  // For ordering candidates: 0 is most alike; pairs without sketches come last.
  int RowDistance(uint32_t row_a, uint32_t row_b) const {
    if (row_a == kNoRow || row_b == kNoRow) return 128;
    return Distance(bands_.sketches[row_a], bands_.sketches[row_b]);
  }

 private:
  const SketchTable& table_;
  const BandGroups& bands_;
  int max_distance_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_CANDIDATE_RULE_H_
