#include "refrain/passage/refrains.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "refrain/base/disjoint_sets.h"
#include "refrain/passage/places.h"

namespace refrain {
namespace {

using internal::PlaceList;

constexpr size_t kLookBack = 256;

// The refrain of each place, numbered by its first place.
std::vector<uint32_t> Components(const PlaceList& list, uint32_t* count) {
  DisjointSets sets(list.places.size());
  for (size_t i = 0; i < list.place.size(); i += 2) sets.Join(list.place[i], list.place[i + 1]);
  std::vector<uint32_t> component(list.places.size());
  *count = 0;
  for (uint32_t p = 0; p < component.size(); ++p) {
    const uint32_t root = sets.Find(p);  // the smallest, so it has its number already
    component[p] = root == p ? (*count)++ : component[root];
  }
  return component;
}

std::vector<uint32_t> CountTokens(std::span<const Passage> passages, const PlaceList& list,
                                  const std::vector<uint32_t>& component, uint32_t count) {
  std::vector<uint32_t> tokens(count, 0);
  for (size_t i = 0; i < passages.size(); ++i) {
    uint32_t& most = tokens[component[list.place[2 * i]]];
    if (!passages[i].Tandem()) most = std::max(most, passages[i].equal);
  }
  for (size_t p = 0; p < component.size(); ++p) {
    const Place& place = list.places[p];
    uint32_t& most = tokens[component[p]];
    if (place.period != 0 && most == 0) most = place.end - place.begin;
  }
  return tokens;
}

// Refrains in the order in which they are numbered: their components.
std::vector<uint32_t> Order(const std::vector<uint32_t>& tokens,
                            const std::vector<uint32_t>& places) {
  std::vector<uint32_t> order(tokens.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, [&](uint32_t x, uint32_t y) {
    if (tokens[x] != tokens[y]) return tokens[x] > tokens[y];
    return places[x] != places[y] ? places[x] > places[y] : x < y;
  });
  return order;
}

// Finds, place by place in the order of one document, what contains it.
class Containers {
 public:
  explicit Containers(const std::vector<uint32_t>& tokens)
      : tokens_(tokens), inside_(tokens.size(), Refrains::kNone) {}

  // Calls are in order of (document, begin, longer first).
  void Add(const Place& place, uint32_t refrain) {
    if (open_.size() >= 2 * kLookBack) Tidy(place);
    const size_t least = open_.size() > kLookBack ? open_.size() - kLookBack : 0;
    for (size_t i = open_.size(); i-- > least;) Offer(open_[i], place, refrain);
    open_.push_back({place, refrain});
  }

  std::vector<uint32_t> Take() { return std::move(inside_); }

 private:
  struct Open {
    Place place;
    uint32_t refrain;
  };

  // Forgets what has ended, and of the rest the oldest.
  void Tidy(const Place& place) {
    std::erase_if(open_, [&](const Open& open) {
      return open.place.doc != place.doc || open.place.end <= place.begin;
    });
    if (open_.size() > kLookBack) {
      open_.erase(open_.begin(), open_.end() - static_cast<ptrdiff_t>(kLookBack));
    }
  }

  void Offer(const Open& open, const Place& place, uint32_t refrain) {
    if (open.place.doc != place.doc || open.place.end < place.end ||
        tokens_[open.refrain] <= tokens_[refrain])
      return;
    uint32_t& best = inside_[refrain];
    // Refrains are numbered by falling length: the shortest that is longer has the highest number.
    if (best == Refrains::kNone || open.refrain > best) best = open.refrain;
  }

