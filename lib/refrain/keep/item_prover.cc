#include "refrain/keep/item_prover.h"

#include <algorithm>

#include "refrain/base/status_macros.h"

namespace refrain {

absl::Status ItemProver::Prove(Item* item, ProofWorkspace::Scratch* scratch) const {
  std::vector<uint64_t>& candidates = item->candidates;
  if (candidates.empty()) return absl::OkStatus();
  std::ranges::sort(candidates);
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  scratch->table.Assign(*item->set, &scratch->distinct);
  const uint64_t size = item->set->size();
  for (const uint64_t key : candidates) {
    const DocId other = order_.docs[key & UINT32_MAX];
    const uint64_t other_size = work_.table.shingles[other];
    const uint64_t need = MinOverlap(size, other_size, work_.options.threshold);
    if (need > std::min(size, other_size)) continue;
    REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set,
                             work_.source.Get(other, scratch->source.get()));
    proofs_.fetch_add(1, std::memory_order_relaxed);
    const auto shared = scratch->table.Overlap(*set, need);
    if (!shared.has_value()) continue;
    item->leader = other;
    item->shared = *shared;
    item->united = size + other_size - *shared;
    break;
  }
  candidates.clear();
  return absl::OkStatus();
}

}  // namespace refrain
