// From a record to the tokens that the reuse lane compares, and the units of its text.
//
// Tokens that the printer or the page put in (page marks) are left out, unless asked for. Both passes over the input use
// this one definition. Cost: one pass to tokenise, one to find page marks (3 ns a byte), one to find the units of a text
// that is to be divided. Threads: one ReuseText a thread.
#ifndef REFRAIN_PIPELINE_REUSE_TEXT_H_
#define REFRAIN_PIPELINE_REUSE_TEXT_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "refrain/io/json_record.h"
#include "refrain/io/source.h"
#include "refrain/passage/unit_table.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/text/tokenizer.h"
#include "refrain/text/units.h"

namespace refrain {

struct ReuseTextOptions {
  DocumentOptions document;
  bool page_marks = true;          // find them and leave them out
  std::optional<SplitMode> split;  // none: text files by their headings, records not at all
};

class ReuseText {
 public:
  // `options` and `tokenizer` must outlive it.
  ReuseText(const ReuseTextOptions& options, const Tokenizer* tokenizer)
      : options_(options), parser_(options.document.fields), tokenizer_(*tokenizer) {}

  absl::Status Parse(const Source& source, std::string_view record, RecordFields* fields) {
    return ParseDocument(source, record, &parser_, fields);
  }
  RecordParser* parser() { return &parser_; }
  // The first pass: tokens, and the units of the text, appended: at least one, for a text without bytes too. Spans are
  // made only if they are needed on the way. Returns whether the text has page marks that were left out.
  bool TokenizeUnits(Format format, std::string_view text, TokenList* tokens,
                     std::vector<TextUnit>* units) const;
  // The second pass: the same tokens, with spans. `marked` is what the first pass returned.
  void TokenizeAgain(std::string_view text, bool marked, TokenList* tokens) const;

 private:
  const ReuseTextOptions& options_;
  RecordParser parser_;
  const Tokenizer& tokenizer_;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_REUSE_TEXT_H_
