// The inside of JSON tokens: checks strings and numbers against RFC 8259, and undoes escapes.
//
// Here and not simdjson's: its string reader refuses lone surrogates, which real corpora contain,
// its number reader refuses integers beyond 64 bits, which are good ids, and its first stage looks for structure inside
// of the text, which is nearly all of a record.
#ifndef REFRAIN_IO_JSON_STRING_H_
#define REFRAIN_IO_JSON_STRING_H_

#include <cstdint>
#include <string_view>

namespace refrain {

// The rest of a string.
struct StringRest {
  const char* stop;  // its quote; else a control character, a wrong escape or the end of the record
  char* written;     // the end of what was written
  uint64_t lone_surrogates = 0;
  bool ascii = true;  // all that was read
};

// `rest` goes from a byte inside a string that no backslash escapes to the end of the record at most. UTF-8 is not
// checked. kRecordPadding bytes beyond it must be readable.
StringRest SkipEscapes(std::string_view rest);

// Undoes the escapes on the way; a lone surrogate becomes U+FFFD. Writes to [out, out + rest.size() +
// kRecordPadding), of which the part before `written` counts.
StringRest UndoEscapes(std::string_view rest, char* out);

bool IsJsonNumber(std::string_view token);

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_STRING_H_
