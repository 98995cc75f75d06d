// The committed table composed for one set of options: one look-up a code point says what becomes
// of it.
//
// An entry word:
//   bits 0-20   code point XOR its final mapping, or, with kEntrySequence, a place in the pool
//   bits 21-22  CodePointClass of the mapping (of nothing with kEntrySequence)
//   bit  23     kEntryHan: the mapping, or the last of the sequence, is a Han letter
//   others      reasons to leave the fast path, see kEntrySpecial
// The pool holds, for each sequence, its length and then a Mapped word for each code point.
#ifndef REFRAIN_TEXT_MAPPING_TABLE_H_
#define REFRAIN_TEXT_MAPPING_TABLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "refrain/simd/single_scan.h"
#include "refrain/text/normalizer_table.h"
#include "refrain/text/tokenizer.h"

namespace refrain::internal {

inline constexpr uint32_t kEntryClassShift = 21;
inline constexpr uint32_t kEntryHan = 1u << 23;
inline constexpr uint32_t kEntrySequence = 1u << 24;    // several code points
inline constexpr uint32_t kEntryNoBoundary = 1u << 25;  // may join what precedes it
inline constexpr uint32_t kEntryDrop = 1u << 26;        // not there at all
inline constexpr uint32_t kEntrySigma = 1u << 27;       // lower case depends on the neighbours
inline constexpr uint32_t kEntryBracket = 1u << 28;     // '(': pinyin may follow
inline constexpr uint32_t kEntrySurrogate = 1u << 29;   // broken UTF-8
inline constexpr uint32_t kEntrySpecial =
    kEntrySequence | kEntryNoBoundary | kEntryDrop | kEntrySigma | kEntryBracket | kEntrySurrogate;

// A normalised code point with its class: code point in bits 0-20, class and kEntryHan as in an
// entry.
using Mapped = uint32_t;

inline char32_t CodePointOf(Mapped mapped) { return mapped & kMappingMask; }
inline CodePointClass ClassOf(uint32_t entry_or_mapped) {
  return static_cast<CodePointClass>(entry_or_mapped >> kEntryClassShift & 3);
}

class MappingTable {
 public:
  explicit MappingTable(const NormalizeOptions& options);

  // What simd::ScanSingles needs to know of the code points below 2^16.
  const uint32_t* fates() const { return fates_.data(); }

  // Of the three-byte code point at p.
  uint32_t FateAt(const uint8_t* p) const {
    return fates_[(p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu)];
  }

  uint32_t Entry(char32_t c) const {
    return entries_[size_t{index_[c >> kBlockBits]} + (c & (kBlockSize - 1))];
  }

  // REQUIRES: `entry` is c's and has no kEntrySequence.
  static Mapped MappedOf(char32_t c, uint32_t entry) {
    return (entry & (kEntryHan | (3u << kEntryClassShift))) | ((c ^ entry) & kMappingMask);
  }

  // REQUIRES: `entry` has kEntrySequence.
  std::span<const Mapped> Sequence(uint32_t entry) const {
    const size_t place = entry & kMappingMask;
    return {pool_.data() + place + 1, pool_[place]};
  }

 private:
  struct Folds;
  uint32_t Compose(char32_t c, const Folds& folds);
  uint32_t ComposeFlags(char32_t c, uint32_t fact) const;
  static Mapped Finish(char32_t c, const Folds& folds);
  uint32_t FateOf(char32_t c) const;

  NormalizeOptions options_;
  std::vector<uint32_t> index_;  // of a block's first entry
  std::vector<uint32_t> entries_;
  std::vector<Mapped> pool_;
  std::vector<uint32_t> fates_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_MAPPING_TABLE_H_
