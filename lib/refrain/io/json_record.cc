#include "refrain/io/json_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <new>
#include <vector>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/json_walk.h"
#include "refrain/io/utf8.h"

namespace refrain {
namespace {

std::string_view KindOf(char first) {
  switch (first) {
    case '"':
      return "a string";
    case '{':
      return "an object";
    case '[':
      return "an array";
    case 't':
    case 'f':
      return "a boolean";
    case 'n':
      return "null";
    default:
      return "a number";
  }
}

bool IsNumber(const JsonToken& token) {
  return token.first == '-' || (token.first >= '0' && token.first <= '9');
}

absl::Status WrongKind(const WantedField& field, const char* wanted) {
  return absl::InvalidArgumentError(absl::StrCat(
      "field \"", field.name(), "\" is ", ToAbsl(KindOf(field.found()->first)), ", not ", wanted));
}

absl::Status Broken(size_t at, const char* why) {
  return absl::InvalidArgumentError(absl::StrCat("broken JSON at byte ", at, ": ", why));
}

}  // namespace

struct RecordParser::Impl {
  static constexpr size_t kId = 0;
  static constexpr size_t kText = 1;
  static constexpr size_t kNumber = 2;

  explicit Impl(const FieldNames& names) : walk(ListOf(names)) {}

  static std::vector<std::string> ListOf(const FieldNames& names) {
    if (names.number.empty()) return {names.id, names.text};
    return {names.id, names.text, names.number};
  }

  const WantedField& field(size_t i) const { return walk.fields()[i]; }
  absl::Status Guarded(std::string_view record, bool only_id, RecordFields* fields);
  absl::Status Read(std::string_view record, bool only_id, RecordFields* fields);
  absl::Status Walk(std::string_view record, bool only_id, RecordFields* fields);
  absl::Status WalkRepaired(std::string_view record, bool only_id, RecordFields* fields);
  absl::Status Take(bool only_id, RecordFields* fields) const;
  absl::Status TakeId(RecordFields* fields) const;
  absl::Status TakeText(RecordFields* fields) const;
  void TakeNumber(RecordFields* fields) const;

  JsonWalk walk;
  std::string repaired;
};

absl::Status RecordParser::Impl::Read(std::string_view record, bool only_id, RecordFields* fields) {
  *fields = {};
  const size_t first = record.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Broken(0, "the record is empty");
  if (record[first] != '{') {
    return absl::InvalidArgumentError(
        absl::StrCat("the record is no JSON object (byte ", first, " is not an opening brace)"));
  }
  REFRAIN_RETURN_IF_ERROR(Walk(record, only_id, fields));
  // Only the text may be broken, and not if it is the id too.
  const bool both = field(kText).found() == field(kId).found();
  const bool valid = walk.IsAsciiBut(both ? nullptr : field(kText).found()) ||
                     IsValidUtf8(record.substr(0, walk.at()));
  return valid ? Take(only_id, fields) : WalkRepaired(record, only_id, fields);
}

// What is in memory of a record of this size need not be there twice.
absl::Status RecordParser::Impl::Guarded(std::string_view record, bool only_id,
                                         RecordFields* fields) {
  try {
    return Read(record, only_id, fields);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory to parse a record of ", record.size(), " bytes"));
  }
}

absl::Status RecordParser::Impl::Walk(std::string_view record, bool only_id, RecordFields* fields) {
  if (!walk.Run(record, only_id)) return Broken(walk.at(), walk.error());
  fields->replaced += walk.lone_surrogates();
  return absl::OkStatus();
}

absl::Status RecordParser::Impl::WalkRepaired(std::string_view record, bool only_id,
                                              RecordFields* fields) {
  repaired.clear();
  fields->replaced = AppendRepairedUtf8(record, &repaired);
  const size_t size = repaired.size();
  repaired.append(kRecordPadding, ' ');
  REFRAIN_RETURN_IF_ERROR(Walk(std::string_view(repaired).substr(0, size), only_id, fields));
  return Take(only_id, fields);
}

absl::Status RecordParser::Impl::Take(bool only_id, RecordFields* fields) const {
  REFRAIN_RETURN_IF_ERROR(TakeId(fields));
  if (only_id) return absl::OkStatus();
  TakeNumber(fields);
  return TakeText(fields);
}

absl::Status RecordParser::Impl::TakeId(RecordFields* fields) const {
  const JsonToken* const token = field(kId).found();
  if (token == nullptr || token->first == 'n') return absl::OkStatus();
  if (token->first != '"' && !IsNumber(*token)) {
    return WrongKind(field(kId), "a string or a number");
  }
  fields->id = token->bytes;
  fields->has_id = true;
  return absl::OkStatus();
}

absl::Status RecordParser::Impl::TakeText(RecordFields* fields) const {
  const JsonToken* const token = field(kText).found();
  if (token == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no field \"", field(kText).name(), "\""));
  }
  if (token->first != '"') return WrongKind(field(kText), "a string");
  fields->text = token->bytes;
  return absl::OkStatus();
}

void RecordParser::Impl::TakeNumber(RecordFields* fields) const {
  if (walk.fields().size() <= kNumber) return;
  const JsonToken* const token = field(kNumber).found();
  if (token == nullptr || !IsNumber(*token)) return;
  double value = 0;
  const auto result =
      std::from_chars(token->bytes.data(), token->bytes.data() + token->bytes.size(), value);
  if (result.ec == std::errc() && std::isfinite(value)) fields->number = value;
}

RecordParser::RecordParser(const FieldNames& names) : impl_(std::make_unique<Impl>(names)) {}
RecordParser::~RecordParser() = default;
RecordParser::RecordParser(RecordParser&&) noexcept = default;

absl::Status RecordParser::Parse(std::string_view record, RecordFields* fields) {
  return impl_->Guarded(record, false, fields);
}

absl::Status RecordParser::ParseId(std::string_view record, RecordFields* fields) {
  return impl_->Guarded(record, true, fields);
}

}  // namespace refrain
