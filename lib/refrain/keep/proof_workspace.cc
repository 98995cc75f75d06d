#include "refrain/keep/proof_workspace.h"

#include <algorithm>

namespace refrain {

absl::StatusOr<std::unique_ptr<IndexLane>> ProofWorkspace::OpenLane(
    const std::vector<DocId>& docs) {
  if (docs.empty()) return nullptr;
  auto lane =
      std::make_unique<IndexLane>(options.threshold, docs.size(), options.postings_per_document);
  REFRAIN_RETURN_IF_ERROR(ForEach(docs.size(), 64, [&](size_t i, Scratch* scratch) {
    REFRAIN_RETURN_IF_ERROR(source.Read(docs[i], scratch->source.get(), &scratch->distinct));
    lane->Count(scratch->distinct);
    return absl::OkStatus();
  }));
  return lane;
}

std::vector<DocId> ProofWorkspace::ShortDocuments(const std::vector<DocId>& copy_of) const {
  std::vector<DocId> docs;
  for (DocId doc = 0; doc < table.size(); ++doc) {
    if (copy_of[doc] == doc && rule.InShortLane(doc)) docs.push_back(doc);
  }
  return docs;
}

std::vector<DocId> ProofWorkspace::HotDocuments() const {
  std::vector<DocId> docs;
  for (uint32_t row = 0; row < groups.size(); ++row) {
    const bool hot = std::ranges::any_of(groups.GroupsOf(row), [&](uint32_t group) {
      return group != kNoGroup && groups.sizes[group] > options.hot_group;
    });
    if (hot) docs.push_back(groups.docs[row]);
  }
  return docs;
}

}  // namespace refrain
