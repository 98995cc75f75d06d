// Validates one JSON object from end to end and catches the fields that are wanted on the way.
//
// One pass from the first byte to the last, and for the id alone only as far as it stands: nearly all of a record is
// the inside of strings, which vector code reads 64 bytes at a time and whose escapes it undoes where they are wanted.
// Everything is checked on the way but UTF-8: the caller does that where there is more than ASCII.
#ifndef REFRAIN_IO_JSON_WALK_H_
#define REFRAIN_IO_JSON_WALK_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/io/byte_buffer.h"

namespace refrain {

struct JsonToken {
  char first = '\0';  // of the value: " { [ t f n - or a digit
  std::string_view
      bytes;          // as in the record; of a string what it means; none of objects and arrays
  bool ascii = true;  // of a string: before its escapes are undone
};

// A field by name: the key itself if the record has it, else the dotted path. Of equal keys the
// first counts.
class WantedField {
 public:
  explicit WantedField(std::string name);

  const std::string& name() const { return name_; }
  const JsonToken* found() const { return literal_ != nullptr ? literal_ : at_path_; }  // or null
  bool certain() const { return literal_ != nullptr; }  // nothing further on can change found()

  void Clear() {
    parts_taken_ = 0;
    literal_ = at_path_ = nullptr;
  }

  // What the value of a key is to the field: nothing, where its path goes on, or the field itself.
  enum class Use { kNone, kLeads, kFound };
  // To be asked at a depth where the path has led so far. The token is that of the value; it need
  // not be filled yet.
  Use Offer(std::string_view key, size_t depth, const JsonToken* token);

 private:
  std::string name_;
  std::vector<std::string> parts_;  // of a path; a name without dots has none
  size_t parts_taken_ = 0;
  const JsonToken* literal_ = nullptr;
  const JsonToken* at_path_ = nullptr;
};

class JsonWalk {
 public:
  explicit JsonWalk(const std::vector<std::string>& names);

  // False if the record is broken: see error() and at(). The walk ends early once the first of the
  // fields is certain, if `only_first`. kRecordPadding bytes behind the record must be readable.
  // REQUIRES: behind space, the record begins with a brace.
  bool Run(std::string_view record, bool only_first);

  // Of the last record. Strings are views of it, or of a buffer here if they have escapes.
  const std::vector<WantedField>& fields() const { return fields_; }
  uint64_t lone_surrogates() const { return lone_surrogates_; }
  const char* error() const { return error_; }
  size_t at() const { return at_; }  // where the walk ended
  // Whether all strings before that are ASCII, the value of this token aside, which may be null.
  bool IsAsciiBut(const JsonToken* token) const;

 private:
  using Mask = uint32_t;  // a bit for each field

  void Begin(std::string_view record, bool only_first);
  // Each takes what begins at p, which may be the end of the record, and tells where it ends; null
  // if it is broken. `led`: the fields whose path has led here.
  template <typename Item>
  const char* List(const char* p, char close, size_t depth, const Item& item);
  const char* Object(const char* p, Mask led, size_t depth);
  const char* Array(const char* p, size_t depth);
  const char* Field(const char* p, Mask led, size_t depth);
  const char* Value(const char* p, bool wanted, Mask led, size_t depth, JsonToken* token);
  const char* String(const char* p, bool wanted, JsonToken* token);
  const char* StringFrom(const char* p, const char* quote, bool wanted, JsonToken* token);
  const char* EndOfString(const char* stop, const char* quote);
  const char* Word(const char* p, std::string_view* bytes);  // a number or literal
  const char* Punctuation(char mark, const char* p);
  const char* AtEnd(const char* p);
  const char* SkipSpace(const char* p) const;
  char CharAt(const char* p) const { return p == end_ ? '\0' : *p; }

  Mask Offer(std::string_view key, Mask led, size_t depth, bool* wanted);
  char* Room();
  std::nullptr_t Fail(const char* at, const char* error);

  std::vector<WantedField> fields_;
  std::vector<JsonToken> tokens_;  // that were found, at most two a field, and one to write to
  ByteBuffer unescaped_;

  const char* begin_ = nullptr;
  const char* end_ = nullptr;
  bool only_first_ = false;
  bool done_ = false;
  bool ascii_ = true;  // all strings but those found
  size_t found_ = 0;
  uint64_t lone_surrogates_ = 0;
  char* room_ = nullptr;  // for the next string that has escapes
  const char* error_ = nullptr;
  size_t at_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_WALK_H_
