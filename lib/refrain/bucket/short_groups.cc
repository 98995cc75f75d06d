#include "refrain/bucket/short_groups.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_buckets.h"
#include "refrain/bucket/member_lists.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kMostKeys = size_t{1} << 31;

// Whose the keys are.
class KeyedDocuments {
 public:
  KeyedDocuments(const ShortKeys& rule, const SketchTable& table, const std::vector<DocId>& copy_of)
      : rule_(rule), table_(table), copy_of_(copy_of) {
    firsts_.resize((table.size() + kPiece - 1) / kPiece + 1);
    ParallelFor(0, firsts_.size() - 1, 1, [&](size_t piece, size_t) {
      const size_t end = std::min(table.size(), (piece + 1) * kPiece);
      for (size_t doc = piece * kPiece; doc < end; ++doc) firsts_[piece + 1] += CountOf(doc);
    });
    std::partial_sum(firsts_.begin(), firsts_.end(), firsts_.begin());
  }

  // Calls visit(key, doc) for the keys, which are those from `first` on, but for those of copies.
  template <class Visit>
  void ForEachKey(size_t first, std::span<const uint32_t> keys, const Visit& visit) const {
    const auto piece = std::ranges::upper_bound(firsts_, first) - 1;
    size_t doc = static_cast<size_t>(piece - firsts_.begin()) * kPiece;
    size_t place = *piece;
    for (; place + CountOf(doc) <= first; ++doc) place += CountOf(doc);
    for (size_t i = 0; i < keys.size(); ++doc) {
      place += CountOf(doc);
      const size_t end = std::min(place - first, keys.size());
      if (copy_of_[doc] != doc) i = end;
      for (; i < end; ++i) visit(keys[i], static_cast<uint32_t>(doc));
    }
  }

  size_t CountOf(size_t doc) const { return rule_.Count(table_.shingles[doc]); }

 private:
  static constexpr size_t kPiece = 4096;

  const ShortKeys& rule_;
  const SketchTable& table_;
  const std::vector<DocId>& copy_of_;
  std::vector<size_t> firsts_;  // the first key of each piece, and the end
};

// Spreads the keys of a column, which gives its memory back on the way.
absl::Status SpreadKeys(const KeyedDocuments& documents, Column<uint32_t>* keys,
                        KeyBuckets* buckets) {
  const std::vector<size_t> most(keys->chunks(), keys->chunk_rows());
  FirstError error;
  buckets->Spread(keys->size(), most, [&](size_t i, const auto& visit) {
    PageVector<uint32_t> buffer;
    const auto chunk = keys->Chunk(i, &buffer);
    error.Update(chunk.status());
    if (chunk.ok()) documents.ForEachKey(i * keys->chunk_rows(), *chunk, visit);
    keys->Drop(i);
  });
  return error.status();
}

// The odd sketches by document, out of a column of those with keys.
absl::StatusOr<PageVector<OddSketch>> TakeSketches(const KeyedDocuments& documents,
                                                   SketchTable* table) {
  Column<OddSketch> column = std::exchange(table->odd_sketches, Column<OddSketch>());
  PageVector<OddSketch> sketches;
  sketches.resize(table->size());
  size_t doc = 0;
  for (size_t i = 0; i < column.chunks(); ++i) {
    REFRAIN_RETURN_IF_ERROR(VisitChunk(column, i, [&](size_t, OddSketch sketch) {
      while (documents.CountOf(doc) == 0) ++doc;
      sketches[doc++] = sketch;
    }));
    column.Drop(i);
  }
  return sketches;
}

}  // namespace

absl::StatusOr<ShortGroups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                           const std::vector<DocId>& copy_of, uint32_t crowded) {
  Column<uint32_t> keys = std::exchange(table->short_keys, Column<uint32_t>());
  if (keys.size() > kMostKeys) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "too many short texts for one run: ", keys.size(), " keys, at most ", kMostKeys));
  }
  const KeyedDocuments documents(rule, *table, copy_of);
  REFRAIN_ASSIGN_OR_RETURN(const PageVector<OddSketch> sketches, TakeSketches(documents, table));
  MemberLists lists(&table->shingles, &sketches);
  {
    KeyBuckets buckets;
    REFRAIN_RETURN_IF_ERROR(SpreadKeys(documents, &keys, &buckets));
    lists.Take(&buckets);
  }
  lists.DropLonely(rule.threshold(), crowded);
  ShortGroups groups{lists.MakeGroups(), {}};
  groups.sketches.reserve(groups.size());
  for (const DocId doc : groups.docs) groups.sketches.push_back(sketches[doc]);
  return groups;
}

}  // namespace refrain
