#include "refrain/io/json_record.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/json_walk.h"
#include "refrain/io/utf8.h"

namespace refrain {
namespace {

namespace ondemand = simdjson::ondemand;

static_assert(kRecordPadding >= simdjson::SIMDJSON_PADDING);

constexpr size_t kFirstCapacity = 1 << 16;

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

// Where the string stands that the first stage complains about: it tells only that there is one.
size_t FindBrokenString(std::string_view record, simdjson::error_code code) {
  bool inside = false;
  size_t begin = 0;
  for (size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (c == '"') {
      inside = !inside;
      if (inside) begin = i;
    } else if (inside && c == '\\') {
      ++i;
    } else if (inside && code == simdjson::UNESCAPED_CHARS && static_cast<uint8_t>(c) < 0x20) {
      return i;
    }
  }
  return code == simdjson::UNCLOSED_STRING ? begin : record.size();
}

absl::Status Broken(size_t at, const char* why) {
  return absl::InvalidArgumentError(absl::StrCat("broken JSON at byte ", at, ": ", why));
}

// Why there is nothing to walk.
absl::Status NotIterated(std::string_view record, simdjson::error_code code) {
  if (code == simdjson::MEMALLOC) {
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory to parse a record of ", record.size(), " bytes"));
  }
  const bool in_string = code == simdjson::UNESCAPED_CHARS || code == simdjson::UNCLOSED_STRING;
  return Broken(in_string ? FindBrokenString(record, code) : 0, Explain(code));
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
  absl::Status Read(std::string_view record, bool only_id, RecordFields* fields);
  simdjson::simdjson_result<ondemand::document> Iterate(std::string_view record);
  absl::Status Walk(std::string_view record, ondemand::document& document, bool only_id,
                    RecordFields* fields);
  absl::Status TakeId(RecordFields* fields) const;
  absl::Status TakeText(RecordFields* fields) const;
  void TakeNumber(RecordFields* fields) const;

  JsonWalk walk;
  ondemand::parser parser;
  std::string repaired;
};

simdjson::simdjson_result<ondemand::document> RecordParser::Impl::Iterate(std::string_view record) {
  if (record.size() > parser.capacity()) {
    const size_t capacity = std::max({record.size(), 2 * parser.capacity(), kFirstCapacity});
    const size_t most = std::max(record.size(), parser.max_capacity());
    if (const auto code = parser.allocate(std::min(capacity, most))) return code;
  }
  return parser.iterate(record.data(), record.size(), record.size() + kRecordPadding);
}

absl::Status RecordParser::Impl::Read(std::string_view record, bool only_id, RecordFields* fields) {
  *fields = {};
  auto document = Iterate(record);
  if (document.error() == simdjson::UTF8_ERROR) {
    repaired.clear();
    fields->replaced = AppendRepairedUtf8(record, &repaired);
    const size_t size = repaired.size();
    repaired.append(kRecordPadding, ' ');
    record = std::string_view(repaired).substr(0, size);
    document = Iterate(record);
  }
  if (document.error()) return NotIterated(record, document.error());
  ondemand::document&& iterated = std::move(document).value_unsafe();
  return Walk(record, iterated, only_id, fields);
}

absl::Status RecordParser::Impl::Walk(std::string_view record, ondemand::document& document,
                                      bool only_id, RecordFields* fields) {
  const size_t first = record.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && record[first] != '{') {
    return absl::InvalidArgumentError(
        absl::StrCat("the record is no JSON object (byte ", first, " is not an opening brace)"));
  }
  if (!walk.Run(record, document, only_id)) {
    const bool known = walk.at() >= record.data() && walk.at() <= record.data() + record.size();
    const size_t at = known ? static_cast<size_t>(walk.at() - record.data()) : record.size();
    return Broken(at, walk.error());
  }
  fields->replaced += walk.lone_surrogates();
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
  return impl_->Read(record, false, fields);
}

absl::Status RecordParser::ParseId(std::string_view record, RecordFields* fields) {
  return impl_->Read(record, true, fields);
}

}  // namespace refrain
