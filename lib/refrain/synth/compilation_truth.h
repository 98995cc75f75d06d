// Finds out what two places of a corpus truly share, from the plan and the bytes.
//
// Input: documents with their copies, in order. Output: for each two places of a work, in two documents
//   or in one, the maximal ranges that they share: from the first to the last token that stands unedited
//   in both, in bytes of each text; extended where the tokens beside them happen to be equal as well.
//   Stretches that continue each other in both places are one range. A range that shares fewer than
//   kLeastShared tokens is marked as one to ignore: it is there, but no one asks for it.
// Tokens are those of the tokeniser with full normalisation; noise inside a range stays inside.
// Cost: a look at each token of a copy, and at each shared token of each pair. Memory: 20 bytes a token
//   of a copy. Threads: one. Errors: none.
#ifndef REFRAIN_SYNTH_COMPILATION_TRUTH_H_
#define REFRAIN_SYNTH_COMPILATION_TRUTH_H_

#include <cstdint>
#include <vector>

#include "refrain/synth/compilation_text.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

struct SharedRange {
  uint64_t a;  // document, not after b
  uint64_t b;
  TokenSpan a_span;
  TokenSpan b_span;
  uint32_t tokens;  // that stand in both
  bool ignore;
};

class CompilationTruth {
 public:
  static constexpr uint32_t kLeastShared = 13;

  CompilationTruth() : tokenizer_(NormalizeOptions::Full()) {}

  // REQUIRES: documents come in the order of their numbers.
  void Add(uint64_t number, const CompilationDocument& document);

  // All of them, sorted by (a, its span, b, its span).
  std::vector<SharedRange> Shared() const;

  // Tokens of copies that the tokeniser does not see where they were written. Always 0.
  uint64_t misplaced() const { return misplaced_; }

 private:
  static constexpr size_t kAround = 24;  // tokens kept on either side of a copy
  static constexpr uint32_t kNowhere = UINT32_MAX;

  // Bytes of a document, of which there are fewer than 2^32.
  struct Span {
    uint32_t begin;
    uint32_t end;
  };

  // A copy as the tokeniser sees it.
  struct Copy {
    uint64_t document;
    std::vector<uint64_t> ids;
    std::vector<Span> spans;
    std::vector<uint32_t> places;  // of each token of the work among ids, or kNowhere
  };

  // A stretch of a work in a copy: at `at` among the copy's tokens of the work.
  struct Instance {
    Stretch stretch;
    uint32_t copy;
    uint32_t at;
  };

  // `length` tokens of the work that two copies have, from `x` and `y` on.
  struct Match {
    uint32_t copy_x, copy_y;
    uint32_t x, y;
    uint32_t length;
  };

  void AddCopy(uint64_t number, const PlacedCopy& placed);
  std::vector<Match> Matches() const;
  static void Merge(std::vector<Match>* matches);
  bool RangeOf(const Match& match, SharedRange* range) const;

  Tokenizer tokenizer_;
  TokenList tokens_;
  std::vector<Copy> copies_;
  std::vector<Instance> instances_;
  uint64_t misplaced_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_COMPILATION_TRUTH_H_
