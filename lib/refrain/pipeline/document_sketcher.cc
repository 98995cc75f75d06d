#include "refrain/pipeline/document_sketcher.h"

#include <xxhash.h>
#if __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>  // the same functions, by the widest instructions that the machine has
#endif

#include <algorithm>
#include <utility>

namespace refrain {
namespace {

uint32_t Saturate(uint64_t value) {
  return static_cast<uint32_t>(std::min<uint64_t>(value, UINT32_MAX));
}

TextHash HashTokens(std::span<const uint64_t> ids) {
  const XXH128_hash_t hash = XXH3_128bits(ids.data(), ids.size_bytes());
  return {hash.low64, hash.high64};
}

}  // namespace

DocumentSketcher::DocumentSketcher(const SketchOptions& options, const Tokenizer* tokenizer,
                                   const Shingler* shingler)
    : options_(options),
      tokenizer_(*tokenizer),
      shingler_(*shingler),
      short_rule_(options.threshold),
      hasher_(options.algorithm, options.num_hashes),
      slots_(static_cast<size_t>(options.num_hashes)),
      keys_(static_cast<size_t>(options.bands.bands)) {
  if (options.method == Method::kSimHash) {
    blocks_ = *BlockKeys::Create(options.hamming);
    keys_.resize(blocks_->size());
  }
}

// Whether a document is too long for the short lane shows soon, and of a longer one nobody asks for its exact size before
// a proof makes its set.
uint32_t DocumentSketcher::CountShingles() {
  const size_t longest = short_rule_.longest();
  if (!options_.exact_sizes && (SketchTells(longest) || StartTells(longest))) {
    return Saturate(shingles_.size());
  }
  return counter_.Count(shingles_);
}

// The sketch is made anyway, and most often says enough.
bool DocumentSketcher::SketchTells(size_t longest) {
  if (options_.method == Method::kSimHash || shingles_.size() < 2 * longest) return false;
  FillSlots();
  return hasher_.FewestShingles(slots_) > longest;
}

bool DocumentSketcher::StartTells(size_t longest) {
  const size_t enough = longest + longest / 4;
  return shingles_.size() > enough && counter_.Count(std::span(shingles_).first(enough)) > longest;
}

void DocumentSketcher::FillSlots() {
  if (!std::exchange(filled_, true)) hasher_.Sketch(shingles_, slots_);
}

OneBitSketch DocumentSketcher::MakeSketch() {
  if (options_.method == Method::kSimHash) {
    SortUnique(&shingles_);
    const OneBitSketch sketch{{SimHash(shingles_), 0}};
    blocks_->Keys(sketch.words[0], keys_);
    return sketch;
  }
  FillSlots();
  BandKeys(slots_, options_.bands, keys_);
  return ToOneBit(slots_);
}

void DocumentSketcher::TakeShortKeys(Result* result) {
  if (result->shingles < shingles_.size()) SortUnique(&shingles_);
  short_rule_.Append(shingles_, &short_keys_);
  result->short_keys = short_keys_;
  result->odd_sketch = MakeOddSketch(shingles_);
}

DocumentSketcher::Result DocumentSketcher::Sketch(std::string_view text) {
  Result result;
  tokenizer_.Tokenize(text, Offsets::kNone, &tokens_);
  result.tokens = Saturate(tokens_.ids.size());
  result.broken_sequences = tokens_.broken_sequences;
  if (tokens_.ids.empty()) return result;
  result.text_hash = HashTokens(tokens_.ids);
  shingler_.Shingle(tokens_.ids, &shingles_);
  filled_ = false;
  result.shingles = CountShingles();
  short_keys_.clear();
  if (short_rule_.Count(result.shingles) > 0) TakeShortKeys(&result);
  if (result.shingles < kShortShingles) return result;
  result.sketched = true;
  result.bitmap = bitmaps_.Make(shingles_, BitmapWords(result.shingles));
  result.sketch = MakeSketch();
  result.keys = keys_;
  return result;
}

}  // namespace refrain
