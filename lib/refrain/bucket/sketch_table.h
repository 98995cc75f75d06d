// What the front half of the dedup lane knows of each document: the product of sketching, the input of grouping.
//
// Shapes: the first three vectors have an entry a document, in input order; the `sketched` ones an entry for each
// document with at least kShortShingles distinct shingles (the others are the short lane's), ascending.
// Memory: 24 bytes a document (16 of them, text_hashes, only until copies are found), 20 + 4 * bands bytes a
// sketched one, 4 for each key of the short lane.
#ifndef REFRAIN_BUCKET_SKETCH_TABLE_H_
#define REFRAIN_BUCKET_SKETCH_TABLE_H_

#include <cstdint>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {

// A document with fewer distinct shingles is compared exactly, without a sketch.
inline constexpr uint32_t kShortShingles = 64;

// 128-bit XXH3 of the token sequence: equal ones are copies.
struct TextHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const TextHash&) const = default;
};

struct SketchTable {
  std::vector<uint32_t> tokens;    // number of tokens, saturating
  std::vector<uint32_t> shingles;  // number of distinct shingles, saturating
  std::vector<TextHash> text_hashes;
  std::vector<double>
      keep_numbers;  // the field of --keep max: or min:; empty otherwise; NaN if missing

  int bands = 0;
  std::vector<DocId> sketched;
  std::vector<OneBitSketch>
      sketches;                // likeness, for ordering candidates; a SimHash word in words[0]
  std::vector<uint32_t> keys;  // [sketched * bands + band]

  std::vector<uint32_t> short_keys;  // of each document in turn as many as ShortKeys says

  size_t size() const { return tokens.size(); }
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SKETCH_TABLE_H_
