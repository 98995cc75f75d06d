// Keys are grouped in place: each becomes the number of its group.
#include "refrain/bucket/short_groups.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_grouper.h"
#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kMostKeys = size_t{1} << 31;

// The documents of the corpus that have keys.
class KeyedDocuments {
 public:
  KeyedDocuments(const ShortKeys& rule, const SketchTable& table, const std::vector<DocId>& copy_of)
      : table_(table), copy_of_(copy_of), counts_(rule.longest() + 1) {
    for (size_t size = 0; size < counts_.size(); ++size) counts_[size] = rule.Count(size);
    size_t first = 0;
    for (DocId doc = 0; doc < table.size(); ++doc) {
      if (doc % kPiece == 0) firsts_.push_back(first);
      first += CountOf(doc);
    }
  }

  // Calls visit(doc, first, count) for each document with keys: they are the `count` from `first` on.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (size_t piece = 0; piece < firsts_.size(); ++piece) Walk(piece, visit);
  }
  // The same in parallel.
  template <class Visit>
  void ForEachAtOnce(const Visit& visit) const {
    ParallelFor(0, firsts_.size(), 1, [&](size_t piece, size_t) { Walk(piece, visit); });
  }
  bool IsCopy(DocId doc) const { return copy_of_[doc] != doc; }
  bool IsShort(DocId doc) const { return table_.shingles[doc] < kShortShingles; }

 private:
  static constexpr size_t kPiece = 4096;

  size_t CountOf(DocId doc) const {
    const size_t size = table_.shingles[doc];
    return size < counts_.size() ? counts_[size] : 0;
  }

  template <class Visit>
  void Walk(size_t piece, const Visit& visit) const {
    const size_t end = std::min(table_.size(), (piece + 1) * kPiece);
    size_t first = firsts_[piece];
    for (size_t doc = piece * kPiece; doc < end; ++doc) {
      const size_t count = CountOf(static_cast<DocId>(doc));
      if (count > 0) visit(static_cast<DocId>(doc), first, count);
      first += count;
    }
  }

  const SketchTable& table_;
  const std::vector<DocId>& copy_of_;
  std::vector<size_t> counts_;  // keys of a document, by its shingles
  std::vector<size_t> firsts_;  // the first key of each piece
};

// The keys of all documents, in memory.
absl::StatusOr<PageVector<uint32_t>> TakeShortKeys(SketchTable* table) {
  Column<uint32_t> column = std::exchange(table->short_keys, Column<uint32_t>());
  if (column.size() > kMostKeys) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "too many short texts for one run: ", column.size(), " keys, at most ", kMostKeys));
  }
  PageVector<uint32_t> keys;
  REFRAIN_RETURN_IF_ERROR(TakeKeys(&column, &keys));
  return keys;
}

// The keys of documents that are no copies.
std::vector<bool> InPlay(const KeyedDocuments& documents, size_t keys) {
  std::vector<bool> in_play(keys, true);
  documents.ForEach([&](DocId doc, size_t first, size_t count) {
    if (!documents.IsCopy(doc)) return;
    for (size_t place = first; place < first + count; ++place) in_play[place] = false;
  });
  return in_play;
}

// Which groups have other members than long ones.
std::vector<bool> HaveShortMember(const KeyedDocuments& documents, std::span<const uint32_t> ids,
                                  const PageVector<uint32_t>& sizes) {
  std::vector<bool> have(sizes.size(), true);
  PageVector<uint32_t> members;
  members.resize(sizes.size());
  documents.ForEach([&](DocId doc, size_t first, size_t count) {
    if (documents.IsShort(doc)) return;
    for (const uint32_t id : ids.subspan(first, count)) {
      if (id != kNoGroup && ++members[id] == sizes[id]) have[id] = false;
    }
  });
  return have;
}

// Numbers the groups that have a short member anew; the others are none. Returns their sizes.
PageVector<uint32_t> KeepWithShortMember(const KeyedDocuments& documents,
                                         PageVector<uint32_t> sizes, std::span<uint32_t> ids) {
  const std::vector<bool> kept = HaveShortMember(documents, ids, sizes);
  if (std::ranges::find(kept, false) == kept.end()) return sizes;
  PageVector<uint32_t> numbers;
  PageVector<uint32_t> of_kept;
  for (size_t group = 0; group < sizes.size(); ++group) {
    numbers.push_back(kept[group] ? static_cast<uint32_t>(of_kept.size()) : kNoGroup);
    if (kept[group]) of_kept.push_back(sizes[group]);
  }
  for (uint32_t& id : ids) id = id == kNoGroup ? kNoGroup : numbers[id];
  return of_kept;
}

void AddRows(const KeyedDocuments& documents, std::span<uint32_t> ids, Groups* groups) {
  documents.ForEachAtOnce([&](DocId, size_t first, size_t count) {
    std::ranges::sort(ids.subspan(first, count));  // those in no group last
  });
  documents.ForEach([&](DocId doc, size_t first, size_t count) {
    const std::span<uint32_t> of_doc = ids.subspan(first, count);
    const auto end = std::ranges::find(of_doc, kNoGroup);
    if (end != of_doc.begin()) groups->AddRow(doc, {of_doc.begin(), end});
  });
}

