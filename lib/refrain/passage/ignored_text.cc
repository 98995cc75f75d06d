#include "refrain/passage/ignored_text.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <tuple>

namespace refrain {
namespace {

bool Before(const Place& x, const Place& y) {
  return std::tie(x.doc, x.begin, x.end) < std::tie(y.doc, y.begin, y.end);
}

void Add(std::span<const Place> places, IgnoredText* ignored) {
  ++ignored->refrains;
  ignored->places.insert(ignored->places.end(), places.begin(), places.end());
}

}  // namespace

IgnoredText CommonText(const Refrains& refrains, uint32_t least_documents) {
  IgnoredText ignored;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    const std::span<const Place> places = refrains.PlacesOf(r);
    if (CountDocuments(places) >= least_documents) Add(places, &ignored);
  }
  std::ranges::sort(ignored.places, Before);
  return ignored;
}

IgnoredText KnownText(const Refrains& refrains, DocId first_known) {
  IgnoredText ignored;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    const std::span<const Place> places = refrains.PlacesOf(r);
    const auto known = std::ranges::lower_bound(places, first_known, {}, &Place::doc);
    const size_t before = static_cast<size_t>(known - places.begin());
    if (before > 0 && before < places.size()) Add(places.first(before), &ignored);
  }
  std::ranges::sort(ignored.places, Before);
  return ignored;
}

IgnoredText Both(const IgnoredText& x, const IgnoredText& y) {
  IgnoredText both{{}, x.refrains + y.refrains};
  std::ranges::merge(x.places, y.places, std::back_inserter(both.places), Before);
  return both;
}

}  // namespace refrain
