// Keys are grouped in place: each becomes the number of its group.
#include "refrain/bucket/short_groups.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_grouper.h"
#include "refrain/bucket/prefix_index.h"
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
  }

  // Calls visit(doc, first, count) for each document with keys: they are the `count` from `first` on.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    size_t first = 0;
    for (DocId doc = 0; doc < table_.size(); ++doc) {
      const size_t size = table_.shingles[doc];
      const size_t count = size < counts_.size() ? counts_[size] : 0;
      if (count > 0) visit(doc, first, count);
      first += count;
    }
  }
  bool IsCopy(DocId doc) const { return copy_of_[doc] != doc; }
  bool IsShort(DocId doc) const { return table_.shingles[doc] < kShortShingles; }

 private:
  const SketchTable& table_;
  const std::vector<DocId>& copy_of_;
  std::vector<size_t> counts_;  // keys of a document, by its shingles
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
  documents.ForEach([&](DocId doc, size_t first, size_t count) {
    const std::span<uint32_t> of_doc = OnlyGroups(ids.subspan(first, count));
    if (of_doc.empty()) return;
    std::ranges::sort(of_doc);
    groups->AddRow(doc, of_doc);
  });
}

// Finds the rows whose documents share too few keys with any other.
class LonelyRows {
 public:
  LonelyRows(const SketchTable& table, double threshold, uint32_t crowded, const Groups& groups)
      : groups_(groups), threshold_(threshold), crowded_(crowded) {
    ends_.resize(groups.sizes.size() + 1);
    for (size_t group = 0; group < groups.sizes.size(); ++group) {
      ends_[group + 1] = ends_[group] + (IsCrowded(group) ? 0 : groups.sizes[group]);
    }
    rows_.resize(ends_[groups.sizes.size()]);
    for (uint32_t row = 0; row < groups.size(); ++row)
      AddRow(row, table.shingles[groups.docs[row]]);
  }

  std::vector<bool> Find() const {
    constexpr size_t kPiece = 4096;  // bits of two pieces share no word
    std::vector<bool> lonely(groups_.size());
    ParallelFor(0, (lonely.size() + kPiece - 1) / kPiece, 1, [&](size_t piece, size_t) {
      std::vector<uint32_t> others;
      const size_t end = std::min(lonely.size(), (piece + 1) * kPiece);
      for (size_t row = piece * kPiece; row < end; ++row) {
        lonely[row] = IsLonely(static_cast<uint32_t>(row), &others);
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
        rows_[ends_[group]++] = row;
      }
    }
    facts_.push_back({shingles, crowded});
  }

  bool IsLonely(uint32_t row, std::vector<uint32_t>* others) const {
    if (facts_[row].crowded > 0) return false;
    others->clear();
    for (const uint32_t group : groups_.GroupsOf(row)) {
      const uint32_t* const end = rows_.data() + ends_[group];
      others->insert(others->end(), end - groups_.sizes[group], end);
      if (others->size() > kMostOthers) return false;
    }
    std::ranges::sort(*others);
    for (auto from = others->begin(), to = from; from != others->end(); from = to) {
      while (to != others->end() && *to == *from) ++to;
      if (*from != row && CanReach(row, *from, static_cast<size_t>(to - from))) return false;
    }
    return true;
  }

  bool CanReach(uint32_t row, uint32_t other, size_t shared) const {
    return PrefixesCanReach(facts_[row].shingles, facts_[other].shingles,
                            shared + facts_[other].crowded, threshold_);
  }

  const Groups& groups_;
  double threshold_;
  uint32_t crowded_;
  PageVector<uint64_t> ends_;  // of each group's rows, as far as they are listed
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

absl::StatusOr<Groups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                      const std::vector<DocId>& copy_of) {
  REFRAIN_ASSIGN_OR_RETURN(PageVector<uint32_t> keys, TakeShortKeys(table));
  const KeyedDocuments documents(rule, *table, copy_of);
  const std::span<uint32_t> ids(keys.data(), keys.size());
  PageVector<uint32_t> sizes;
  KeyGrouper().Group(ids, InPlay(documents, ids.size()), &sizes);
  Groups groups;
  groups.sizes = KeepWithShortMember(documents, std::move(sizes), ids);
  AddRows(documents, ids, &groups);
  return groups;
}

void DropLonely(const SketchTable& table, double threshold, uint32_t crowded, Groups* groups) {
  TakeOut(LonelyRows(table, threshold, crowded, *groups).Find(), groups);
}

}  // namespace refrain