// The odd sketches of the rows, out of those of all documents with keys.
absl::Status TakeSketches(const KeyedDocuments& documents, SketchTable* table,
                          ShortGroups* groups) {
  Column<OddSketch> column = std::exchange(table->odd_sketches, Column<OddSketch>());
  std::vector<bool> have_row;
  documents.ForEach(
      [&](DocId doc, size_t, size_t) { have_row.push_back(groups->RowOf(doc) != kNoRow); });
  for (size_t i = 0; i < column.chunks(); ++i) {
    REFRAIN_RETURN_IF_ERROR(VisitChunk(column, i, [&](size_t place, OddSketch sketch) {
      if (have_row[place]) groups->sketches.push_back(sketch);
    }));
    column.Drop(i);
  }
  return absl::OkStatus();
}

// Finds the rows whose documents can reach the threshold with no other.
class LonelyRows {
 public:
  LonelyRows(const SketchTable& table, double threshold, uint32_t crowded,
             const ShortGroups& groups)
      : groups_(groups), threshold_(threshold), crowded_(crowded) {
    begins_.resize(groups.sizes.size() + 1);
    uint32_t sum = 0;
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      begins_[group + 1] = sum;  // moves on with each row, to where the next group begins
      sum += IsCrowded(group) ? 0 : groups.sizes[group];
    }
    rows_.resize(sum);
    for (uint32_t row = 0; row < groups.size(); ++row)
      AddRow(row, table.shingles[groups.docs[row]]);
  }

  std::vector<bool> Find() const {
    constexpr size_t kPiece = 4096;  // bits of two pieces share no word
    std::vector<bool> lonely(groups_.size());
    ParallelFor(0, (lonely.size() + kPiece - 1) / kPiece, 1, [&](size_t piece, size_t) {
      const size_t end = std::min(lonely.size(), (piece + 1) * kPiece);
      for (size_t row = piece * kPiece; row < end; ++row) {
        lonely[row] = IsLonely(static_cast<uint32_t>(row));
      }
    });
    return lonely;
  }

 private:
  // Nobody is called lonely who would have to be compared with more members of groups than these.
  static constexpr size_t kMostOthers = 64;

  struct Facts {
    uint32_t shingles;
    uint32_t crowded;  // groups that are: another may share them
  };

  bool IsCrowded(size_t group) const { return groups_.sizes[group] > crowded_; }

  void AddRow(uint32_t row, uint32_t shingles) {
    uint32_t crowded = 0;
    for (const uint32_t group : groups_.GroupsOf(row)) {
      if (IsCrowded(group)) {
        ++crowded;
      } else {
        rows_[begins_[group + 1]++] = row;
      }
    }
    facts_.push_back({shingles, crowded});
  }

  bool IsLonely(uint32_t row) const {
    if (facts_[row].crowded > 0) return false;
    std::array<uint32_t, kMostOthers> others;
    auto last = others.begin();
    for (const uint32_t group : groups_.GroupsOf(row)) {
      const uint32_t end = begins_[group + 1];
      if (end - begins_[group] > others.end() - last) return false;
      for (uint32_t i = begins_[group]; i < end; ++i) {
        *last = rows_[i];
        last += rows_[i] != row ? 1 : 0;
      }
    }
    std::sort(others.begin(), last);
    for (auto from = others.begin(), to = from; from != last; from = to) {
      while (to != last && *to == *from) ++to;
      if (CanReach(row, *from, static_cast<size_t>(to - from))) return false;
    }
    return true;
  }

  bool CanReach(uint32_t row, uint32_t other, size_t shared) const {
    return PrefixesCanReach(facts_[row].shingles, facts_[other].shingles,
                            shared + facts_[other].crowded, threshold_) &&
           OddSketchesCanReach(facts_[row].shingles, groups_.sketches[row], facts_[other].shingles,
                               groups_.sketches[other], threshold_);
  }

  const ShortGroups& groups_;
  double threshold_;
  uint32_t crowded_;
  PageVector<uint32_t> begins_;  // of each group in rows_, and the end: kMostKeys at most
  PageVector<uint32_t> rows_;
  PageVector<Facts> facts_;  // of each row
};

// Leaves rows without groups; what then is alone in a group leaves it, too.
void TakeOut(const std::vector<bool>& rows, Groups* groups) {
  for (uint32_t row = 0; row < rows.size(); ++row) {
    if (!rows[row]) continue;
    for (const uint32_t group : groups->GroupsOf(row)) --groups->sizes[group];
  }
  for (uint32_t& size : groups->sizes) size = size > 1 ? size : 0;
  uint64_t to = 0;
  uint64_t from = 0;
  for (uint32_t row = 0; row < rows.size(); ++row) {
    for (; from < groups->begins[row + 1]; ++from) {
      const uint32_t group = groups->memberships[from];
      if (!rows[row] && groups->sizes[group] > 0) groups->memberships[to++] = group;
    }
    groups->begins[row + 1] = to;
  }
}

}  // namespace

absl::StatusOr<ShortGroups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                           const std::vector<DocId>& copy_of) {
  REFRAIN_ASSIGN_OR_RETURN(PageVector<uint32_t> keys, TakeShortKeys(table));
  const KeyedDocuments documents(rule, *table, copy_of);
  const std::span<uint32_t> ids(keys.data(), keys.size());
  PageVector<uint32_t> sizes;
  KeyGrouper().Group(ids, InPlay(documents, ids.size()), &sizes);
  ShortGroups groups;
  groups.sizes = KeepWithShortMember(documents, std::move(sizes), ids);
  AddRows(documents, ids, &groups);
  REFRAIN_RETURN_IF_ERROR(TakeSketches(documents, table, &groups));
  return groups;
}

void DropLonely(const SketchTable& table, double threshold, uint32_t crowded, ShortGroups* groups) {
  TakeOut(LonelyRows(table, threshold, crowded, *groups).Find(), groups);
}

}  // namespace refrain
