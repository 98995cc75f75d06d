#include "refrain/passage/seeds.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "refrain/base/mix.h"
#include "refrain/parallel/parallel.h"
#include "refrain/passage/window_links.h"
#include "refrain/passage/winnow.h"

namespace refrain {
namespace {

std::vector<bool> FrequentRows(const Postings& postings, uint32_t all_pairs) {
  std::vector<bool> frequent(postings.rows.size(), false);
  for (size_t g = 0; g < postings.groups.size(); ++g) {
    if (postings.groups[g].size() <= all_pairs) continue;
    for (const uint32_t row : postings.groups[g]) frequent[row] = true;
  }
  return frequent;
}

// What stands before a posting: equal for two of one group if the anchors before them are a pair at the same distance,
// which are paired themselves. 0 where that is not known.
std::vector<uint64_t> Histories(const Postings& postings, const std::vector<bool>& frequent) {
  std::vector<uint64_t> histories(postings.rows.size(), 0);
  for (size_t i = 1; i < postings.rows.size(); ++i) {
    const AnchorPlace& row = postings.rows[i];
    const AnchorPlace& before = postings.rows[i - 1];
    if (!row.follows || frequent[i - 1]) continue;
    histories[i] = Mix64(before.fingerprint + row.position - before.position) | 1;
  }
  return histories;
}

// The tokens around the places of one group, side by side, so that pairs are compared in the nearest cache.
class Surroundings {
 public:
  explicit Surroundings(WinnowShape shape) : side_(shape.w - 1), shape_(shape) {}

  void Read(const Postings& postings, std::span<const uint32_t> group, const TokenStore& store) {
    tokens_.resize(group.size() * 2 * side_);
    uint64_t* out = tokens_.data();
    for (const uint32_t row : group) {
      const AnchorPlace& posting = postings.rows[row];
      const std::span<const uint64_t> ids = store.ids(posting.doc);
      const uint64_t edge = ~uint64_t{row};  // unlike any other place's
      for (uint32_t i = 1; i <= side_; ++i) {
        *out++ = posting.position >= i ? ids[posting.position - i] : edge;
      }
      const size_t after = posting.position + shape_.k;
      for (size_t i = 0; i < side_; ++i) *out++ = after + i < ids.size() ? ids[after + i] : edge;
    }
  }

  // Whether places i and j lie in a common run that is long enough to have an anchor for certain.
  bool InRun(size_t i, size_t j) const {
    const uint64_t* x = &tokens_[i * 2 * side_];
    const uint64_t* y = &tokens_[j * 2 * side_];
    size_t before = 0;
    while (before < side_ && x[before] == y[before]) ++before;
    size_t after = 0;
    while (after < side_ && x[side_ + after] == y[side_ + after]) ++after;
    return before + after >= side_;
  }

 private:
  size_t side_;
  WinnowShape shape_;
  std::vector<uint64_t> tokens_;
};

void PairGroup(const Postings& postings, std::span<const uint32_t> group,
               const std::vector<uint64_t>& histories, const Surroundings& around,
               std::vector<Seed>* seeds) {
  for (size_t j = 1; j < group.size(); ++j) {
    const AnchorPlace& y = postings.rows[group[j]];
    const uint64_t history = histories[group[j]];
    for (size_t i = 0; i < j; ++i) {
      if (history != 0 && history == histories[group[i]]) continue;
      if (!around.InRun(i, j)) continue;
      const AnchorPlace& x = postings.rows[group[i]];
      seeds->push_back({x.doc, y.doc, x.position, y.position});
    }
  }
}

// Whether all places of a group go on from the group before, so that there is no new pair.
bool SameHistory(std::span<const uint32_t> group, const std::vector<uint64_t>& histories) {
  const uint64_t first = histories[group[0]];
  return first != 0 &&
         std::ranges::all_of(group, [&](uint32_t row) { return histories[row] == first; });
}

void AppendPairs(const Postings& postings, const std::vector<bool>& frequent,
                 const TokenStore& store, const SeedOptions& options,
                 std::vector<std::vector<Seed>>* seeds) {
  const std::vector<uint64_t> histories = Histories(postings, frequent);
  constexpr size_t kPiece = 1 << 12;
  const size_t before = seeds->size();
  seeds->resize(before + (postings.groups.size() + kPiece - 1) / kPiece);
  ParallelFor(0, seeds->size() - before, 1, [&](size_t from, size_t to) {
    Surroundings around(WinnowShape::ForRuns(options.length));
    for (size_t piece = from; piece < to; ++piece) {
      const size_t end = std::min(postings.groups.size(), (piece + 1) * kPiece);
      for (size_t g = piece * kPiece; g < end; ++g) {
        const std::span<const uint32_t> group = postings.groups[g];
        if (group.size() > options.all_pairs || SameHistory(group, histories)) continue;
        around.Read(postings, group, store);
        PairGroup(postings, group, histories, around, &(*seeds)[before + piece]);
      }
    }
  });
}

// Sorts by counting the first document, then each document's seeds on their own.
std::vector<Seed> Sorted(std::vector<std::vector<Seed>> parts, size_t documents) {
  std::vector<size_t> places(documents + 1, 0);
  for (const auto& part : parts) {
    for (const Seed& seed : part) ++places[seed.doc_a + 1];
  }
  for (size_t doc = 0; doc < documents; ++doc) places[doc + 1] += places[doc];
  std::vector<Seed> seeds(places[documents]);
  std::vector<size_t> next = places;
  for (auto& part : parts) {
    for (const Seed& seed : part) seeds[next[seed.doc_a]++] = seed;
    part = {};
  }
  ParallelFor(0, documents, 16, [&](size_t from, size_t to) {
    for (size_t doc = from; doc < to; ++doc) {
      std::sort(seeds.begin() + static_cast<ptrdiff_t>(places[doc]),
                seeds.begin() + static_cast<ptrdiff_t>(places[doc + 1]));
    }
  });
  return seeds;
}

}  // namespace

std::string DebugString(std::span<const Seed> seeds) {
  std::string text;
  for (const Seed& seed : seeds) {
    absl::StrAppend(&text, text.empty() ? "" : " ", seed.doc_a, ":", seed.a, "~", seed.doc_b, ":",
                    seed.b);
  }
  return text;
}

std::vector<Seed> FindSeeds(const Postings& postings, const TokenStore& store,
                            const SeedOptions& options) {
  const std::vector<bool> frequent = FrequentRows(postings, options.all_pairs);
  std::vector<std::vector<Seed>> seeds;
  AppendPairs(postings, frequent, store, options, &seeds);
  internal::AppendWindowSeeds(postings, frequent, store, options, &seeds);
  return Sorted(std::move(seeds), store.size());
}

}  // namespace refrain
