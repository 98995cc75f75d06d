#include "refrain/bucket/band_groups.h"

#include <cstddef>
#include <span>
#include <utility>

#include "refrain/bucket/radix_sort.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

// The sketched documents that are no copies.
struct KeyedDocuments {
  std::vector<DocId> docs;
  std::vector<OneBitSketch> sketches;
  std::vector<uint32_t> keys;  // [row * bands + band]; in place they become groups
};

KeyedDocuments TakeOriginals(const std::vector<DocId>& copy_of, SketchTable* table) {
  const size_t bands = static_cast<size_t>(table->bands);
  KeyedDocuments rows{std::exchange(table->sketched, {}), std::exchange(table->sketches, {}),
                      std::exchange(table->keys, {})};
  size_t to = 0;
  for (size_t row = 0; row < rows.docs.size(); ++row) {
    if (copy_of[rows.docs[row]] != rows.docs[row]) continue;
    rows.docs[to] = rows.docs[row];
    rows.sketches[to] = rows.sketches[row];
    for (size_t band = 0; band < bands; ++band) {
      rows.keys[to * bands + band] = rows.keys[row * bands + band];
    }
    ++to;
  }
  rows.docs.resize(to);
  rows.sketches.resize(to);
  rows.keys.resize(to * bands);
  return rows;
}

// Turns the keys of one band into group ids that begin at 0, in the order of the keys; returns the groups' sizes.
std::vector<uint32_t> GroupOneBand(size_t band, size_t bands, KeyedDocuments* rows) {
  std::vector<uint64_t> pairs(rows->docs.size());
  for (size_t row = 0; row < pairs.size(); ++row) {
    pairs[row] = uint64_t{rows->keys[row * bands + band]} << 32 | row;
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&pairs, &scratch);

  std::vector<uint32_t> sizes;
  for (size_t begin = 0, end = 0; begin < pairs.size(); begin = end) {
    while (end < pairs.size() && pairs[end] >> 32 == pairs[begin] >> 32) ++end;
    const uint32_t group = end - begin < 2 ? kNoGroup : static_cast<uint32_t>(sizes.size());
    if (group != kNoGroup) sizes.push_back(static_cast<uint32_t>(end - begin));
    for (size_t i = begin; i < end; ++i) {
      rows->keys[(pairs[i] & UINT32_MAX) * bands + band] = group;
    }
  }
  return sizes;
}

// Makes the ids of all bands one dense range; returns where each band's begin.
std::vector<uint32_t> NumberGroups(const std::vector<std::vector<uint32_t>>& sizes,
                                   BandGroups* groups) {
  std::vector<uint32_t> first;
  for (const std::vector<uint32_t>& band : sizes) {
    first.push_back(static_cast<uint32_t>(groups->sizes.size()));
    groups->sizes.insert(groups->sizes.end(), band.begin(), band.end());
  }
  return first;
}

}  // namespace

BandGroups GroupBands(SketchTable* table, const std::vector<DocId>& copy_of) {
  const size_t bands = static_cast<size_t>(table->bands);
  KeyedDocuments rows = TakeOriginals(copy_of, table);
  std::vector<std::vector<uint32_t>> sizes(bands);
  ParallelFor(0, bands, 1,
              [&](size_t band, size_t) { sizes[band] = GroupOneBand(band, bands, &rows); });
  BandGroups groups;
  const std::vector<uint32_t> first = NumberGroups(sizes, &groups);
  for (size_t row = 0; row < rows.docs.size(); ++row) {
    const std::span<uint32_t> of_row(&rows.keys[row * bands], bands);
    for (size_t band = 0; band < bands; ++band) {
      if (of_row[band] != kNoGroup) of_row[band] += first[band];
    }
    if (groups.AddRow(rows.docs[row], of_row)) groups.sketches.push_back(rows.sketches[row]);
  }
  return groups;
}

}  // namespace refrain
