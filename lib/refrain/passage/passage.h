// A stretch of one text that stands in another, or again in the same one.
//
// Ranges are half-open, in tokens; the first and the last token of both sides are equal. a comes before b: by document,
// then by place. In one document the sides may overlap: then the text has a period, b_begin - a_begin.
#ifndef REFRAIN_PASSAGE_PASSAGE_H_
#define REFRAIN_PASSAGE_PASSAGE_H_

#include <compare>
#include <cstdint>
#include <span>
#include <string>

#include "refrain/base/doc_id.h"

namespace refrain {

struct Passage {
  DocId doc_a = 0;
  DocId doc_b = 0;
  uint32_t a_begin = 0;
  uint32_t a_end = 0;
  uint32_t b_begin = 0;
  uint32_t b_end = 0;
  uint32_t equal = 0;    // tokens that are equal, in order
  uint32_t columns = 0;  // of the alignment: equal tokens and edits
  uint32_t run = 0;      // the longest exact run

  bool Tandem() const { return doc_a == doc_b && b_begin < a_end; }
  double Identity() const { return static_cast<double>(equal) / columns; }
  auto operator<=>(const Passage&) const = default;
};

std::string DebugString(std::span<const Passage> passages);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_PASSAGE_H_
