#include "refrain/bucket/band_groups.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

// Keeps the rows for which keep(row) holds, in place.
template <class Keep>
void CompactRows(BandGroups* groups, const Keep& keep) {
  const size_t bands = static_cast<size_t>(groups->bands);
  size_t to = 0;
  for (size_t row = 0; row < groups->size(); ++row) {
    if (!keep(row)) continue;
    if (to != row) {
      groups->docs[to] = groups->docs[row];
      groups->sketches[to] = groups->sketches[row];
      std::copy_n(groups->groups.begin() + static_cast<ptrdiff_t>(row * bands), bands,
                  groups->groups.begin() + static_cast<ptrdiff_t>(to * bands));
    }
    ++to;
  }
  groups->docs.resize(to);
  groups->sketches.resize(to);
  groups->groups.resize(to * bands);
  groups->docs.shrink_to_fit();
  groups->sketches.shrink_to_fit();
  groups->groups.shrink_to_fit();
}

// Turns the keys of one band into group ids that begin at 0, in the order of the keys; returns the groups' sizes.
std::vector<uint32_t> GroupOneBand(size_t band, BandGroups* groups) {
  const size_t bands = static_cast<size_t>(groups->bands);
  std::vector<uint64_t> pairs(groups->size());
  for (size_t row = 0; row < pairs.size(); ++row) {
    pairs[row] = uint64_t{groups->groups[row * bands + band]} << 32 | row;
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&pairs, &scratch);

  std::vector<uint32_t> sizes;
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    while (end < pairs.size() && pairs[end] >> 32 == pairs[begin] >> 32) ++end;
    const uint32_t group = end - begin < 2 ? kNoGroup : static_cast<uint32_t>(sizes.size());
    if (group != kNoGroup) sizes.push_back(static_cast<uint32_t>(end - begin));
    for (size_t i = begin; i < end; ++i) {
      groups->groups[(pairs[i] & UINT32_MAX) * bands + band] = group;
    }
  }
  return sizes;
}

// Makes the ids of all bands one dense range.
void NumberGroups(const std::vector<std::vector<uint32_t>>& sizes, BandGroups* groups) {
  const size_t bands = static_cast<size_t>(groups->bands);
  std::vector<uint32_t> first(bands, 0);
  for (size_t band = 0; band < bands; ++band) {
    first[band] = static_cast<uint32_t>(groups->sizes.size());
    groups->sizes.insert(groups->sizes.end(), sizes[band].begin(), sizes[band].end());
  }
  ParallelFor(0, groups->size(), 4096, [&](size_t begin, size_t end) {
    for (size_t i = begin * bands; i < end * bands; ++i) {
      if (groups->groups[i] != kNoGroup) groups->groups[i] += first[i % bands];
    }
  });
}

}  // namespace

uint32_t BandGroups::RowOf(DocId doc) const {
  const auto it = std::lower_bound(docs.begin(), docs.end(), doc);
  return it == docs.end() || *it != doc ? kNoRow : static_cast<uint32_t>(it - docs.begin());
}

bool BandGroups::ShareGroup(uint32_t row_a, uint32_t row_b) const {
  const std::span<const uint32_t> a = GroupsOf(row_a);
  const std::span<const uint32_t> b = GroupsOf(row_b);
  for (size_t band = 0; band < a.size(); ++band) {
    if (a[band] == b[band] && a[band] != kNoGroup) return true;
  }
  return false;
}

std::string BandGroups::DebugString() const {
  std::string out;
  for (uint32_t row = 0; row < size(); ++row) {
    absl::StrAppend(&out, "doc ", docs[row], ":");
    for (const uint32_t group : GroupsOf(row)) {
      absl::StrAppend(&out, " ", group == kNoGroup ? "-" : absl::StrCat(group));
    }
    out += '\n';
  }
  return out;
}

BandGroups GroupBands(SketchTable* table, const std::vector<DocId>& copy_of) {
  BandGroups groups{.bands = table->bands,
                    .docs = std::exchange(table->sketched, {}),
                    .sketches = std::exchange(table->sketches, {}),
                    .groups = std::exchange(table->keys, {}),
                    .sizes = {}};
  const size_t bands = static_cast<size_t>(groups.bands);
  CompactRows(&groups, [&](size_t row) { return copy_of[groups.docs[row]] == groups.docs[row]; });
  std::vector<std::vector<uint32_t>> sizes(bands);
  ParallelFor(0, bands, 1, [&](size_t band, size_t) { sizes[band] = GroupOneBand(band, &groups); });
  NumberGroups(sizes, &groups);
  CompactRows(&groups, [&](size_t row) {
    return std::ranges::any_of(groups.GroupsOf(static_cast<uint32_t>(row)),
                               [](uint32_t group) { return group != kNoGroup; });
  });
  return groups;
}

}  // namespace refrain
