#include "refrain/io/json_walk.h"

#include <utility>

#include "refrain/io/json_string.h"

namespace refrain {
namespace {

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

constexpr size_t kMaxDepth = 1024;  // as simdjson's own parser

std::string_view WithoutTrailingSpace(std::string_view token) {
  return token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
}

bool IsLiteral(std::string_view token) {
  return token == "true" || token == "false" || token == "null";
}

std::vector<std::string> SplitAtDots(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '.')
      parts.emplace_back();
    else
      parts.back().push_back(c);
  }
  return parts;
}

}  // namespace

WantedField::WantedField(std::string name) : name_(std::move(name)), parts_(SplitAtDots(name_)) {}

void WantedField::Clear() {
  parts_taken_ = 0;
  literal_ = at_path_ = {};
}

bool WantedField::Offer(std::string_view key, size_t depth, const JsonToken& token) {
  if (depth == 0 && key == name_ && literal_.first == '\0') literal_ = token;
  if (parts_taken_ != depth || key != parts_[depth]) return false;
  ++parts_taken_;
  if (parts_taken_ == parts_.size()) at_path_ = token;
  return parts_taken_ < parts_.size();
}

bool JsonWalk::Run(ondemand::document& document) {
  ondemand::object object;
  if (const error_code code = document.get_object().get(object)) return Fail(code);
  const Mask all = (Mask{1} << wanted_.size()) - 1;
  const bool walked = Object(object, all, 0);
  const char* rest = nullptr;
  const bool at_end = document.current_location().get(rest) != simdjson::SUCCESS;
  if (!walked && at_ == nullptr) at_ = rest;
  if (!walked || done_) return walked;
  return at_end || Fail(rest, "something follows the object");
}

bool JsonWalk::Object(ondemand::object object, Mask led, size_t depth) {
  if (depth >= kMaxDepth) return Fail(simdjson::DEPTH_ERROR);
  for (auto next : object) {
    ondemand::field field;
    if (const error_code code = std::move(next).get(field)) return Fail(code);
    if (!Field(field, led, depth)) return false;
    if (done_) return true;
  }
  return true;
}

bool JsonWalk::Array(ondemand::array array, size_t depth) {
  if (depth >= kMaxDepth) return Fail(simdjson::DEPTH_ERROR);
  for (auto next : array) {
    ondemand::value value;
    if (const error_code code = std::move(next).get(value)) return Fail(code);
    JsonToken token;
    if (!Scan(value.raw_json_token(), &token)) return false;
    if (!Value(value, token, 0, depth)) return false;
  }
  return true;
}

bool JsonWalk::Field(ondemand::field& field, Mask led, size_t depth) {
  std::string_view key = KeyBytes(field.key().raw());
  bool escaped = false;
  if (!CheckString(key, &escaped)) return false;
  if (escaped) {
    key_.resize(key.size());
    key_.resize(static_cast<size_t>(Unescape(key, key_.data()) - key_.data()));
    key = key_;
  }
  JsonToken token;
  if (!Scan(field.value().raw_json_token(), &token)) return false;
  Mask leads = 0;
  for (size_t i = 0; i < wanted_.size(); ++i) {
    const bool here = (led >> i & 1) != 0;
    if (here && wanted_[i].Offer(key, depth, token)) leads |= Mask{1} << i;
  }
  done_ = only_first_ && wanted_[0].certain();
  return done_ || Value(field.value(), token, leads, depth);
}

// Goes into objects and arrays; all else is checked when it is scanned. Strings must be consumed
// all the same: the iterator would take one that it has to skip for a key if a colon follows.
bool JsonWalk::Value(ondemand::value& value, JsonToken token, Mask led, size_t depth) {
  if (token.first == '{') {
    ondemand::object object;
    if (const error_code code = value.get_object().get(object)) return Fail(code);
    return Object(object, led, depth + 1);
  }
  if (token.first == '[') {
    ondemand::array array;
    if (const error_code code = value.get_array().get(array)) return Fail(code);
    return Array(array, depth + 1);
  }
  if (token.first == '"') {
    if (const error_code code = value.get_raw_json_string().error()) return Fail(code);
  }
  return true;
}

bool JsonWalk::Scan(std::string_view raw, JsonToken* token) {
  if (raw.empty()) return Fail(simdjson::INCOMPLETE_ARRAY_OR_OBJECT);
  token->first = raw[0];
  if (raw[0] == '{' || raw[0] == '[') return true;
  const std::string_view bytes = WithoutTrailingSpace(raw);
  token->bytes = bytes;
  if (raw[0] != '"') {
    return IsJsonNumber(bytes) || IsLiteral(bytes) || Fail(raw.data(), "not a JSON value");
  }
  if (bytes.size() < 2 || bytes.back() != '"') return Fail(raw.data(), "a string is not closed");
  token->bytes = bytes.substr(1, bytes.size() - 2);
  return CheckString(token->bytes, &token->escaped);
}

bool JsonWalk::CheckString(std::string_view inside, bool* escaped) {
  const EscapeCheck check = CheckEscapes(inside);
  *escaped = check.any;
  lone_surrogates_ += check.lone_surrogates;
  return check.error == nullptr || Fail(check.error, "an escape that JSON does not know");
}

// The first stage has made sure that there is a closing quote.
std::string_view JsonWalk::KeyBytes(const char* raw) {
  const char* end = raw;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {raw, static_cast<size_t>(end - raw)};
}

bool JsonWalk::Fail(const char* at, std::string error) {
  at_ = at;
  error_ = std::move(error);
  return false;
}

bool JsonWalk::Fail(error_code code) { return Fail(nullptr, Explain(code)); }

std::string Explain(error_code code) {
  switch (code) {
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a control character inside a string";
    case simdjson::DEPTH_ERROR:
      return "nested deeper than 1024 levels";
    case simdjson::TAPE_ERROR:
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      return "a comma, colon or bracket is missing or out of place";
    case simdjson::EMPTY:
      return "the record is empty";
    case simdjson::CAPACITY:
      return "longer than 4 GB";
    default:
      return simdjson::error_message(code);
  }
}

}  // namespace refrain
