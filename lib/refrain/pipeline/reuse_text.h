// From a record to the tokens that the reuse lane compares, and the units of its text.
//
// Both passes over the input use this one definition. Threads: one ReuseText a thread.
#ifndef REFRAIN_PIPELINE_REUSE_TEXT_H_
#define REFRAIN_PIPELINE_REUSE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "refrain/io/json_record.h"
#include "refrain/io/source.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

class ReuseText {
 public:
  // `tokenizer` must outlive it.
  ReuseText(const DocumentOptions& options, const Tokenizer* tokenizer)
      : parser_(options.fields), tokenizer_(*tokenizer) {}

  absl::Status Parse(const Source& source, std::string_view record, RecordFields* fields) {
    return ParseDocument(source, record, &parser_, fields);
  }
  void Tokenize(std::string_view text, Offsets offsets, TokenList* tokens) const {
    tokenizer_.Tokenize(text, offsets, tokens);
  }

 private:
  RecordParser parser_;
  const Tokenizer& tokenizer_;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_REUSE_TEXT_H_
