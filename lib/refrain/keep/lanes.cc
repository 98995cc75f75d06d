#include "refrain/keep/lanes.h"

#include <algorithm>
#include <utility>

#include "refrain/base/status_macros.h"

namespace refrain {

absl::Status Lanes::Open(Lane lane, const std::vector<DocId>& docs) {
  if (docs.empty()) return absl::OkStatus();
  auto opened =
      std::make_unique<IndexLane>(work_.options.threshold, docs.size(),
                                  work_.options.postings_per_document, work_.options.free_postings);
  REFRAIN_RETURN_IF_ERROR(
      work_.ForEach(docs.size(), 64, [&](size_t i, ProofWorkspace::Scratch* scratch) {
        REFRAIN_ASSIGN_OR_RETURN(const ShingleSetPtr set,
                                 work_.source.Get(docs[i], scratch->own.get()));
        opened->Count(*set);
        return absl::OkStatus();
      }));
  lanes_[lane] = std::move(opened);
  return absl::OkStatus();
}

ShingleSetPtr Lanes::Ordered(Lane lane, const std::vector<uint64_t>& set) const {
  auto ordered = std::make_shared<std::vector<uint64_t>>(set);
  lanes_[lane]->Order(ordered.get());
  return ordered;
}

void Lanes::Join(Lane lane, Item* item) const {
  auto member = std::make_unique<Item::Member>();
  member->set = Ordered(lane, *item->set);
  item->members[lane] = std::move(member);
}

std::vector<PrefixIndex::Entry> Lanes::Entries(Lane lane, const std::vector<Item*>& items) const {
  std::vector<PrefixIndex::Entry> entries;
  for (const Item* item : items) {
    if (item->members[lane] == nullptr) continue;
    entries.push_back({item->rows[lane], *item->members[lane]->set});
  }
  return entries;
}

uint32_t Lanes::Plan(Lane lane, const PrefixIndex& index, const std::vector<Item*>& items) {
  std::vector<const Probe*> probes;
  size_t fresh = 0;
  for (Item* item : items) {
    if (item->members[lane] == nullptr) continue;
    probes.push_back(&item->members[lane]->probe);
    if (!std::exchange(item->budgeted[lane], true)) ++fresh;
  }
  if (probes.empty()) return kReadAll;
  ParallelFor(0, items.size(), 64, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Item::Member* member = items[i]->members[lane].get();
      if (member != nullptr) index.FindRuns(*member->set, &member->probe);
    }
  });
  return lanes_[lane]->Cutoff(probes, fresh);
}

void Lanes::Find(Lane lane, const PrefixIndex& index, uint32_t cutoff, const Item& item,
                 ProofWorkspace::Scratch* scratch, std::vector<uint32_t>* found) const {
  found->clear();
  if (item.members[lane] == nullptr) return;
  index.Collect(item.members[lane]->probe, cutoff, &scratch->counter, found);
  std::erase_if(*found, [&](uint32_t row) {
    return lane == Lane::kSketch ? !work_.rule.BandPair(item.rows[lane], row)
                                 : !work_.rule.ShortPair(item.doc, work_.shorts.docs[row]);
  });
}

Limits Lanes::limits() const {
  Limits sum;
  for (const Lane lane : kLanes) {
    if (lanes_[lane] == nullptr) continue;
    sum.documents += lanes_[lane]->limits().documents;
    sum.postings += lanes_[lane]->limits().postings;
  }
  return sum;
}

}  // namespace refrain
