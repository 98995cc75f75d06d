// Keys are grouped in place: a bin lists the places of its keys, and each place's key becomes the group's id.
#include "refrain/bucket/short_groups.h"

#include <algorithm>
#include <bit>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kKeysOfABin = 1 << 15;
constexpr int kMostBinBits = 16;
constexpr size_t kMostKeys = size_t{1} << 31;

// The keys of the corpus and whose they are.
class KeyedDocuments {
 public:
  KeyedDocuments(const ShortKeys& rule, const SketchTable& table, const std::vector<DocId>& copy_of)
      : rule_(rule), table_(table), copy_of_(copy_of) {}

  // Calls visit(doc, first, count) for each document with keys that is no copy.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    size_t first = 0;
    for (DocId doc = 0; doc < table_.size(); ++doc) {
      const size_t count = rule_.Count(table_.shingles[doc]);
      if (count > 0 && copy_of_[doc] == doc) visit(doc, first, count);
      first += count;
    }
  }
  bool IsShort(DocId doc) const { return table_.shingles[doc] < kShortShingles; }

 private:
  const ShortKeys& rule_;
  const SketchTable& table_;
  const std::vector<DocId>& copy_of_;
};

// The places of keys by the highest bits of the key.
class Bins {
 public:
  Bins(const KeyedDocuments& documents, std::span<const uint32_t> keys)
      : shift_(32 - BitsFor(keys.size())), begins_((size_t{1} << (32 - shift_)) + 1, 0) {
    documents.ForEach([&](DocId, size_t first, size_t count) {
      for (const uint32_t key : keys.subspan(first, count)) ++begins_[(key >> shift_) + 1];
    });
    for (size_t bin = 1; bin < begins_.size(); ++bin) begins_[bin] += begins_[bin - 1];
    places_.resize(begins_.back());
    std::vector<uint64_t> next(begins_.begin(), begins_.end() - 1);
    documents.ForEach([&](DocId doc, size_t first, size_t count) {
      for (size_t place = first; place < first + count; ++place) {
        places_[next[keys[place] >> shift_]++] = Place(place, documents.IsShort(doc));
      }
    });
  }

  // The index of a key among all keys, and whether it is a short document's.
  class Place {
   public:
    Place() = default;
    Place(size_t key, bool is_short) : value_(static_cast<uint32_t>(key << 1 | size_t{is_short})) {}
    size_t key() const { return value_ >> 1; }
    bool is_short() const { return (value_ & 1) != 0; }

   private:
    uint32_t value_ = 0;
  };

  size_t size() const { return begins_.size() - 1; }
  std::span<const Place> operator[](size_t bin) const {
    return {places_.data() + begins_[bin], static_cast<size_t>(begins_[bin + 1] - begins_[bin])};
  }

 private:
  static int BitsFor(size_t keys) {
    return std::clamp(static_cast<int>(std::bit_width(keys / kKeysOfABin)), 1, kMostBinBits);
  }

  int shift_;
  std::vector<uint64_t> begins_;
  PageVector<Place> places_;
};

// Turns the keys of a bin into group ids that begin at 0; returns the groups' sizes.
std::vector<uint32_t> GroupBin(std::span<const Bins::Place> places, PageVector<uint32_t>* keys) {
  std::vector<uint64_t> pairs(places.size());
  for (size_t i = 0; i < places.size(); ++i)
    pairs[i] = uint64_t{(*keys)[places[i].key()]} << 32 | i;
  std::vector<uint64_t> scratch;
  RadixSortByKey(&pairs, &scratch);

  const auto place = [&](size_t i) { return places[pairs[i] & UINT32_MAX]; };
  std::vector<uint32_t> sizes;
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    bool any_short = false;
    for (; end < pairs.size() && pairs[end] >> 32 == pairs[begin] >> 32; ++end) {
      any_short |= place(end).is_short();
    }
    const bool is_group = any_short && end - begin > 1;
    const uint32_t group = is_group ? static_cast<uint32_t>(sizes.size()) : kNoGroup;
    if (is_group) sizes.push_back(static_cast<uint32_t>(end - begin));
    for (size_t i = begin; i < end; ++i) (*keys)[place(i).key()] = group;
  }
  return sizes;
}

// Makes the ids of all bins one dense range; returns the groups' sizes.
PageVector<uint32_t> NumberGroups(const Bins& bins, const std::vector<std::vector<uint32_t>>& sizes,
                                  PageVector<uint32_t>* ids) {
  PageVector<uint32_t> all;
  std::vector<uint32_t> first;
  for (const std::vector<uint32_t>& bin : sizes) {
    first.push_back(static_cast<uint32_t>(all.size()));
    all.append(bin);
  }
  ParallelFor(0, bins.size(), 1, [&](size_t bin, size_t) {
    for (const Bins::Place place : bins[bin]) {
      uint32_t& id = (*ids)[place.key()];
      if (id != kNoGroup) id += first[bin];
    }
  });
  return all;
}

// The keys of all documents, in memory.
absl::StatusOr<PageVector<uint32_t>> TakeKeys(SketchTable* table) {
  Column<uint32_t> column = std::exchange(table->short_keys, Column<uint32_t>());
  if (column.size() > kMostKeys) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "too many short texts for one run: ", column.size(), " keys, at most ", kMostKeys));
  }
  PageVector<uint32_t> keys;
  PageVector<uint32_t> buffer;
  keys.reserve(column.size());
  for (size_t i = 0; i < column.chunks(); ++i) {
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const uint32_t> chunk, column.Chunk(i, &buffer));
    keys.append(chunk);
    column.Drop(i);
  }
  return keys;
}

}  // namespace

absl::StatusOr<Groups> GroupShortKeys(const ShortKeys& rule, SketchTable* table,
                                      const std::vector<DocId>& copy_of) {
  REFRAIN_ASSIGN_OR_RETURN(PageVector<uint32_t> ids, TakeKeys(table));
  const KeyedDocuments documents(rule, *table, copy_of);
  Groups groups;
  {
    const Bins bins(documents, {ids.data(), ids.size()});
    std::vector<std::vector<uint32_t>> sizes(bins.size());
    ParallelFor(0, bins.size(), 1,
                [&](size_t bin, size_t) { sizes[bin] = GroupBin(bins[bin], &ids); });
    groups.sizes = NumberGroups(bins, sizes, &ids);
  }
  documents.ForEach([&](DocId doc, size_t first, size_t count) {
    const std::span<uint32_t> of_doc(ids.data() + first, count);
    std::ranges::sort(of_doc);
    groups.AddRow(doc, of_doc);
  });
  return groups;
}

}  // namespace refrain
