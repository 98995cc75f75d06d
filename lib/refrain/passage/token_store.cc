#include "refrain/passage/token_store.h"

#include <algorithm>
#include <cstring>

namespace refrain {

void TokenStore::Reserve(std::span<const uint32_t> tokens) {
  first_.assign(1, 0);
  for (const uint32_t count : tokens) first_.push_back(first_.back() + count);
  ids_.resize(first_.back());
  spans_.resize(first_.back());
  line_ends_.resize(tokens.size());
}

void TokenStore::Set(DocId doc, const TokenList& tokens, std::string_view text) {
  uint64_t at = first_[doc];
  std::ranges::copy(tokens.ids, ids_.begin() + static_cast<ptrdiff_t>(at));
  for (const TokenSpan& span : tokens.spans) {
    const uint64_t length = span.end - span.begin;
    if (length >= kLong) {
      const std::lock_guard lock(mutex_);
      long_tokens_[at] = length;
    }
    spans_[at++] = span.begin << kLengthBits | std::min(length, kLong);
  }
  std::vector<uint64_t>& ends = line_ends_[doc];
  for (const char* p = text.data(); p != nullptr;) {
    const size_t left = text.size() - static_cast<size_t>(p - text.data());
    p = static_cast<const char*>(std::memchr(p, '\n', left));
    if (p == nullptr) break;
    ends.push_back(static_cast<uint64_t>(p++ - text.data()));
  }
  ends.shrink_to_fit();
}

TokenSpan TokenStore::Span(DocId doc, uint32_t token) const {
  const uint64_t at = first_[doc] + token;
  const uint64_t begin = spans_[at] >> kLengthBits;
  const uint64_t length = spans_[at] & kLong;
  return {begin, begin + (length == kLong ? long_tokens_.at(at) : length)};
}

uint64_t TokenStore::Line(DocId doc, uint64_t byte) const {
  const std::vector<uint64_t>& ends = line_ends_[doc];
  return 1 + static_cast<uint64_t>(std::ranges::lower_bound(ends, byte) - ends.begin());
}

}  // namespace refrain
