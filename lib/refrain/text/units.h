// Splits a text into units: the parts that are compared as one, above all the speeches of a
// compilation.
//
// Input: any bytes. Output: units in order that cover the text without gap or overlap; none for a
//   text without bytes. `begin` and `end` are bytes, half-open; every unit begins at the begin of
//   a line. Lines count from 1 and end with \n alone; line_begin is the unit's first line, line_end
//   the one after its last (half-open as well), so that it is the next unit's line_begin. `title`
//   is the raw heading line, trimmed, of at most 512 bytes; empty if the unit has none.
// Modes: kNone: the whole text, untitled. kLine: one for each line that is not blank; blank lines
//   belong to the unit before them, those at the begin to the first. kAuto: a unit begins at each
//   heading. A heading is known by its look, in either Chinese script and through pinyin noise: a
//   short line without closing punctuation that ends in a title word (a speech, an address, a
//   report, ...) or carries a part number, not numbered like a section, not the middle of a broken
//   sentence; a salutation, a date or a page break beside it count for it. What comes before the
//   first heading is a unit of its own, untitled, if it has any words. Of headings without text
//   between them the first one counts; of three or more, a table of contents, the last one too.
//   Titles numbered one after the other are no headings.
//   A speech that has no heading stays with the one before it.
// Units are facts about place, never barriers: what is found in a text may cross them.
// Cost: linear; about 1 us for each short line, 6 ns a byte. Memory: 48 bytes a line that is not blank. Threads:
//   concurrent-safe. Errors: none. The same bytes give the same units everywhere.
// Example:
//   const std::vector<Unit> units = SplitUnits(text, SplitMode::kAuto);
//   for (const Unit& unit : units) words += text.substr(unit.begin, unit.end - unit.begin).size();
#ifndef REFRAIN_TEXT_UNITS_H_
#define REFRAIN_TEXT_UNITS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace refrain {

enum class SplitMode { kNone, kAuto, kLine };

struct Unit {
  uint64_t begin;
  uint64_t end;
  uint64_t line_begin;
  uint64_t line_end;
  std::string title;
};

std::vector<Unit> SplitUnits(std::string_view text, SplitMode mode);

}  // namespace refrain

#endif  // REFRAIN_TEXT_UNITS_H_
