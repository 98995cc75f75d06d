// A set in about four bits a shingle: which bits of a bitmap its shingles fall on.
//
// A bit that only one of two bitmaps has stands for a shingle that only its set has, or several. So bitmaps bound the
// unshared shingles from below, and what they rule out is ruled out for certain: no estimate, no pair missed. Sets of long
// documents whose Jaccard is more than a few hundredths below the threshold are most often ruled out.
// Input: shingles, strong hashes, in any order. Repeats change nothing; odd sketches (odd_sketch.h) would need a quarter of
//   the memory, but distinct shingles, and to find these in long documents costs more than what is saved. Output: words of 64 bits, a power of two of them.
// Cost: 0.4 ns a shingle to make one; a nanosecond for each 8 words to compare two, a few times that if their sizes differ.
// Threads: free functions are pure; one BitmapMaker a thread. Errors: none. The same on every machine.
// Source: the bound as in Sandes, Teodoro, Melo, "Bitmap filter: speeding up exact set similarity joins", Inf. Systems 88,
//   2020, which sets bits as a Bloom filter with one hash function does.
// Example:
//   BitmapMaker maker;
//   const std::span<const uint64_t> made = maker.Make(a, BitmapWords(a.size()));
//   const SetBitmap bitmap_a{a.size(), made};
//   const bool may_be = BitmapsCanReach(bitmap_a, bitmap_b, 0.8);
#ifndef REFRAIN_SKETCH_SET_BITMAP_H_
#define REFRAIN_SKETCH_SET_BITMAP_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace refrain {

// The words for a set of so many shingles: none below 64, whose documents the short lane compares, and at most 1,024.
size_t BitmapWords(size_t shingles);

class BitmapMaker {
 public:
  // The bitmap of the shingles, until the next call. REQUIRES: `words` is a power of two, or 0.
  std::span<const uint64_t> Make(std::span<const uint64_t> shingles, size_t words);

 private:
  std::vector<uint8_t> marks_;  // zero between calls
  std::vector<uint64_t> words_;
};

struct SetBitmap {
  size_t most = 0;                  // the set has no more shingles
  std::span<const uint64_t> words;  // which another holds
};

// Whether the Jaccard of the sets of two bitmaps may reach the threshold; true if one has no words.
bool BitmapsCanReach(const SetBitmap& x, const SetBitmap& y, double threshold);

}  // namespace refrain

#endif  // REFRAIN_SKETCH_SET_BITMAP_H_
