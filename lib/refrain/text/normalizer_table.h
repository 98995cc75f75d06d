// The committed normaliser table: what Unicode 15 and OpenCC say about each code point, as numbers.
//
// Made by table_generator/make_normalizer_table (never by hand), kept in normalizer_table.inc. It
// holds facts only; MappingTable composes them for one set of options.
//
// Layout: kBlockSize code points a block, equal blocks stored once. A code point's fact word:
//   bits 0-20   code point XOR its mapping (so that unmapped blocks are equal); with kFactSequence
//               a place in the pool: the mapping is pool[place + 1 .. place + pool[place]]
//   bit  21     kFactSequence
//   bits 22-23  CodePointClass of the code point itself, unmapped
//   bits 24-26, 31      flags below
//   bits 27-28, 29-30   CaseContext of the first and of the last letter in its NFKC form
// "Mapping" is NFKC of the code point alone, then full lower case (a sigma as if not final).
#ifndef REFRAIN_TEXT_NORMALIZER_TABLE_H_
#define REFRAIN_TEXT_NORMALIZER_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace refrain::internal {

enum class CodePointClass : uint32_t { kSeparator = 0, kWord = 1, kSingle = 2, kMark = 3 };

// What a code point means to a sigma beside it (Unicode 15, table 3-17): looked through, a letter
// with case, neither.
enum class CaseContext : uint32_t { kOther = 0, kIgnorable = 1, kCased = 2 };

inline constexpr uint32_t kBlockBits = 7;
inline constexpr uint32_t kBlockSize = 1u << kBlockBits;
inline constexpr char32_t kCodePoints = 0x110000;
inline constexpr uint32_t kMappingMask = (1u << 21) - 1;

inline constexpr uint32_t kFactSequence = 1u << 21;
inline constexpr uint32_t kFactClassShift = 22;
inline constexpr uint32_t kFactNoBoundary =
    1u << 24;  // NFKC may join it with, or move it before, what precedes
inline constexpr uint32_t kFactDroppable = 1u << 25;  // Cf or default ignorable
inline constexpr uint32_t kFactHan = 1u << 26;        // a single of script Han
inline constexpr uint32_t kFactLeadingCaseShift = 27;
inline constexpr uint32_t kFactTrailingCaseShift = 29;
inline constexpr uint32_t kFactSigma =
    1u << 31;  // its NFKC form is U+03A3, whose lower case needs context

inline CodePointClass ClassOfFact(uint32_t fact) {
  return static_cast<CodePointClass>(fact >> kFactClassShift & 3);
}

struct FoldPair {
  uint32_t from;
  uint32_t to;
};

struct NormalizerTable {
  std::span<const uint16_t> index;          // block number of each kBlockSize code points
  std::span<const uint32_t> facts;          // blocks one after the other
  std::span<const uint32_t> pool;           // length, code points, length, ...
  std::span<const FoldPair> radical_folds;  // sorted by from
  std::span<const FoldPair> script_folds;   // sorted by from, idempotent

  uint32_t Fact(char32_t c) const {
    return facts[size_t{index[c >> kBlockBits]} * kBlockSize + (c & (kBlockSize - 1))];
  }
};

const NormalizerTable& CommittedNormalizerTable();

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_NORMALIZER_TABLE_H_
