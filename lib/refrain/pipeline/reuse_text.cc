#include "refrain/pipeline/reuse_text.h"

#include <algorithm>

#include "refrain/text/page_marks.h"

namespace refrain {
namespace {

// Removes the tokens that begin within a mark. REQUIRES: tokens have spans, if there are marks.
void DropMarked(const std::vector<TokenSpan>& marks, TokenList* tokens) {
  if (marks.empty()) return;
  size_t kept = 0;
  size_t mark = 0;
  for (size_t i = 0; i < tokens->ids.size(); ++i) {
    const TokenSpan span = tokens->spans[i];
    while (mark < marks.size() && marks[mark].end <= span.begin) ++mark;
    if (mark < marks.size() && marks[mark].begin <= span.begin) continue;
    tokens->ids[kept] = tokens->ids[i];
    tokens->spans[kept++] = span;
  }
  tokens->ids.resize(kept);
  tokens->spans.resize(kept);
}

uint32_t TokenAt(const TokenList& tokens, uint64_t byte) {
  const auto found = std::ranges::lower_bound(tokens.spans, byte, {}, &TokenSpan::begin);
  return static_cast<uint32_t>(found - tokens.spans.begin());
}

}  // namespace

bool ReuseText::TokenizeUnits(Format format, std::string_view text, TokenList* tokens,
                              std::vector<TextUnit>* units) const {
  const SplitMode mode =
      options_.split.value_or(format == Format::kText ? SplitMode::kAuto : SplitMode::kNone);
  std::vector<Unit> found = SplitUnits(text, mode);
  std::vector<TokenSpan> marks;
  if (options_.page_marks) marks = FindPageMarks(text);
  const bool spans = found.size() > 1 || !marks.empty();
  tokenizer_.Tokenize(text, spans ? Offsets::kBytes : Offsets::kNone, tokens);
  DropMarked(marks, tokens);
  const uint32_t all = static_cast<uint32_t>(tokens->ids.size());
  if (found.empty()) found.push_back({0, text.size(), 1, 2, ""});
  for (size_t i = 0; i < found.size(); ++i) {
    Unit& unit = found[i];
    const uint32_t first = i == 0 ? 0 : TokenAt(*tokens, unit.begin);
    const uint32_t end = i + 1 == found.size() ? all : TokenAt(*tokens, unit.end);
    units->push_back({unit.begin, unit.end, unit.line_begin, unit.line_end - 1, first, end,
                      std::move(unit.title)});
  }
  return !marks.empty();
}

void ReuseText::TokenizeAgain(std::string_view text, bool marked, TokenList* tokens) const {
  tokenizer_.Tokenize(text, Offsets::kBytes, tokens);
  if (marked) DropMarked(FindPageMarks(text), tokens);
}

}  // namespace refrain
