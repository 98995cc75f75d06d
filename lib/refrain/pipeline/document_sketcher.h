// Everything that is computed of one document while its text is hot in the cache.
//
// Input: a text. Output: counts, text hash, the short keys and the odd sketch of a document that can have a short partner,
// and, for documents of at least kShortShingles distinct shingles, a sketch, its band keys and a bitmap.
// Cost: no allocation once warm. Threads: one sketcher a thread.
#ifndef REFRAIN_PIPELINE_DOCUMENT_SKETCHER_H_
#define REFRAIN_PIPELINE_DOCUMENT_SKETCHER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "refrain/bucket/short_keys.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/pipeline/sketch_corpus.h"
#include "refrain/shingle/shingler.h"
#include "refrain/sketch/min_hash.h"
#include "refrain/sketch/odd_sketch.h"
#include "refrain/sketch/set_bitmap.h"
#include "refrain/sketch/sim_hash.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

class DocumentSketcher {
 public:
  // `tokenizer` and `shingler` must outlive the sketcher. REQUIRES: options.hamming is one that BlockKeys accepts.
  DocumentSketcher(const SketchOptions& options, const Tokenizer* tokenizer,
                   const Shingler* shingler);

  struct Result {
    uint32_t tokens = 0;
    uint32_t shingles = 0;  // as SketchTable::shingles
    uint64_t broken_sequences = 0;
    TextHash text_hash;
    bool sketched = false;
    OneBitSketch sketch{};
    std::span<const uint32_t> keys;        // until the next call
    std::span<const uint32_t> short_keys;  // until the next call
    OddSketch odd_sketch = 0;              // if there are short keys
    std::span<const uint64_t> bitmap;      // until the next call
  };
  Result Sketch(std::string_view text);

  // The number of keys of a sketched document.
  int bands() const { return static_cast<int>(keys_.size()); }

 private:
  uint32_t CountShingles();
  bool SketchTells(size_t longest);
  bool StartTells(size_t longest);
  void FillSlots();
  void TakeShortKeys(Result* result);
  OneBitSketch MakeSketch();

  const SketchOptions& options_;
  const Tokenizer& tokenizer_;
  const Shingler& shingler_;
  ShortKeys short_rule_;
  MinHasher hasher_;
  std::optional<BlockKeys> blocks_;
  TokenList tokens_;
  RawVector<uint64_t> shingles_;
  DistinctCounter counter_;
  std::vector<uint64_t> slots_;
  bool filled_ = false;  // whether the slots are those of the shingles
  std::vector<uint32_t> keys_;
  std::vector<uint32_t> short_keys_;
  BitmapMaker bitmaps_;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_DOCUMENT_SKETCHER_H_
