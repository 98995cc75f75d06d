#include "refrain/keep/lanes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {

absl::Status Lanes::Open(Lane lane, const std::vector<DocId>& docs) {
  if (docs.empty()) return absl::OkStatus();
  auto opened =
      std::make_unique<IndexLane>(work_.options.threshold, docs.size(),
                                  work_.options.postings_per_document, work_.options.free_postings);
  REFRAIN_RETURN_IF_ERROR(
      work_.ForEach(docs.size(), 64, [&](size_t i, ProofWorkspace::Scratch* scratch) {
        REFRAIN_ASSIGN_OR_RETURN(const ShingleSet set,
                                 work_.source.Get(docs[i], scratch->own.get()));
        opened->Count(*set);
        return absl::OkStatus();
      }));
  lanes_[lane] = std::move(opened);
  return absl::OkStatus();
}

ShingleSet Lanes::Ordered(Lane lane, std::span<const uint64_t> set) const {
  const auto ordered = std::make_shared<std::vector<uint64_t>>(set.begin(), set.end());
  lanes_[lane]->Order(ordered.get());
  return ShingleSet(ordered, *ordered);
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
  std::erase_if(*found, [&](uint32_t row) { return !work_.IsPair(lane, item.rows[lane], row); });
}

absl::Status Lanes::ShareMemory(uint64_t other_bytes) const {
  uint64_t used = other_bytes;
  for (const auto& lane : lanes_) used += lane == nullptr ? 0 : lane->bytes();
  const uint64_t most = work_.options.memory_bytes;
  if (used > most) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "--memory leaves ", most >> 20,
        "M for the indexes of short texts and crowded groups and the pairs found, and ", used >> 20,
        "M are not enough: raise it, or clean the corpus in parts"));
  }
  work_.source.LimitCache((most - used) / 5 * 4);  // the rest is the allocator's
  return absl::OkStatus();
}

Limits Lanes::limits() const {
  Limits sum;
  for (const auto& lane : lanes_) {
    if (lane == nullptr) continue;
    sum.documents += lane->limits().documents;
    sum.postings += lane->limits().postings;
  }
  return sum;
}

}  // namespace refrain
