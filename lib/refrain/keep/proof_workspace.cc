#include "refrain/keep/proof_workspace.h"

#include <algorithm>

namespace refrain {

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
