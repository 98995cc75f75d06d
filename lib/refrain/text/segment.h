// Reads one normalisation segment: a code point and those after it that NFKC may join with it or
// reorder.
//
// The slow path of the tokeniser. Normalisation never reaches over the border of a segment, so that
// nothing else of a text needs real NFKC.
#ifndef REFRAIN_TEXT_SEGMENT_H_
#define REFRAIN_TEXT_SEGMENT_H_

#include <cstddef>
#include <span>
#include <vector>

#include "refrain/text/raw_text.h"

namespace refrain::internal {

struct Segment {
  const uint8_t* begin;
  const uint8_t* end;              // of its last code point that is not dropped
  std::span<const Mapped> mapped;  // until the reader's next use
  bool cut;  // it is longer than the limit; the rest follows as segments of their own
};

class SegmentReader {
 public:
  // Longer runs of marks are absurd; the limit bounds memory.
  static constexpr size_t kMaxCodePoints = size_t{1} << 20;

  explicit SegmentReader(const RawText& text) : text_(text) {}

  Segment Read(const RawCodePoint& first, size_t limit = kMaxCodePoints);

 private:
  void Normalize(const RawCodePoint& first);
  void AppendMapped(char32_t c, const RawCodePoint& first);

  const RawText& text_;
  std::vector<char32_t> code_points_;
  std::vector<Mapped> mapped_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_SEGMENT_H_
