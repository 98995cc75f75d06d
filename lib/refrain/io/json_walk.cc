#include "refrain/io/json_walk.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "refrain/io/json_string.h"

namespace refrain {
namespace {

using simdjson::error_code;
namespace ondemand = simdjson::ondemand;

constexpr size_t kMaxDepth = 1024;  // as simdjson's own parser
// How far at least a search for backslashes goes: through the whole of a short record at once, but
// not through a long one of which only the id is wanted.
constexpr size_t kLookAhead = 512;

std::string_view WithoutTrailingSpace(std::string_view token) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

// The iterator has made sure that nothing but space and a colon stands between a key and its value.
std::string_view KeyBytes(const char* key, const char* value) {
  while (*--value != '"') continue;
  return {key, static_cast<size_t>(value - key)};
}

bool IsLiteral(std::string_view token) {
  return token == "true" || token == "false" || token == "null";
}

// No parts if there is no dot.
std::vector<std::string> SplitAtDots(const std::string& name) {
  if (name.find('.') == std::string::npos) return {};
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

WantedField::Use WantedField::Offer(std::string_view key, size_t depth, const JsonToken* token) {
  if (depth == 0 && key == name_) {
    if (certain()) return Use::kNone;
    literal_ = token;
    return Use::kFound;
  }
  if (depth != parts_taken_ || depth == parts_.size() || key != parts_[depth]) return Use::kNone;
  ++parts_taken_;
  if (parts_taken_ < parts_.size()) return Use::kLeads;
  at_path_ = token;
  return Use::kFound;
}

JsonWalk::JsonWalk(const std::vector<std::string>& names)
    : fields_(names.begin(), names.end()), tokens_(2 * names.size() + 1) {}

void JsonWalk::Begin(std::string_view record, bool only_first) {
  record_ = record;
  only_first_ = only_first;
  done_ = at_backslash_ = false;
  lone_surrogates_ = found_ = 0;
  clean_to_ = record.data();
  at_ = room_ = nullptr;
  for (WantedField& field : fields_) field.Clear();
}

bool JsonWalk::TakeEscapes(bool wanted, std::string_view* inside) {
  const size_t clean = static_cast<size_t>(clean_to_ - inside->data());
  const std::string_view rest = inside->substr(clean);
  char* const out = wanted ? Room() : nullptr;
  if (wanted) std::memcpy(out, inside->data(), clean);
  const EscapeCheck check = wanted ? UndoEscapes(rest, out + clean) : CheckEscapes(rest);
  if (check.error != nullptr) return Fail(check.error, "an escape that JSON does not know");
  lone_surrogates_ += check.lone_surrogates;
  if (!wanted) return true;
  room_ = check.end;
  *inside = std::string_view(out, static_cast<size_t>(check.end - out));
  return true;
}

// If so, clean_to_ is where its first one stands. Strings come in order.
bool JsonWalk::HasBackslash(std::string_view inside) {
  const char* const end = inside.data() + inside.size();
  if (at_backslash_ && clean_to_ >= inside.data() && clean_to_ < end) return true;
  const char* const from = std::max(clean_to_, inside.data());
  const size_t left = static_cast<size_t>(record_.data() + record_.size() - from);
  const size_t size = std::max(static_cast<size_t>(end - from), std::min(kLookAhead, left));
  const void* const found = std::memchr(from, '\\', size);
  at_backslash_ = found != nullptr;
  clean_to_ = at_backslash_ ? static_cast<const char*>(found) : from + size;
  return clean_to_ < end;
}

// Strings do not overlap and never get longer, so that all of a record have room in its length.
char* JsonWalk::Room() {
  if (room_ == nullptr) {
    unescaped_.Reserve(record_.size());
    room_ = unescaped_.data();
  }
  return room_;
}

inline bool JsonWalk::ScanString(std::string_view raw, bool wanted, JsonToken* token) {
  if (raw.size() < 2 || raw.back() != '"') return Fail(raw.data(), "a string is not closed");
  token->bytes = raw.substr(1, raw.size() - 2);
  return TakeString(wanted, &token->bytes);
}

inline bool JsonWalk::Scan(std::string_view raw, bool wanted, JsonToken* token) {
  if (raw.empty()) return Fail(simdjson::INCOMPLETE_ARRAY_OR_OBJECT);
  *token = {raw[0], {}};
  if (raw[0] == '{' || raw[0] == '[') return true;
  const std::string_view bytes = WithoutTrailingSpace(raw);
  if (raw[0] == '"') return ScanString(bytes, wanted, token);
  token->bytes = bytes;
  return IsJsonNumber(bytes) || IsLiteral(bytes) || Fail(raw.data(), "not a JSON value");
}

// Goes into objects and arrays; all else is checked when it is scanned. Strings must be consumed
// all the same: the iterator would take one that it has to skip for a key if a colon follows.
inline bool JsonWalk::WalkValue(ondemand::value& value, char first, Mask led, size_t depth) {
  if (first == '{') return WalkObject(value.get_object(), led, depth + 1);
  if (first == '[') return WalkArray(value.get_array(), depth + 1);
  if (first == '"') {
    if (const error_code code = value.get_raw_json_string().error()) return Fail(code);
  }
  return true;
}

inline bool JsonWalk::WalkField(ondemand::field&& field, Mask led, size_t depth) {
  const std::string_view raw = field.value().raw_json_token();
  std::string_view key = KeyBytes(field.key().raw(), raw.data());
  if (!TakeString(led != 0, &key)) return false;
  JsonToken& token = tokens_[found_];
  bool wanted = false;
  Mask leads = 0;
  for (size_t i = 0; led >> i != 0; ++i) {
    if ((led >> i & 1) == 0) continue;
    const WantedField::Use use = fields_[i].Offer(key, depth, &token);
    wanted |= use == WantedField::Use::kFound;
    leads |= Mask{use == WantedField::Use::kLeads} << i;
  }
  found_ += wanted;
  if (!Scan(raw, wanted, &token)) return false;
  const char first = token.first;
  done_ = only_first_ && fields_[0].certain();
  return done_ || WalkValue(field.value(), first, leads, depth);
}

// What the iterator makes is used where it stands: a copy of what was just written in pieces waits
// until all of them have reached the cache, which was a good part of the time of a short record.
bool JsonWalk::WalkObject(Object&& object, Mask led, size_t depth) {
  if (object.error()) return Fail(object.error());
  if (depth >= kMaxDepth) return Fail(simdjson::DEPTH_ERROR);
  for (auto next : std::move(object).value_unsafe()) {
    if (next.error()) return Fail(next.error());
    if (!WalkField(std::move(next).value_unsafe(), led, depth)) return false;
    if (done_) return true;
  }
  return true;
}

bool JsonWalk::WalkArray(Array&& array, size_t depth) {
  if (array.error()) return Fail(array.error());
  if (depth >= kMaxDepth) return Fail(simdjson::DEPTH_ERROR);
  for (auto next : std::move(array).value_unsafe()) {
    if (next.error()) return Fail(next.error());
    ondemand::value&& value = std::move(next).value_unsafe();
    JsonToken token;
    if (!Scan(value.raw_json_token(), false, &token)) return false;
    if (!WalkValue(value, token.first, 0, depth)) return false;
  }
  return true;
}

bool JsonWalk::Run(std::string_view record, ondemand::document& document, bool only_first) {
  Begin(record, only_first);
  const Mask all = only_first ? 1 : (Mask{1} << fields_.size()) - 1;
  Object object = document.get_object();
  if (object.error()) return Fail(object.error());
  const bool walked = WalkObject(std::move(object), all, 0);
  const char* rest = nullptr;
  const bool at_end = document.current_location().get(rest) != simdjson::SUCCESS;
  if (!walked && at_ == nullptr) at_ = rest;
  if (!walked || done_) return walked;
  return at_end || Fail(rest, "something follows the object");
}

bool JsonWalk::Fail(const char* at, const char* error) {
  at_ = at;
  error_ = error;
  return false;
}

bool JsonWalk::Fail(error_code code) { return Fail(nullptr, Explain(code)); }

const char* Explain(error_code code) {
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
