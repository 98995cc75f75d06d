// Makes a corpus with planted near-duplicates, any document at any time, from a seed and the document's number.
//
// Input: CorpusOptions. Output: documents 0..size()-1, the same bytes on every platform for the same options. Every
//   document has a role. Originals are drawn from the language model or fill a template; copies are derived from one
//   original each, drawn at random; roles are spread over the corpus by a seeded permutation, in exactly the shares
//   asked for. Nothing is stored: a copy makes its original again.
// Truth: each document's cluster is its original (fills of one template are not a cluster), and GeneratePieces gives
//   the token sequences whose exact similarity the writer records (see corpus_writer.h).
// Templates: a frame of fixed tokens with slots at even distances; a fill gives each slot one of
//   slot_values^slot_tokens values. No two fills of a template are equal, and with two slots or more any two differ in
//   at least two of them (the last slot is a check sum), so that their Jaccard has a bound: WorstFillJaccard.
// Cost: about 5 ns a byte of text. Memory: 3 MB and one document. Threads: const, one SynthDocument a thread.
// Errors: InvalidArgument naming the option.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(const CorpusGenerator corpus,
//                            CorpusGenerator::Create({.documents = 1000}));
//   SynthDocument document;
//   for (uint64_t i = 0; i < corpus.size(); ++i) {
//     corpus.Generate(i, &document);
//     bytes += document.text.size();
//   }
#ifndef REFRAIN_SYNTH_CORPUS_GENERATOR_H_
#define REFRAIN_SYNTH_CORPUS_GENERATOR_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/synth/permutation.h"
#include "refrain/synth/text_model.h"

namespace refrain {

// Compilations have a plan of their own: compilation_plan.h.
enum class CorpusKind { kCorpus, kTemplate, kCompilations };

// Tokens are edited one by one with the probability of the copy's edit rate; kMixed: one edit in
// three is an insertion, one a deletion.
enum class EditKind { kReplace, kMixed };

struct CorpusOptions {
  uint64_t seed = 1;
  uint64_t documents = 10'000;
  CorpusKind kind = CorpusKind::kCorpus;
  Language language = Language::kEnglish;

  // Lengths in tokens: log-normal, clamped. The mean is median * exp(sigma^2 / 2).
  double median_tokens = 250;
  double sigma = 0.8;
  uint64_t min_tokens = 30;
  uint64_t max_tokens = 5'000;

  // Shares of all documents.
  double copies = 0.5;
  double empty = 0;  // no tokens: nothing, blanks or punctuation alone

  // Shares of the copies.
  double exact = 0;        // equal bytes
  double punctuation = 0;  // equal tokens, other punctuation and letter case

  double max_edit = 0.2;  // of the other copies: edit rates are uniform in [0, max_edit]
  EditKind edits = EditKind::kReplace;

  // For kTemplate.
  uint64_t templates = 1;
  uint64_t frame_tokens = 72;  // fixed ones
  uint64_t slots = 3;
  uint64_t slot_tokens = 2;
  uint64_t slot_values = 1'000;  // for each token of a slot
};

enum class DocumentRole { kOriginal, kEditedCopy, kExactCopy, kPunctuationCopy, kEmpty };

struct DocumentPlan {
  DocumentRole role;
  uint64_t original;  // number of the document it is a copy of; its own if it is none
};

// Reused between calls.
struct SynthDocument {
  DocumentPlan plan;
  std::vector<Piece> pieces;  // its tokens are pieces[i].token
  uint64_t edits = 0;         // tokens replaced, inserted and deleted
  uint64_t original_tokens = 0;
  std::string_view text;  // UTF-8; valid until the next call
  std::string buffer;
};

class CorpusGenerator {
 public:
  static absl::StatusOr<CorpusGenerator> Create(const CorpusOptions& options);

  uint64_t size() const { return options_.documents; }
  const CorpusOptions& options() const { return options_; }
  const TextModel& model() const { return model_; }

  DocumentPlan Plan(uint64_t number) const;

  // "d" and the number, padded with zeros: bytewise order is the order of the numbers.
  std::string Id(uint64_t number) const;

  void Generate(uint64_t number, SynthDocument* document) const;

  // As Generate, without the text.
  void GeneratePieces(uint64_t number, SynthDocument* document) const;

 private:
  explicit CorpusGenerator(const CorpusOptions& options);
  void DrawOriginal(uint64_t number, std::vector<Piece>* pieces) const;
  void FillTemplate(uint64_t number, std::vector<Piece>* pieces) const;
  void AppendSlot(uint64_t template_number, uint64_t slot, uint64_t value,
                  std::vector<Piece>* pieces) const;
  void EditPieces(uint64_t number, SynthDocument* document) const;
  std::string_view EmptyText(uint64_t number) const;

  CorpusOptions options_;
  TextModel model_;
  Permutation order_;  // number -> rank: originals first, then the copies, then empty documents
  uint64_t originals_;
  uint64_t copies_;
  uint64_t exact_;
  uint64_t punctuation_;
  size_t id_digits_;
};

// A number of documents that gives about `bytes` of text (not counting ids and JSON), measured on
// the first few thousand. options.documents is not used.
absl::StatusOr<uint64_t> DocumentsForBytes(const CorpusOptions& options, uint64_t bytes);

// The highest Jaccard, over shingles of 5 tokens, that two fills of one template can have (if they
// differ in one token each of two slots, or of the only one), provided that no shingle of the frame
// repeats.
double WorstFillJaccard(const CorpusOptions& options);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_CORPUS_GENERATOR_H_
