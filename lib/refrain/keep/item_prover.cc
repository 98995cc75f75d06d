#include "refrain/keep/item_prover.h"

#include <algorithm>

#include "refrain/base/status_macros.h"

namespace refrain {

void ItemProver::AddGroupMember(Lane lane, uint32_t row, Item* item) const {
  if (!work_.IsPair(lane, item->rows[lane], row)) return;
  if (lane == Lane::kShort) {
    item->short_candidates.push_back(Rank(work_.shorts.docs[row]));
  } else {
    AddFound(lane, row, item);
  }
}

// Pairs of the short lane have no sketches, and so come last.
void ItemProver::AddFound(Lane lane, uint32_t row, Item* item) const {
  const bool sketched = lane == Lane::kSketch;
  const uint32_t other = sketched ? row : kNoRow;
  const auto distance = static_cast<uint64_t>(work_.rule.RowDistance(item->rows[lane], other));
  item->candidates.push_back(distance << 32 | Rank(work_.groups(lane).docs[row]));
}

void ItemProver::TakeShortCandidates(Item* item) const {
  std::vector<uint32_t>& ranks = item->short_candidates;
  const uint64_t distance = static_cast<uint64_t>(work_.rule.RowDistance(kNoRow, kNoRow));
  work_.KeepThoseThatShareEnough(
      item->doc, item->hot_keys, [&](uint32_t rank) { return order_.docs[rank]; }, &ranks);
  for (const uint32_t rank : ranks) item->candidates.push_back(distance << 32 | rank);
  ranks.clear();
}

absl::Status ItemProver::Prove(Item* item, ProofWorkspace::Scratch* scratch) const {
  TakeShortCandidates(item);
  if (item->candidates.empty()) return absl::OkStatus();
  std::vector<uint64_t>& candidates = item->candidates;
  std::ranges::sort(candidates);
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  const bool loaded = item->set != nullptr;
  if (loaded) {
    scratch->own->table.Assign(*item->set, &scratch->distinct);
  } else {
    REFRAIN_RETURN_IF_ERROR(work_.source.Read(item->doc, scratch->own.get(), &scratch->distinct));
  }
  REFRAIN_RETURN_IF_ERROR(ProveInOrder(item, scratch));
  candidates.clear();
  if (!loaded && item->leader == kNoDoc) {
    item->set = std::make_shared<std::vector<uint64_t>>(scratch->distinct);
  }
  return absl::OkStatus();
}

absl::Status ItemProver::ProveInOrder(Item* item, ProofWorkspace::Scratch* scratch) const {
  const uint64_t size = scratch->distinct.size();
  const double threshold = work_.options.threshold;
  for (const uint64_t key : item->candidates) {
    const DocId other = order_.docs[key & UINT32_MAX];
    const uint64_t most = work_.table.shingles[other];
    if (MinOverlap(size, most, threshold) > most) continue;  // too small, whatever its text
    REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set,
                             work_.source.Get(other, scratch->other.get()));
    const uint64_t need = MinOverlap(size, set->size(), threshold);
    if (need > std::min<uint64_t>(size, set->size())) continue;
    proofs_.fetch_add(1, std::memory_order_relaxed);
    const auto shared = scratch->own->table.Overlap(*set, need);
    if (!shared.has_value()) continue;
    item->leader = other;
    item->shared = *shared;
    item->united = size + set->size() - *shared;
    break;
  }
  return absl::OkStatus();
}

}  // namespace refrain