  const std::vector<uint32_t>& tokens_;
  std::vector<uint32_t> inside_;
  std::vector<Open> open_;
};

std::vector<uint32_t> FindContainers(const Refrains& refrains) {
  struct Entry {
    Place place;
    uint32_t refrain;
  };
  std::vector<Entry> entries;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    for (const Place& place : refrains.PlacesOf(r)) entries.push_back({place, r});
  }
  std::ranges::sort(entries, [](const Entry& x, const Entry& y) {
    return std::tuple(x.place.doc, x.place.begin, ~x.place.end, x.refrain) <
           std::tuple(y.place.doc, y.place.begin, ~y.place.end, y.refrain);
  });
  Containers containers(refrains.tokens);
  for (const Entry& entry : entries) containers.Add(entry.place, entry.refrain);
  return containers.Take();
}

// Whether every place of `inner` lies in a place of `outer`, each in one of its own.
bool AllInside(std::span<const Place> inner, std::span<const Place> outer) {
  if (inner.size() > outer.size()) return false;
  const Place* last = nullptr;
  for (const Place& place : inner) {
    if (place.period != 0) return false;  // a tandem says something of its own
    const auto after =
        std::ranges::upper_bound(outer, std::pair(place.doc, place.begin), {},
                                 [](const Place& p) { return std::pair(p.doc, p.begin); });
    if (after == outer.begin()) return false;
    const Place& found = *std::prev(after);
    if (&found == last || found.doc != place.doc || found.end < place.end) return false;
    last = &found;
  }
  return true;
}

// Takes out the refrains that say nothing new.
void DropImplied(Refrains* refrains) {
  std::vector<uint32_t> number(refrains->size(), Refrains::kNone);
  std::vector<uint32_t> place_number(refrains->places.size());
  Refrains kept;
  for (uint32_t r = 0; r < refrains->size(); ++r) {
    const uint32_t outer = refrains->inside[r];
    const bool implied =
        outer != Refrains::kNone && AllInside(refrains->PlacesOf(r), refrains->PlacesOf(outer));
    if (implied) continue;
    number[r] = static_cast<uint32_t>(kept.size());
    for (size_t p = refrains->begins[r]; p < refrains->begins[r + 1]; ++p) {
      place_number[p] = static_cast<uint32_t>(kept.places.size());
      kept.places.push_back(refrains->places[p]);
    }
    kept.begins.push_back(kept.places.size());
    kept.tokens.push_back(refrains->tokens[r]);
    uint32_t container = outer;
    while (container != Refrains::kNone && number[container] == Refrains::kNone) {
      container = refrains->inside[container];
    }
    kept.inside.push_back(container == Refrains::kNone ? container : number[container]);
  }
  for (const Refrains::Sides& sides : refrains->passages) {
    kept.passages.push_back({place_number[sides.a], place_number[sides.b], number[sides.refrain]});
  }
  *refrains = std::move(kept);
}

}  // namespace

Refrains BuildRefrains(std::span<const Passage> passages, size_t documents) {
  const PlaceList list = internal::MakePlaces(passages, documents);
  uint32_t count = 0;
  const std::vector<uint32_t> component = Components(list, &count);
  const std::vector<uint32_t> tokens = CountTokens(passages, list, component, count);
  std::vector<uint32_t> sizes(count, 0);
  for (const uint32_t c : component) ++sizes[c];
  const std::vector<uint32_t> order = Order(tokens, sizes);

  Refrains refrains;
  std::vector<uint32_t> number(count);
  for (uint32_t r = 0; r < count; ++r) {
    number[order[r]] = r;
    refrains.tokens.push_back(tokens[order[r]]);
    refrains.begins.push_back(refrains.begins.back() + sizes[order[r]]);
  }
  std::vector<size_t> next(refrains.begins);
  std::vector<uint32_t> moved(list.places.size());
  refrains.places.resize(list.places.size());
  for (uint32_t p = 0; p < list.places.size(); ++p) {
    moved[p] = static_cast<uint32_t>(next[number[component[p]]]++);
    refrains.places[moved[p]] = list.places[p];
  }
  for (size_t i = 0; i < passages.size(); ++i) {
    const uint32_t a = list.place[2 * i];
    refrains.passages.push_back({moved[a], moved[list.place[2 * i + 1]], number[component[a]]});
  }
  refrains.inside = FindContainers(refrains);
  DropImplied(&refrains);
  return refrains;
}

uint32_t CountDocuments(std::span<const Place> places) {
  uint32_t documents = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].doc != places[i - 1].doc) ++documents;
  }
  return documents;
}

std::string Refrains::DebugString() const {
  std::string text;
  for (uint32_t r = 0; r < size(); ++r) {
    absl::StrAppend(&text, r + 1, ": ", tokens[r], " tokens");
    if (inside[r] != kNone) absl::StrAppend(&text, " inside ", inside[r] + 1);
    for (const Place& place : PlacesOf(r)) {
      absl::StrAppend(&text, " ", place.doc, ":", place.begin, "-", place.end);
      if (place.period != 0) absl::StrAppend(&text, "/", place.period);
    }
    text += "\n";
  }
  return text;
}

}  // namespace refrain
