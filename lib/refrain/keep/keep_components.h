// Plain transitive clusters: one document kept per connected component of the proven pairs.
//
// The first of a component in keep order is kept, and every other is removed for it, however far it is from it: the
// guarantee that a removed document has a twin at the threshold is waived. Similarities are to the kept one, exact.
// Cost: one proof a removed document beyond the pairs. Threads: all that are allowed. Errors: those of the source.
#ifndef REFRAIN_KEEP_KEEP_COMPONENTS_H_
#define REFRAIN_KEEP_KEEP_COMPONENTS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "refrain/keep/choose_kept.h"
#include "refrain/keep/keep_order.h"
#include "refrain/keep/proven_pairs.h"

namespace refrain {

absl::StatusOr<KeepDecision> KeepComponents(const ProvenPairs& pairs, const KeepOrder& order,
                                            const std::vector<DocId>& copy_of,
                                            const ShingleSource& source);

}  // namespace refrain

#endif  // REFRAIN_KEEP_KEEP_COMPONENTS_H_
