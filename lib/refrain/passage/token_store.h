// The tokens of many documents in memory: 64-bit ids, the bytes of each token in its text, and the lines of the texts.
//
// Documents that are not loaded have no tokens here. Cost: 16 bytes a token, 8 a line end.
// Calls must match: Reserve Set* ; each document set once, by any thread; then everything is const and concurrent-safe.
// Example:
//   TokenStore store;
//   store.Reserve(counts);          // tokens of each document, 0 for those that are not wanted
//   store.Set(0, tokens, text);
//   std::span<const uint64_t> ids = store.ids(0);
#ifndef REFRAIN_PASSAGE_TOKEN_STORE_H_
#define REFRAIN_PASSAGE_TOKEN_STORE_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

class TokenStore {
 public:
  void Reserve(std::span<const uint32_t> tokens);

  // REQUIRES: as many tokens, with spans, as were reserved.
  void Set(DocId doc, const TokenList& tokens, std::string_view text);

  size_t size() const { return first_.empty() ? 0 : first_.size() - 1; }  // documents
  std::span<const uint64_t> ids(DocId doc) const {
    return std::span(ids_).subspan(first_[doc], first_[doc + 1] - first_[doc]);
  }
  // The bytes of a token in its text.
  TokenSpan Span(DocId doc, uint32_t token) const;
  // The line of a byte, from 1: one more than the line ends before it.
  uint64_t Line(DocId doc, uint64_t byte) const;

 private:
  static constexpr uint64_t kLengthBits = 20;  // of a token, in bytes; longer ones are listed
  static constexpr uint64_t kLong = (uint64_t{1} << kLengthBits) - 1;

  std::vector<uint64_t> first_;
  std::vector<uint64_t> ids_;
  std::vector<uint64_t> spans_;  // begin << kLengthBits | length
  std::vector<std::vector<uint64_t>> line_ends_;
  std::mutex mutex_;
  std::map<uint64_t, uint64_t> long_tokens_;  // index -> length
};

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_TOKEN_STORE_H_
