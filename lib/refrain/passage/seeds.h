// Pairs of places that share a run of tokens, one for each run: where matching begins.
//
// Input: repeated anchors and the tokens of the documents that have them; the least length of a passage. Output: seeds
//   sorted by (a, b, place in a, place in b), a <= b; inside one document place a < place b.
// Guarantee: let a run of `length` tokens stand at x and at y. Then x and y both lie in runs that seeds lead to: either
//   a seed's pair of places lies on the run's own diagonal inside the same maximal run, or x and y are each equal to
//   places of the same window that are linked by seeds.
// A pair of places is not a seed if the anchors before them are a pair too, at the same distance: the run is the same.
// An anchor with more than `all_pairs` places is grouped again by the windows of `length` tokens that it owns. A window
//   with more places than that is linked, not paired: each place with the one before it in its document, each document's
//   first with the first document's first.
// Cost: linear in places, times all_pairs/2 at worst. Threads: uses all that are allowed.
// Example:
//   const std::vector<Seed> seeds = FindSeeds(postings, store, {.length = 13});
#ifndef REFRAIN_PASSAGE_SEEDS_H_
#define REFRAIN_PASSAGE_SEEDS_H_

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/passage/postings.h"
#include "refrain/passage/token_store.h"

namespace refrain {

struct Seed {
  DocId doc_a;
  DocId doc_b;
  uint32_t a;  // equal tokens stand here
  uint32_t b;
  auto operator<=>(const Seed&) const = default;
};

std::string DebugString(std::span<const Seed> seeds);

struct SeedOptions {
  uint32_t length = 13;
  uint32_t all_pairs = 64;
};

std::vector<Seed> FindSeeds(const Postings& postings, const TokenStore& store,
                            const SeedOptions& options);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_SEEDS_H_
