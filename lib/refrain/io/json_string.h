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
  bool any = false;             // whether there are escapes at all
  uint64_t lone_surrogates = 0;
};

// `inside` stands between the quotes; raw control characters and UTF-8 are checked already
// (simdjson, stage 1).
EscapeCheck CheckEscapes(std::string_view inside);

// Writes at most inside.size() bytes and returns their end; a lone surrogate becomes U+FFFD.
// REQUIRES: CheckEscapes found no error.
char* Unescape(std::string_view inside, char* out);

bool IsJsonNumber(std::string_view token);

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_STRING_H_
