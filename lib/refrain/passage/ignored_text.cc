#include "refrain/passage/ignored_text.h"

#include <algorithm>
#include <span>
#include <tuple>

namespace refrain {
namespace {

// Places of one refrain are in input order.
uint32_t CountDocuments(std::span<const Place> places) {
  uint32_t documents = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].doc != places[i - 1].doc) ++documents;
  }
  return documents;
}

}  // namespace

IgnoredText CommonText(const Refrains& refrains, uint32_t least_documents) {
  IgnoredText ignored;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    const std::span<const Place> places = refrains.PlacesOf(r);
    if (CountDocuments(places) < least_documents) continue;
    ++ignored.refrains;
    ignored.places.insert(ignored.places.end(), places.begin(), places.end());
  }
  std::ranges::sort(ignored.places, [](const Place& x, const Place& y) {
    return std::tie(x.doc, x.begin, x.end) < std::tie(y.doc, y.begin, y.end);
  });
  return ignored;
}

}  // namespace refrain
