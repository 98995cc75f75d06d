#include "refrain/keep/item_prover.h"

#include <algorithm>
#include <utility>

#include "refrain/base/status_macros.h"

namespace refrain {

// Rows of the short lane are looked at in TakeShortCandidates, once for all keys that are shared.
void ItemProver::AddGroupMember(Lane lane, uint32_t row, const Item& item, Scratch* scratch) const {
  if (lane == Lane::kShort) {
    __builtin_prefetch(&work_.shorts.docs[row]);
    scratch->short_rows.push_back(row);
  } else if (work_.IsPairOfGroup(lane, item.rows[lane], row)) {
    AddFound(lane, row, item, scratch);
  }
}

// Pairs of the short lane have no sketches, and so come last.
void ItemProver::AddFound(Lane lane, uint32_t row, const Item& item, Scratch* scratch) const {
  const bool sketched = lane == Lane::kSketch;
  const uint32_t other = sketched ? row : kNoRow;
  const auto distance = static_cast<uint64_t>(work_.rule.RowDistance(item.rows[lane], other));
  scratch->candidates.push_back(distance << 32 | Rank(work_.groups(lane).docs[row]));
}

void ItemProver::TakeShortCandidates(const Item& item, Scratch* scratch) const {
  std::vector<uint32_t>& rows = scratch->short_rows;
  work_.KeepThoseThatShareEnough(
      item.doc, item.hot_keys, [&](uint32_t row) { return work_.shorts.docs[row]; }, &rows);
  for (const uint32_t row : rows) {
    if (!work_.IsPair(Lane::kShort, item.rows[Lane::kShort], row)) continue;
    AddFound(Lane::kShort, row, item, scratch);
  }
  rows.clear();
}

absl::Status ItemProver::Prove(Item* item, Scratch* scratch) const {
  TakeShortCandidates(*item, scratch);
  std::vector<uint64_t>& candidates = scratch->candidates;
  if (candidates.empty()) return absl::OkStatus();
  std::ranges::sort(candidates);
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  REFRAIN_RETURN_IF_ERROR(ProveInOrder(item, scratch));
  candidates.clear();
  return absl::OkStatus();
}

absl::Status ItemProver::ProveInOrder(Item* item, Scratch* scratch) const {
  REFRAIN_RETURN_IF_ERROR(work_.ReadOwnBitmap(item->doc, scratch));
  const bool had_set = item->set.has_value();
  bool is_loaded = false;
  for (const uint64_t key : scratch->candidates) {
    const DocId other = order_.docs[key & UINT32_MAX];
    REFRAIN_ASSIGN_OR_RETURN(const bool may_reach, work_.MayReach(other, scratch));
    if (!may_reach) continue;
    if (!std::exchange(is_loaded, true)) REFRAIN_RETURN_IF_ERROR(LoadSet(*item, scratch));
    REFRAIN_RETURN_IF_ERROR(ProvePair(other, item, scratch));
    if (item->leader != kNoDoc) return absl::OkStatus();
  }
  if (is_loaded && !had_set) item->set = work_.source.PutRead(item->doc, scratch->own.get());
  return absl::OkStatus();
}

absl::Status ItemProver::LoadSet(const Item& item, Scratch* scratch) const {
  if (!item.set.has_value()) return work_.source.Read(item.doc, scratch->own.get());
  scratch->own->table.Assign(*item.set);
  return absl::OkStatus();
}

absl::Status ItemProver::ProvePair(DocId other, Item* item, Scratch* scratch) const {
  const ShingleTable& own = scratch->own->table;
  const double threshold = work_.options.threshold;
  const uint64_t most = work_.table.shingles[other];
  if (MinOverlap(own.size(), most, threshold) > most) return absl::OkStatus();  // whatever its text
  REFRAIN_ASSIGN_OR_RETURN(const ShingleView view, work_.source.View(other, scratch->other.get()));
  proofs_.fetch_add(1, std::memory_order_relaxed);
  const auto overlap = scratch->prover.Prove(own, view, threshold);
  if (!overlap.has_value()) return absl::OkStatus();
  item->leader = other;
  item->shared = overlap->shared;
  item->united = own.size() + overlap->size - overlap->shared;
  return absl::OkStatus();
}

}  // namespace refrain
