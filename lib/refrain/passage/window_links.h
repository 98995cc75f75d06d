// Seeds of anchors that have too many places: grouped again by the longer windows around them.
//
// Input: which postings are too frequent. Output: seeds, unsorted, appended. See seeds.h for the guarantee.
// Cost: linear in the windows that those postings own (at most one a token), times all_pairs/2 at worst.
#ifndef REFRAIN_PASSAGE_WINDOW_LINKS_H_
#define REFRAIN_PASSAGE_WINDOW_LINKS_H_

#include <vector>

#include "refrain/passage/seeds.h"

namespace refrain::internal {

void AppendWindowSeeds(const Postings& postings, const std::vector<bool>& frequent,
                       const TokenStore& store, const SeedOptions& options,
                       std::vector<std::vector<Seed>>* seeds);

}  // namespace refrain::internal

#endif  // REFRAIN_PASSAGE_WINDOW_LINKS_H_
