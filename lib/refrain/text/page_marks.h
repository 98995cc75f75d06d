// Finds what the printer, the scanner or the web page put into a text: page numbers and markers.
//
// Input: any bytes. Output: byte ranges, half-open, sorted, disjoint; what stands in them is no part
//   of the text that was written. Recognised, in either Chinese script, digits of any width:
//   - a form feed;
//   - on a line of its own: a page number with its word, the count of pages, both (N of M), or a
//     number between dashes;
//   - anywhere: a marker in square or lenticular brackets that names a page ("[OCR page 2]"), or
//     number and count of pages side by side;
//   - a browser's print header and footer: address and "1/15", date and time before them; a line
//     with date and time alone if it stands on two pages and a footer was seen;
//   - bare numbers on lines of their own, or a number and `、` at the begins of consecutive long
//     lines, if three or more count up by one and at two of three of them the line before is cut
//     inside a sentence: pages, not sections and not items of a list.
// Conservative: what might be text stays. Numbers within text, items of lists, references to a page
//   in running text are never marks.
// Cost: linear, 2 to 3 ns a byte, 10 ns a line. Memory: 48 bytes a line that begins with a number,
//   16 a mark. Threads: concurrent-safe. Errors: none.
// Example:
//   for (const TokenSpan& mark : FindPageMarks(text)) dropped += mark.end - mark.begin;
#ifndef REFRAIN_TEXT_PAGE_MARKS_H_
#define REFRAIN_TEXT_PAGE_MARKS_H_

#include <string_view>
#include <vector>

#include "refrain/text/tokenizer.h"

namespace refrain {

std::vector<TokenSpan> FindPageMarks(std::string_view text);

namespace internal {

// Whether a line, without its line end, is a page mark and nothing else: a number with the word for
// page, between dashes, or a print header or footer. A bare number is not.
bool IsPageMarkLine(std::string_view line);

}  // namespace internal
}  // namespace refrain

#endif  // REFRAIN_TEXT_PAGE_MARKS_H_
