// What the front half of the dedup lane knows of each document: the product of sketching, the input of grouping.
//
// Shapes: the first four have an entry a document, in input order (keep_numbers only with --keep max: or min:); sketches
// and keys an entry for each document with at least kShortShingles distinct shingles (the others are the short lane's).
// Memory: 8 bytes a document stay (16 with keep_numbers). The columns are 16 bytes a document until copies are found, and
// 16 + 4 * bands a sketched one, 8 one with short keys and 4 for each of these until they are grouped; they are spilled
// as their ColumnSpace says.
#ifndef REFRAIN_BUCKET_SKETCH_TABLE_H_
#define REFRAIN_BUCKET_SKETCH_TABLE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"
#include "refrain/bucket/bitmap_column.h"
#include "refrain/io/column.h"
#include "refrain/sketch/min_hash.h"
#include "refrain/sketch/odd_sketch.h"

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
  // With no space, the columns stay in memory.
  explicit SketchTable(int bands = 0, const std::shared_ptr<ColumnSpace>& space = nullptr)
      : text_hashes(space), sketches(space), short_keys(space), odd_sketches(space) {
    for (int band = 0; band < bands; ++band) keys.emplace_back(space);
  }

  PageVector<uint32_t> tokens;  // number of tokens, saturating
  // Number of distinct shingles, saturating: exact where a pair of the short lane could hold the document; of longer
  // ones the number of all shingles, unless exact sizes were asked for.
  PageVector<uint32_t> shingles;
  PageVector<double> keep_numbers;  // the field of --keep; NaN if missing
  Column<TextHash> text_hashes;

  Column<OneBitSketch> sketches;  // likeness, for ordering candidates; a SimHash word in words[0]
  std::vector<Column<uint32_t>> keys;  // by band
  Column<uint32_t> short_keys;         // of each document in turn as many as ShortKeys says
  Column<OddSketch> odd_sketches;      // of each document with short keys

  BitmapColumn bitmaps;  // of each document in turn; they stay until the table goes

  int bands() const { return static_cast<int>(keys.size()); }
  size_t size() const { return tokens.size(); }
  bool IsSketched(DocId doc) const { return shingles[doc] >= kShortShingles; }
  // Whether the pair is the short lane's.
  bool IsShortPair(DocId a, DocId b) const { return !IsSketched(a) || !IsSketched(b); }
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_SKETCH_TABLE_H_
