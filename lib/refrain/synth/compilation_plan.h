// Plans a corpus of documents and compilations in which works are reused: what stands where.
//
// Input: CompilationOptions. Output: a plan: documents are sequences of texts; a text is all or a
//   stretch of a work that stands in several places, or is used only once. One half of the documents
//   (--compilations) hold several texts. A work may stand twice in one document, and may hold a stretch
//   of another work inside. The first place of a work has all of it, and is never edited.
// The plan has no words: compilation_text.h writes them.
// Shares hold on the average over the plan: `reuse` of all tokens stand in works with several places.
// Cost: about 100 ns a text. Memory: 24 bytes a text and 28 a work. Threads: const. Errors:
//   InvalidArgument naming the option. The same options give the same plan everywhere.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const CompilationPlan plan,
//                            CompilationPlan::Create({.documents = 100, .reuse = 0.3}));
//   for (const PlannedText& text : plan.TextsOf(0)) tokens += text.to - text.from;
#ifndef REFRAIN_SYNTH_COMPILATION_PLAN_H_
#define REFRAIN_SYNTH_COMPILATION_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/synth/draw_length.h"
#include "refrain/synth/random.h"
#include "refrain/synth/vocabulary.h"

namespace refrain {

struct CompilationOptions {
  uint64_t seed = 1;
  uint64_t documents = 1'000;
  Language language = Language::kChinese;

  // Of a text, in tokens: log-normal, clamped.
  double median_tokens = 250;
  double sigma = 0.8;
  uint64_t min_tokens = 30;
  uint64_t max_tokens = 5'000;

  double reuse = 0.5;         // share of the tokens that stand in works with several places
  double compilations = 0.5;  // share of the documents that hold several texts
  uint64_t texts = 6;         // of a compilation, on the average
  double edit_rate = 0.02;    // share of the tokens of a copy that are replaced, deleted, added to
  double noise = 1;           // how often each kind of noise occurs: 0 never, 1 as usual, more
};

inline constexpr uint32_t kOwnText = UINT32_MAX;

struct PlannedText {
  uint32_t work;  // kOwnText: stands nowhere else
  uint32_t from;  // tokens of the work, half-open
  uint32_t to;
  bool first;  // the first place of the work
};

// A stretch of the words of one work, without those of works inside it.
struct Stretch {
  uint32_t work;
  uint32_t from;
  uint32_t to;
};

class CompilationPlan {
 public:
  static absl::StatusOr<CompilationPlan> Create(const CompilationOptions& options);

  const CompilationOptions& options() const { return options_; }
  uint64_t documents() const { return begins_.size() - 1; }
  uint64_t works() const { return works_.size(); }
  uint64_t tokens() const { return tokens_; }
  uint64_t reused_tokens() const { return reused_; }

  std::span<const PlannedText> TextsOf(uint64_t document) const {
    return {texts_.data() + begins_[document], begins_[document + 1] - begins_[document]};
  }

  // Number of the document's first text, counted through all documents.
  uint64_t FirstText(uint64_t document) const { return begins_[document]; }

  // How many words a work has of its own.
  uint32_t OwnTokens(uint32_t work) const { return works_[work].own; }

  // Tokens [from, to) of a work as stretches of own words, in order.
  void Flatten(uint32_t work, uint32_t from, uint32_t to, std::vector<Stretch>* stretches) const;

 private:
  // Own words, and after `at` of them a stretch of another work.
  struct Work {
    uint32_t own;
    uint32_t at;
    Stretch inner;  // empty if there is none
    uint32_t uses;
    uint32_t depth;

    uint32_t inner_tokens() const { return inner.to - inner.from; }
    uint32_t size() const { return own + inner_tokens(); }
  };

  explicit CompilationPlan(const CompilationOptions& options);
  void PlanDocument(uint64_t number);
  PlannedText PlanOwn();
  PlannedText PlanReused(size_t first_text);
  PlannedText PlanNewWork();
  PlannedText PlanCopy(uint32_t work);
  uint32_t ChooseWork(size_t first_text);
  Stretch DrawStretch(uint32_t work);
  bool WantsReuse();
  uint32_t DrawTokens();

  CompilationOptions options_;
  Random random_;
  std::vector<Work> works_;
  std::vector<uint32_t> pending_;  // works with one place so far
  std::vector<uint32_t> open_;     // works that may be used again
  std::vector<PlannedText> texts_;
  std::vector<uint64_t> begins_{0};
  uint64_t tokens_ = 0;
  uint64_t reused_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_COMPILATION_PLAN_H_
