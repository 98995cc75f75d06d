// The places of the sides of passages (see refrains.h for the rule).
#ifndef REFRAIN_PASSAGE_PLACES_H_
#define REFRAIN_PASSAGE_PLACES_H_

#include <vector>

#include "refrain/passage/refrains.h"

namespace refrain::internal {

struct PlaceList {
  std::vector<Place> places;    // by document, in order of the first side's begin
  std::vector<uint32_t> place;  // of side 2p (a) and 2p + 1 (b) of passage p
};

PlaceList MakePlaces(std::span<const Passage> passages, size_t documents);

}  // namespace refrain::internal

#endif  // REFRAIN_PASSAGE_PLACES_H_
