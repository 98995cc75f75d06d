// Puts the sides of passages together into places, and places that passages join into refrains.
//
// Input: passages in order. Output: refrains, the longest first (then by places, then by where they first stand), each
//   with all its places in input order.
// Two sides in one document are one place if they begin and end with the same tokens: with any tolerance, texts that
//   were cut at nearly the same token fall into one refrain, and not all of its places say the same. A tandem is one
//   place, with its period.
// A refrain is a connected component of places. It stands inside the shortest longer refrain one of whose places
//   contains one of its own. One that has all its places in places of that one, each in another, is left out: it says
//   nothing new.
// Cost: sorting, and a look back over at most 256 places that are open where another begins. Threads: plain function
//   that uses all that are allowed.
// Example:
//   const Refrains refrains = BuildRefrains(passages, documents);
//   for (uint32_t r = 0; r < refrains.size(); ++r) Use(refrains.tokens[r], refrains.PlacesOf(r));
#ifndef REFRAIN_PASSAGE_REFRAINS_H_
#define REFRAIN_PASSAGE_REFRAINS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/passage/passage.h"

namespace refrain {

struct Place {
  DocId doc;
  uint32_t begin;  // tokens, half-open
  uint32_t end;
  uint32_t period;  // 0: the text does not follow itself
};

struct Refrains {
  static constexpr uint32_t kNone = UINT32_MAX;

  std::vector<Place> places;      // by refrain, then in input order
  std::vector<size_t> begins{0};  // the places of each refrain
  std::vector<uint32_t>
      tokens;  // equal tokens of its longest passage; of a tandem alone, its tokens
  std::vector<uint32_t> inside;  // a refrain or kNone

  struct Sides {
    uint32_t a;  // places
    uint32_t b;
    uint32_t refrain;  // kNone: of one that was left out
  };
  std::vector<Sides> passages;  // of each passage, where it went

  size_t size() const { return tokens.size(); }
  std::span<const Place> PlacesOf(uint32_t refrain) const {
    return std::span(places).subspan(begins[refrain], begins[refrain + 1] - begins[refrain]);
  }
  // Whether a passage leads to or from the first place of its refrain.
  // REQUIRES: the refrain was not left out.
  bool FromFirstPlace(size_t passage) const {
    const size_t first = begins[passages[passage].refrain];
    return passages[passage].a == first || passages[passage].b == first;
  }
  std::string DebugString() const;
};

// Documents in which the places of one refrain stand: they are in input order.
uint32_t CountDocuments(std::span<const Place> places);

Refrains BuildRefrains(std::span<const Passage> passages, size_t documents);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_REFRAINS_H_
