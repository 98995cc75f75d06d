// Validates one JSON object from end to end and catches the fields that are wanted on the way.
//
// simdjson's first stage checks UTF-8, quotes and control characters of the whole record at once;
// its On-Demand iterator checks the punctuation between values as it passes them. The walk visits
// every value, so nothing goes unchecked: escapes by CheckEscapes, or by UndoEscapes where the
// string is wanted, numbers by IsJsonNumber, literals by name, nesting by a limit.
#ifndef REFRAIN_IO_JSON_WALK_H_
#define REFRAIN_IO_JSON_WALK_H_

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/io/byte_buffer.h"

namespace refrain {

struct JsonToken {
  char first = '\0';  // of the value: " { [ t f n - or a digit
  std::string_view
      bytes;  // as in the record; of a string what it means; none of objects and arrays
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
  bool Run(std::string_view record, simdjson::ondemand::document& document, bool only_first);

  // Of the last record. Strings are views of it, or of a buffer here if they have escapes.
  const std::vector<WantedField>& fields() const { return fields_; }
  uint64_t lone_surrogates() const { return lone_surrogates_; }
  const char* error() const { return error_; }
  const char* at() const { return at_; }  // null: not known

 private:
  using Mask = uint32_t;  // a bit for each field
  using Object = simdjson::simdjson_result<simdjson::ondemand::object>;
  using Array = simdjson::simdjson_result<simdjson::ondemand::array>;

  void Begin(std::string_view record, bool only_first);
  // `led`: the fields whose path has led here.
  bool WalkObject(Object&& object, Mask led, size_t depth);
  bool WalkArray(Array&& array, size_t depth);
  bool WalkField(simdjson::ondemand::field&& field, Mask led, size_t depth);
  bool WalkValue(simdjson::ondemand::value& value, char first, Mask led, size_t depth);
  bool Scan(std::string_view raw, bool wanted, JsonToken* token);
  bool ScanString(std::string_view raw, bool wanted, JsonToken* token);
  // Checks the inside of a string, and undoes its escapes if it is wanted.
  bool TakeString(bool wanted, std::string_view* inside) {
    if (inside->data() + inside->size() <= clean_to_) return true;
    return !HasBackslash(*inside) || TakeEscapes(wanted, inside);
  }
  bool HasBackslash(std::string_view inside);
  bool TakeEscapes(bool wanted, std::string_view* inside);
  char* Room();

  bool Fail(const char* at, const char* error);
  bool Fail(simdjson::error_code code);

  std::vector<WantedField> fields_;
  std::vector<JsonToken> tokens_;  // that were found, at most two a field, and one to write to
  ByteBuffer unescaped_;

  std::string_view record_;
  bool only_first_ = false;
  bool done_ = false;
  size_t found_ = 0;
  uint64_t lone_surrogates_ = 0;
  // No backslash from the string in progress up to here, but perhaps one here.
  const char* clean_to_ = nullptr;
  bool at_backslash_ = false;
  char* room_ = nullptr;  // for the next string that has escapes
  const char* error_ = nullptr;
  const char* at_ = nullptr;
};

// What an error of simdjson means, for people.
const char* Explain(simdjson::error_code code);

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_WALK_H_
