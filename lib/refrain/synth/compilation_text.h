// Writes the documents of a plan: words, edits, noise, headings; and knows where each word stands.
//
// Input: a CompilationPlan. Output: any document at any time, the same bytes for the same options
//   everywhere. Of each text that is a copy of a work, the begin of every token of the work in the
//   bytes, or kGone where an edit or noise took it away. Edits: of a copy that is not the first place
//   of its work, tokens are replaced, deleted, or have another put before them, one third each, at the
//   edit rate; a copied stretch that an edit emptied keeps its place.
// Cost: about 60 ns a token. Memory: 10 MB and one document. Threads: const, one document a thread.
//   Errors: none.
// Example:
//   const CompilationTexts texts(plan);
//   CompilationDocument document;
//   texts.Generate(0, &document);
//   bytes += document.text.size();
#ifndef REFRAIN_SYNTH_COMPILATION_TEXT_H_
#define REFRAIN_SYNTH_COMPILATION_TEXT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "refrain/synth/compilation_noise.h"
#include "refrain/synth/compilation_plan.h"
#include "refrain/synth/text_model.h"

namespace refrain {

// A stretch of a work in a document.
struct PlacedCopy {
  static constexpr uint32_t kGone = NoisyRenderer::kGone;

  std::vector<Stretch> stretches;  // what it is made of
  std::vector<uint32_t> begins;    // of each token in the bytes, or kGone
};

// Reused between calls.
struct CompilationDocument {
  std::string text;  // UTF-8
  std::vector<PlacedCopy> copies;
  uint64_t tokens = 0;  // of the works, after edits
};

class CompilationTexts {
 public:
  // The plan must outlive it.
  explicit CompilationTexts(const CompilationPlan& plan);

  uint64_t size() const { return plan_.documents(); }

  // "d" and the number, padded with zeros: bytewise order is the order of the numbers.
  std::string Id(uint64_t number) const;

  void Generate(uint64_t number, CompilationDocument* document) const;

 private:
  struct Scratch;
  void WritePlanned(uint64_t number, const PlannedText& text, Scratch* scratch) const;
  void DrawPieces(uint64_t number, const PlannedText& text, Scratch* scratch) const;
  void EditPieces(uint64_t number, Scratch* scratch) const;

  const CompilationPlan& plan_;
  TextModel model_;
  LetterVariants letters_;
  NoiseNames names_;
  size_t id_digits_;
};

}  // namespace refrain

#endif  // REFRAIN_SYNTH_COMPILATION_TEXT_H_
