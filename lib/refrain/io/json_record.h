// Takes the fields that matter out of one JSON record.
//
// Input: one record, followed by kRecordPadding readable bytes. Field names may be dotted paths
//   (meta.id).
// Output: the text, unescaped UTF-8; the id as a string (a number as its literal); an optional
//   number.
// The whole record is validated, not just the fields; only the UTF-8 of the text is not looked at, which the Tokenizer
// does: it may be broken, as that of a text file. Invalid UTF-8 elsewhere and lone surrogate escapes in an otherwise
// valid record are read as U+FFFD and counted in `replaced`; the record itself stays as it is.
// Errors: InvalidArgument with a reason for people ("no field \"text\"", "field \"text\" is a
//   number, not a string", "broken JSON at byte 17: ..."); the caller knows file and line.
//   ResourceExhausted when there is no memory for a record of this size.
// Threads: one parser a thread; views live until the next Parse, and as long as the record does: a
//   string without escapes is a view of it. Cost: one pass, no allocation once
//   warm.
// Example:
//   RecordParser parser({.text = "text", .id = "id", .number = ""});
//   REFRAIN_RETURN_IF_ERROR(parser.Parse(record.bytes, &fields));
#ifndef REFRAIN_IO_JSON_RECORD_H_
#define REFRAIN_IO_JSON_RECORD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace refrain {

struct FieldNames {
  std::string text = "text";
  std::string id = "id";
  std::string number;  // "": none wanted
};

struct RecordFields {
  std::string_view text;  // not all of it need be valid UTF-8
  std::string_view id;
  bool has_id = false;           // false if the field is missing or null
  std::optional<double> number;  // none if missing or not a number
  uint64_t replaced = 0;
};

class RecordParser {
 public:
  explicit RecordParser(const FieldNames& names);
  ~RecordParser();
  RecordParser(RecordParser&&) noexcept;

  absl::Status Parse(std::string_view record, RecordFields* fields);

  // As Parse, but only the id is wanted: may stop reading once it is found. For records that Parse
  // accepted.
  absl::Status ParseId(std::string_view record, RecordFields* fields);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_RECORD_H_
