#include "refrain/passage/key_groups.h"

#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kParts = 256;
constexpr size_t kChunk = size_t{1} << 16;

struct Keyed {
  uint64_t key;
  uint32_t row;
};

size_t PartOf(uint64_t key) { return key & (kParts - 1); }

// Counts of each part in each chunk of rows, then the places where they go.
using Places = std::vector<std::array<size_t, kParts>>;

Places CountParts(std::span<const uint64_t> keys) {
  Places places((keys.size() + kChunk - 1) / kChunk);
  ParallelFor(0, places.size(), 1, [&](size_t from, size_t to) {
    for (size_t chunk = from; chunk < to; ++chunk) {
      places[chunk].fill(0);
      const size_t end = std::min(keys.size(), (chunk + 1) * kChunk);
      for (size_t i = chunk * kChunk; i < end; ++i) ++places[chunk][PartOf(keys[i])];
    }
  });
  return places;
}

std::vector<size_t> MakePlaces(Places* places) {
  std::vector<size_t> begins;
  size_t sum = 0;
  for (size_t part = 0; part < kParts; ++part) {
    begins.push_back(sum);
    for (auto& chunk : *places) {
      const size_t count = chunk[part];
      chunk[part] = sum;
      sum += count;
    }
  }
  begins.push_back(sum);
  return begins;
}

void Scatter(std::span<const uint64_t> keys, Places* places, Keyed* out) {
  ParallelFor(0, places->size(), 1, [&](size_t from, size_t to) {
    for (size_t chunk = from; chunk < to; ++chunk) {
      const size_t end = std::min(keys.size(), (chunk + 1) * kChunk);
      for (size_t i = chunk * kChunk; i < end; ++i) {
        out[(*places)[chunk][PartOf(keys[i])]++] = {keys[i], static_cast<uint32_t>(i)};
      }
    }
  });
}

struct Part {
  std::vector<uint32_t> rows;
  std::vector<size_t> sizes;
};

Part SortPart(std::span<Keyed> entries) {
  std::ranges::sort(entries, [](const Keyed& a, const Keyed& b) {
    return a.key != b.key ? a.key < b.key : a.row < b.row;
  });
  Part part;
  for (size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
    while (end < entries.size() && entries[end].key == entries[begin].key) ++end;
    if (end - begin < 2) continue;
    for (size_t i = begin; i < end; ++i) part.rows.push_back(entries[i].row);
    part.sizes.push_back(end - begin);
  }
  return part;
}

}  // namespace

KeyGroups GroupByKey(std::span<const uint64_t> keys) {
  Places places = CountParts(keys);
  const std::vector<size_t> begins = MakePlaces(&places);
  auto entries = std::make_unique_for_overwrite<Keyed[]>(keys.size());
  Scatter(keys, &places, entries.get());
  std::vector<Part> parts(kParts);
  ParallelFor(0, kParts, 1, [&](size_t from, size_t to) {
    for (size_t p = from; p < to; ++p) {
      parts[p] = SortPart(std::span(entries.get() + begins[p], begins[p + 1] - begins[p]));
    }
  });
  entries.reset();
  KeyGroups groups;
  for (const Part& part : parts) {
    groups.rows_.insert(groups.rows_.end(), part.rows.begin(), part.rows.end());
    for (const size_t size : part.sizes) groups.begins_.push_back(groups.begins_.back() + size);
  }
  return groups;
}

std::string KeyGroups::DebugString() const {
  std::string text;
  for (size_t g = 0; g < size(); ++g) {
    absl::StrAppend(&text, g == 0 ? "{" : " {");
    for (const uint32_t row : (*this)[g]) {
      absl::StrAppend(&text, row == (*this)[g][0] ? "" : " ", row);
    }
    absl::StrAppend(&text, "}");
  }
  return text;
}

}  // namespace refrain
