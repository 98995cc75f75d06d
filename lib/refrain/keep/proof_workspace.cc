#include "refrain/keep/proof_workspace.h"

#include <algorithm>

namespace refrain {

ByLane<uint32_t> ProofWorkspace::RowsOf(DocId doc) const {
  ByLane<uint32_t> rows;
  for (const Lane lane : kLanes) rows[lane] = groups(lane).RowOf(doc);
  return rows;
}

absl::StatusOr<bool> ProofWorkspace::MayReach(DocId other, Scratch* scratch) const {
  if (scratch->own_bitmap.words.empty()) return true;
  REFRAIN_ASSIGN_OR_RETURN(const SetBitmap bitmap,
                           table.bitmaps.Read(other, table.shingles, &scratch->other_words));
  return BitmapsCanReach(scratch->own_bitmap, bitmap, options.threshold);
}

std::vector<DocId> ProofWorkspace::HotDocuments(Lane lane) const {
  const Groups& of_lane = groups(lane);
  const auto is_hot = [hot = HotSize(lane)](uint32_t size) { return size > hot; };
  if (std::ranges::none_of(of_lane.sizes, is_hot)) return {};
  std::vector<DocId> docs;
  for (uint32_t row = 0; row < of_lane.size(); ++row) {
    const bool hot = std::ranges::any_of(
        of_lane.GroupsOf(row), [&](uint32_t group) { return is_hot(of_lane.sizes[group]); });
    if (hot) docs.push_back(of_lane.docs[row]);
  }
  return docs;
}

}  // namespace refrain
