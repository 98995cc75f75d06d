// Validates one JSON object from end to end and catches the fields that are wanted on the way.
//
// simdjson's first stage checks UTF-8, quotes and control characters of the whole record at once;
// its On-Demand iterator checks the punctuation between values as it passes them. The walk visits
// every value, so nothing goes unchecked: strings by CheckEscapes, numbers by IsJsonNumber,
// literals by name, nesting by a limit.
#ifndef REFRAIN_IO_JSON_WALK_H_
#define REFRAIN_IO_JSON_WALK_H_

#include <simdjson.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace refrain {

// A value as it stands in the record.
struct JsonToken {
  char first = '\0';       // of the value: " { [ t f n - or a digit; '\0': there is none
  std::string_view bytes;  // a string without its quotes; empty for objects and arrays
  bool escaped = false;
};

// A field by name: the key itself if the record has it, else the dotted path. Of equal keys the
// first counts.
class WantedField {
 public:
  explicit WantedField(std::string name);

  const std::string& name() const { return name_; }
  const JsonToken& found() const { return literal_.first != '\0' ? literal_ : at_path_; }
  bool certain() const { return literal_.first != '\0'; }  // nothing further on can change found()

  void Clear();
  // Takes the value of `key` at a depth where the path has led so far; true if the path leads into
  // it.
  bool Offer(std::string_view key, size_t depth, const JsonToken& token);

 private:
  std::string name_;
  std::vector<std::string> parts_;
  size_t parts_taken_ = 0;
  JsonToken literal_;
  JsonToken at_path_;
};

class JsonWalk {
 public:
  // The walk ends early once the first of the fields is certain, if `only_first`.
  JsonWalk(std::span<WantedField> wanted, bool only_first)
      : wanted_(wanted), only_first_(only_first) {}

  // False if the record is broken: see error() and at().
  bool Run(simdjson::ondemand::document& document);

  const std::string& error() const { return error_; }
  const char* at() const { return at_; }  // null: not known
  uint64_t lone_surrogates() const { return lone_surrogates_; }

 private:
  using Mask = uint32_t;  // a bit for each wanted field whose path has led here

  bool Object(simdjson::ondemand::object object, Mask led, size_t depth);
  bool Array(simdjson::ondemand::array array, size_t depth);
  bool Field(simdjson::ondemand::field& field, Mask led, size_t depth);
  bool Value(simdjson::ondemand::value& value, JsonToken token, Mask led, size_t depth);
  bool Scan(std::string_view raw, JsonToken* token);
  bool CheckString(std::string_view inside, bool* escaped);
  std::string_view KeyBytes(const char* raw);

  bool Fail(const char* at, std::string error);
  bool Fail(simdjson::error_code code);

  std::span<WantedField> wanted_;
  const bool only_first_;
  bool done_ = false;
  uint64_t lone_surrogates_ = 0;
  std::string error_;
  const char* at_ = nullptr;
  std::string key_;  // the last key that had escapes, without them
};

// What an error of simdjson means, for people.
std::string Explain(simdjson::error_code code);

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_WALK_H_
