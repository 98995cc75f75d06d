#include "refrain/keep/keep_components.h"

#include <algorithm>
#include <memory>

#include "refrain/base/disjoint_sets.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

// Components over keep ranks, so that the number of a component is the rank of the document that is kept.
std::vector<DocId> Leaders(const ProvenPairs& pairs, const KeepOrder& order,
                           const std::vector<DocId>& copy_of) {
  DisjointSets components(order.docs.size());
  for (const ProvenPair& pair : pairs.pairs) {
    components.Join(order.ranks[pair.a], order.ranks[pair.b]);
  }
  std::vector<DocId> leaders(copy_of.size());
  for (DocId doc = 0; doc < copy_of.size(); ++doc) {
    leaders[doc] = order.docs[components.Find(order.ranks[copy_of[doc]])];
  }
  return leaders;
}

absl::Status Compare(const ShingleSource& source, DocId leader, Removal* removal,
                     ShingleSource::Scratch* scratch) {
  REFRAIN_ASSIGN_OR_RETURN(const ShingleSet other, source.Get(leader, scratch));
  REFRAIN_RETURN_IF_ERROR(source.Read(removal->doc, scratch));
  const uint64_t shared = *scratch->table.Overlap(*other, 0);
  removal->shared = static_cast<uint32_t>(shared);
  removal->united = static_cast<uint32_t>(scratch->table.size() + other.size() - shared);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<KeepDecision> KeepComponents(const ProvenPairs& pairs, const KeepOrder& order,
                                            const std::vector<DocId>& copy_of,
                                            const ShingleSource& source) {
  KeepDecision decision;
  decision.leader = Leaders(pairs, order, copy_of);
  decision.limits = pairs.limits;
  decision.proofs = pairs.proofs;
  for (DocId doc = 0; doc < copy_of.size(); ++doc) {
    if (decision.leader[doc] != copy_of[doc]) decision.removals.push_back({doc, 0, 0});
  }
  FirstError error;
  ParallelFor(0, decision.removals.size(), 16, [&](size_t begin, size_t end) {
    const auto scratch = source.NewScratch();
    for (size_t i = begin; i < end && error.ok(); ++i) {
      Removal* removal = &decision.removals[i];
      error.Update(Compare(source, decision.leader[removal->doc], removal, scratch.get()));
    }
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  REFRAIN_RETURN_IF_ERROR(source.store().CheckUnchanged());
  return decision;
}

}  // namespace refrain
