// What one line looks like: a heading, a salutation, a date, a page mark, or plain text.
//
// Input: a line without its line end, any bytes. Output: LineLook. Words are compared after
// normalisation (traditional to simplified, widths, pinyin dropped), punctuation as it stands. Lines
// of more than 512 bytes or 40 tokens are text: of these only the ends are read. Threads: any.
#ifndef REFRAIN_TEXT_LINE_LOOK_H_
#define REFRAIN_TEXT_LINE_LOOK_H_

#include <cstdint>
#include <string_view>

namespace refrain::internal {

// kLabel: a date, or what a label says (time, source, author, editor).
enum class LineKind : uint8_t { kBlank, kMark, kLabel, kSalutation, kShort, kText };

// How much a title word says: an address is hardly ever anything but a heading, a report often is.
enum class TitleWord : uint8_t { kNone, kPossible, kCertain };

struct LineLook {
  LineKind kind = LineKind::kBlank;
  TitleWord title_word = TitleWord::kNone;
  bool at_occasion = false;    // "... meeting's speech": the title word follows an occasion
  bool part_number = false;    // part 3, third part
  bool spaced = false;         // its letters are set apart, or it stands twice over
  bool numbered = false;       // begins like a section or an item: (1), 1., first,
  bool closed = false;         // ends like a sentence
  bool begins_inside = false;  // with punctuation that no line begins with
  bool hails = false;          // begins with a salutation that goes on as text
  bool subtitle = false;       // begins with a dash
  uint16_t tokens = 0;         // 65535 for long lines
};

LineLook LookAtLine(std::string_view line);

// Without blanks of any kind, zero-width characters, form feeds and BOM at both ends.
std::string_view TrimLine(std::string_view line);

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_LINE_LOOK_H_
