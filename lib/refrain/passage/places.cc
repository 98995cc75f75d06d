#include "refrain/passage/places.h"

#include <algorithm>

#include "refrain/parallel/parallel.h"
#include "refrain/passage/by_document.h"

namespace refrain::internal {
namespace {

struct Side {
  uint32_t begin;
  uint32_t end;
  uint32_t id;  // 2p or 2p + 1
  uint32_t period;
};

// A tandem is one side, from its first token to its last.
template <typename Visit>
void ForEachSide(std::span<const Passage> passages, const Visit& visit) {
  for (size_t i = 0; i < passages.size(); ++i) {
    const Passage& p = passages[i];
    const uint32_t id = static_cast<uint32_t>(2 * i);
    if (p.Tandem()) {
      visit(p.doc_a, Side{p.a_begin, p.b_end, id, p.b_begin - p.a_begin});
      continue;
    }
    visit(p.doc_a, Side{p.a_begin, p.a_end, id, 0});
    visit(p.doc_b, Side{p.b_begin, p.b_end, id + 1, 0});
  }
}

// Adds a side to the places of one document. Calls are in order of (begin, end). Returns its place.
uint32_t AddSide(DocId doc, const Side& side, std::vector<Place>* places) {
  if (!places->empty() && places->back().begin == side.begin && places->back().end == side.end) {
    uint32_t& period = places->back().period;
    if (side.period != 0 && (period == 0 || side.period < period)) period = side.period;
  } else {
    places->push_back({doc, side.begin, side.end, side.period});
  }
  return static_cast<uint32_t>(places->size() - 1);
}

}  // namespace

PlaceList MakePlaces(std::span<const Passage> passages, size_t documents) {
  ByDocument<Side> by_document =
      Distribute<Side>(documents, [&](const auto& visit) { ForEachSide(passages, visit); });
  PlaceList list;
  list.place.assign(2 * passages.size(), 0);
  std::vector<std::vector<Place>> parts(documents);
  ParallelFor(0, documents, 64, [&](size_t from, size_t to) {
    for (size_t doc = from; doc < to; ++doc) {
      const std::span<Side> sides = by_document.Of(doc);
      if (sides.empty()) continue;
      std::ranges::sort(sides, [](const Side& x, const Side& y) {
        if (x.begin != y.begin) return x.begin < y.begin;
        return x.end != y.end ? x.end < y.end : x.id < y.id;
      });
      for (const Side& side : sides) {
        list.place[side.id] = AddSide(static_cast<DocId>(doc), side, &parts[doc]);
      }
    }
  });
  std::vector<uint32_t> firsts(documents, 0);
  for (size_t doc = 0; doc < documents; ++doc) {
    firsts[doc] = static_cast<uint32_t>(list.places.size());
    list.places.insert(list.places.end(), parts[doc].begin(), parts[doc].end());
  }
  for (size_t i = 0; i < passages.size(); ++i) {
    list.place[2 * i] += firsts[passages[i].doc_a];
    list.place[2 * i + 1] = passages[i].Tandem()
                                ? list.place[2 * i]
                                : list.place[2 * i + 1] + firsts[passages[i].doc_b];
  }
  return list;
}

}  // namespace refrain::internal
