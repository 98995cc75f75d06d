#include "refrain/io/json_walk.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "refrain/base/eight_bytes.h"
#include "refrain/io/json_string.h"
#include "refrain/simd/json_strings.h"

namespace refrain {
namespace {

constexpr size_t kMaxDepth = 1024;    // as simdjson's own parser
constexpr ptrdiff_t kEscapeMost = 6;  // \uXXXX
constexpr const char* kOutOfPlace = "a comma, colon or bracket is missing or out of place";

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool EndsWord(char c) { return c == ',' || c == '}' || c == ']' || IsSpace(c); }

bool IsLiteral(std::string_view word) {
  return word == "true" || word == "false" || word == "null";
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

constexpr size_t kShortRead = 8;

// The length of a string of at most seven bytes of ASCII without escapes, its quote left out, or kShortRead. Most keys are
// such, and many an id: a call of vector code would cost more. REQUIRES: eight bytes that may be read.
size_t ShortLength(const char* text) {
  const uint64_t bytes = EightBytes(text);
  const uint64_t quotes = BytesEqual(bytes, '"');
  const uint64_t others = BytesEqual(bytes, '\\') | BytesBelow(bytes, ' ') | (bytes & kHighBits);
  const bool ends = (quotes & (others - 1) & ~others) != 0;  // the first quote is before any other
  return ends ? static_cast<size_t>(std::countr_zero(quotes)) / 8 : kShortRead;
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
  begin_ = record.data();
  end_ = record.data() + record.size();
  only_first_ = only_first;
  done_ = false;
  ascii_ = true;
  lone_surrogates_ = found_ = 0;
  room_ = nullptr;
  for (WantedField& field : fields_) field.Clear();
}

bool JsonWalk::Run(std::string_view record, bool only_first) {
  Begin(record, only_first);
  const Mask all = only_first ? 1 : (Mask{1} << fields_.size()) - 1;
  const char* p = Object(SkipSpace(begin_) + 1, all, 0);
  if (p != nullptr && !done_) p = AtEnd(SkipSpace(p));
  if (p != nullptr) at_ = static_cast<size_t>(p - begin_);
  return p != nullptr;
}

const char* JsonWalk::AtEnd(const char* p) {
  return p == end_ ? p : Fail(p, "something follows the object");
}

inline const char* JsonWalk::SkipSpace(const char* p) const {
  while (p != end_ && IsSpace(*p)) ++p;
  return p;
}

// The mark and the space around it.
inline const char* JsonWalk::Punctuation(char mark, const char* p) {
  p = SkipSpace(p);
  if (CharAt(p) != mark) return Fail(p, kOutOfPlace);
  return SkipSpace(p + 1);
}

// What stands between brackets, up to behind the closing one: item(p) takes one and tells where it ends.
template <typename Item>
inline const char* JsonWalk::List(const char* p, char close, size_t depth, const Item& item) {
  if (depth >= kMaxDepth) return Fail(p, "nested deeper than 1024 levels");
  p = SkipSpace(p);
  if (CharAt(p) == close) return p + 1;
  while (true) {
    p = item(p);
    if (p == nullptr || done_) return p;
    p = SkipSpace(p);
    if (CharAt(p) == close) return p + 1;
    p = Punctuation(',', p);
    if (p == nullptr) return nullptr;
  }
}

const char* JsonWalk::Object(const char* p, Mask led, size_t depth) {
  return List(p, '}', depth, [&](const char* item) { return Field(item, led, depth); });
}

const char* JsonWalk::Array(const char* p, size_t depth) {
  return List(p, ']', depth, [&](const char* item) {
    JsonToken token;
    item = Value(item, false, 0, depth, &token);
    ascii_ &= token.ascii;
    return item;
  });
}

inline const char* JsonWalk::Field(const char* p, Mask led, size_t depth) {
  if (CharAt(p) != '"') return Fail(p, kOutOfPlace);
  JsonToken key;
  p = String(p, led != 0, &key);
  if (p == nullptr) return nullptr;
  ascii_ &= key.ascii;
  p = Punctuation(':', p);
  if (p == nullptr) return nullptr;
  bool wanted = false;
  JsonToken* const token = &tokens_[found_];
  const Mask leads = Offer(key.bytes, led, depth, &wanted);
  found_ += wanted;
  p = Value(p, wanted, leads, depth, token);
  ascii_ &= wanted || token->ascii;
  done_ = only_first_ && fields_[0].certain();
  return p;
}

// The fields whose path goes on below this key.
inline JsonWalk::Mask JsonWalk::Offer(std::string_view key, Mask led, size_t depth, bool* wanted) {
  Mask leads = 0;
  for (size_t i = 0; led >> i != 0; ++i) {
    if ((led >> i & 1) == 0) continue;
    const WantedField::Use use = fields_[i].Offer(key, depth, &tokens_[found_]);
    *wanted |= use == WantedField::Use::kFound;
    leads |= Mask{use == WantedField::Use::kLeads} << i;
  }
  return leads;
}

inline const char* JsonWalk::Value(const char* p, bool wanted, Mask led, size_t depth,
                                   JsonToken* token) {
  *token = {CharAt(p), {}};
  switch (token->first) {
    case '"':
      return String(p, wanted, token);
    case '{':
      return Object(p + 1, led, depth + 1);
    case '[':
      return Array(p + 1, depth + 1);
    default:
      return Word(p, &token->bytes);
  }
}

const char* JsonWalk::Word(const char* p, std::string_view* bytes) {
  const char* const end = std::find_if(p, end_, EndsWord);
  if (end == p) return Fail(p, kOutOfPlace);
  *bytes = std::string_view(p, end);
  return IsJsonNumber(*bytes) || IsLiteral(*bytes) ? end : Fail(p, "not a JSON value");
}

// From the quote to behind the other one.
inline const char* JsonWalk::String(const char* p, bool wanted, JsonToken* token) {
  if (end_ - p > static_cast<ptrdiff_t>(kShortRead)) {
    if (const size_t length = ShortLength(p + 1); length < kShortRead) {
      *token = {'"', {p + 1, length}, true};
      return p + 1 + length + 1;
    }
  }
  const simd::StringPart plain = simd::SkipPlain(p + 1, static_cast<size_t>(end_ - (p + 1)));
  token->bytes = {p + 1, plain.read};
  token->ascii = plain.ascii;
  const char* const end = p + 1 + plain.read;
  return CharAt(end) == '"' ? end + 1 : StringFrom(end, p, wanted, token);
}

// The rest of a string, from its first escape on.
const char* JsonWalk::StringFrom(const char* p, const char* quote, bool wanted, JsonToken* token) {
  const std::string_view plain = token->bytes;
  const std::string_view left(p, end_);
  char* const out = wanted ? Room() : nullptr;
  if (wanted) std::memcpy(out, plain.data(), plain.size());
  const StringRest rest = wanted ? UndoEscapes(left, out + plain.size()) : SkipEscapes(left);
  lone_surrogates_ += rest.lone_surrogates;
  token->ascii &= rest.ascii;
  if (wanted) {
    token->bytes = std::string_view(out, rest.written);
    room_ = rest.written;
  }
  return EndOfString(rest.stop, quote);
}

// A record that was cut off may end inside an escape.
const char* JsonWalk::EndOfString(const char* stop, const char* quote) {
  const bool cut = end_ - stop < kEscapeMost && std::find(stop, end_, '"') == end_;
  if (cut) return Fail(quote, "a string is not closed");
  if (*stop == '"') return stop + 1;
  return Fail(stop, *stop == '\\' ? "an escape that JSON does not know"
                                  : "a control character inside a string");
}

bool JsonWalk::IsAsciiBut(const JsonToken* token) const {
  return ascii_ && std::all_of(tokens_.begin(), tokens_.begin() + static_cast<ptrdiff_t>(found_),
                               [&](const JsonToken& t) { return &t == token || t.ascii; });
}

// Strings do not overlap and never get longer, so that all of a record have room in its length.
char* JsonWalk::Room() {
  if (room_ == nullptr) {
    unescaped_.Reserve(static_cast<size_t>(end_ - begin_));
    room_ = unescaped_.data();
  }
  return room_;
}

std::nullptr_t JsonWalk::Fail(const char* at, const char* error) {
  at_ = static_cast<size_t>(at - begin_);
  error_ = error;
  return nullptr;
}

}  // namespace refrain
