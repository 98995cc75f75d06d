#include "refrain/text/mapping_table.h"

#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"

namespace refrain::internal {
namespace {

std::vector<bool> UnmappedBlocks(const NormalizerTable& table) {
  std::vector<bool> result(table.facts.size() / kBlockSize, true);
  for (size_t i = 0; i < table.facts.size(); ++i) {
    if ((table.facts[i] & (kMappingMask | kFactSequence)) != 0) result[i / kBlockSize] = false;
  }
  return result;
}

bool IsSurrogate(char32_t c) { return c >= 0xD800 && c < 0xE000; }

// What folds map, and in which blocks they begin.
class FoldMap {
 public:
  explicit FoldMap(std::span<const FoldPair> folds) : blocks_(kCodePoints / kBlockSize) {
    for (const auto& [from, to] : folds) {
      map_.emplace(from, to);
      blocks_[from / kBlockSize] = true;
    }
  }

  char32_t Of(char32_t c) const {
    const auto place = map_.find(c);
    return place == map_.end() ? c : place->second;
  }
  bool Touch(char32_t block_start) const { return blocks_[block_start / kBlockSize]; }

 private:
  absl::flat_hash_map<char32_t, char32_t> map_;
  std::vector<bool> blocks_;
};

}  // namespace

struct MappingTable::Folds {
  FoldMap radicals;
  FoldMap scripts;
};

MappingTable::MappingTable(const NormalizeOptions& options) : options_(options) {
  const NormalizerTable& table = CommittedNormalizerTable();
  const std::span<const FoldPair> none;
  const Folds folds{FoldMap(options.fold_radicals ? table.radical_folds : none),
                    FoldMap(options.fold_script ? table.script_folds : none)};
  const std::vector<bool> unmapped = UnmappedBlocks(table);
  std::map<uint16_t, uint32_t> shared;
  for (char32_t start = 0; start < kCodePoints; start += kBlockSize) {
    const uint16_t block = table.index[start >> kBlockBits];
    const auto place = static_cast<uint32_t>(entries_.size());
    // An entry speaks of its own code point alone if nothing maps it; then equal facts give equal
    // entries.
    const bool shareable = unmapped[block] && !IsSurrogate(start) && !folds.radicals.Touch(start) &&
                           !folds.scripts.Touch(start);
    index_.push_back(shareable ? shared.emplace(block, place).first->second : place);
    if (index_.back() != place) continue;
    for (char32_t c = start; c < start + kBlockSize; ++c) entries_.push_back(Compose(c, folds));
  }
  fates_.resize(0x10000, simd::kFateStops);
  for (char32_t c = 0x800; c < 0x10000; ++c) fates_[c] = FateOf(c);
}

uint32_t MappingTable::FateOf(char32_t c) const {
  const uint32_t entry = Entry(c);
  if ((entry & kEntrySpecial) == kEntryBracket) return simd::kFateBracket;
  if ((entry & kEntrySpecial) != 0) return simd::kFateStops;
  const Mapped mapped = MappedOf(c, entry);
  if (ClassOf(mapped) == CodePointClass::kSeparator) return simd::kFateSeparator;
  const bool single = ClassOf(mapped) == CodePointClass::kSingle;
  return single ? CodePointOf(mapped) : simd::kFateStops;
}

// What follows NFKC and lower case, for one code point of their result.
Mapped MappingTable::Finish(char32_t c, const Folds& folds) {
  const NormalizerTable& table = CommittedNormalizerTable();
  uint32_t fact = table.Fact(c);
  if (ClassOfFact(fact) == CodePointClass::kSeparator) {
    c = folds.radicals.Of(c);
    fact = table.Fact(c);
  }
  if ((fact & kFactHan) != 0) {
    c = folds.scripts.Of(c);
    fact = table.Fact(c);
  }
  return c | static_cast<uint32_t>(ClassOfFact(fact)) << kEntryClassShift |
         ((fact & kFactHan) ? kEntryHan : 0);
}

uint32_t MappingTable::ComposeFlags(char32_t c, uint32_t fact) const {
  return ((fact & kFactNoBoundary) ? kEntryNoBoundary : 0) |
         ((fact & kFactSigma) ? kEntrySigma : 0) |
         ((fact & kFactDroppable) && options_.drop_format ? kEntryDrop : 0) |
         (IsSurrogate(c) ? kEntrySurrogate : 0);
}

uint32_t MappingTable::Compose(char32_t c, const Folds& folds) {
  const NormalizerTable& table = CommittedNormalizerTable();
  const uint32_t fact = table.Fact(c);
  const uint32_t flags = ComposeFlags(c, fact);
  if ((fact & kFactSequence) == 0) {
    const Mapped mapped = Finish(c ^ (fact & kMappingMask), folds);
    const bool opens = options_.drop_pinyin && CodePointOf(mapped) == U'(';
    return flags | (mapped & ~kMappingMask) | (CodePointOf(mapped) ^ c) |
           (opens ? kEntryBracket : 0);
  }
  const size_t source = fact & kMappingMask;
  const auto place = static_cast<uint32_t>(pool_.size());
  pool_.push_back(table.pool[source]);
  for (uint32_t i = 1; i <= table.pool[source]; ++i)
    pool_.push_back(Finish(table.pool[source + i], folds));
  return flags | kEntrySequence | place | (pool_.back() & kEntryHan);
}

}  // namespace refrain::internal
