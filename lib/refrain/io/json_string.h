// The inside of JSON tokens: checks strings and numbers against RFC 8259, and undoes escapes.
//
// Here and not simdjson's: its string reader refuses lone surrogates, which real corpora contain,
// and its number reader refuses integers beyond 64 bits, which are good ids.
#ifndef REFRAIN_IO_JSON_STRING_H_
#define REFRAIN_IO_JSON_STRING_H_

#include <cstdint>
#include <string_view>

namespace refrain {

struct EscapeCheck {
  const char* error = nullptr;  // the backslash of a wrong escape
  uint64_t lone_surrogates = 0;
  char* end = nullptr;  // of what was written
};

// `inside` stands between the quotes, or is the rest of that from a byte that no backslash escapes;
// raw control characters and UTF-8 are checked already (simdjson, stage 1). kRecordPadding bytes
// beyond it must be readable.
EscapeCheck CheckEscapes(std::string_view inside);

// Checks and undoes the escapes in one pass; a lone surrogate becomes U+FFFD. Writes to
// [out, out + inside.size() + kRecordPadding), of which the part before `end` counts.
EscapeCheck UndoEscapes(std::string_view inside, char* out);

bool IsJsonNumber(std::string_view token);

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_STRING_H_
