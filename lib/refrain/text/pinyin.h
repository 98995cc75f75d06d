// Finds pinyin in brackets, with at least one tone mark: the (fā) of 發(fā), which some web pages
// scatter over a text.
//
// Between the brackets: 1 to 8 letters of a-z, ü, ê, ɑ, ɡ and those that carry a tone (ā á ǎ à ...
// ǜ, ń, ḿ, ề); a tone mark that NFKC leaves on its own counts with the vowel, n or m before it. A
// closing bracket that itself carries a mark does not close.
#ifndef REFRAIN_TEXT_PINYIN_H_
#define REFRAIN_TEXT_PINYIN_H_

#include "refrain/text/segment.h"

namespace refrain::internal {

// The end of the closing bracket if pinyin and it begin at p, just behind an opening bracket; else
// nullptr. Looks at a bounded number of code points, dropped ones not counted.
const uint8_t* EndOfPinyin(const RawText& text, const uint8_t* p, SegmentReader* reader);

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_PINYIN_H_
