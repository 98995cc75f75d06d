#include "refrain/keep/index_lane.h"

#include <algorithm>
#include <array>
#include <bit>

namespace refrain {
namespace {

// Room for about eight shingles a document; more only makes the frequencies coarser, never wrong.
size_t Counters(size_t documents) {
  return std::bit_ceil(std::clamp<size_t>(documents * 8, size_t{1} << 12, size_t{1} << 26));
}

// Frequencies by powers of two: class 0 holds none, class c those in [2^(c-1), 2^c).
size_t FrequencyClass(uint32_t frequency) { return static_cast<size_t>(std::bit_width(frequency)); }

}  // namespace

IndexLane::IndexLane(double threshold, size_t documents, uint64_t postings_per_document,
                     uint64_t free_postings)
    : threshold_(threshold),
      postings_per_document_(postings_per_document),
      frequencies_(Counters(documents)),
      leaders_(threshold, &frequencies_),
      granted_(free_postings) {}

void IndexLane::Order(std::vector<uint64_t>* set) const {
  frequencies_.OrderRareFirst(PrefixLength(set->size(), threshold_), set);
}

uint32_t IndexLane::Cutoff(std::span<const Probe* const> probes, size_t fresh) {
  granted_ += postings_per_document_ * fresh;
  std::array<uint64_t, 33> needed{};
  for (const Probe* probe : probes) {
    for (const PostingRun& run : probe->runs) needed[FrequencyClass(run.frequency)] += run.needed;
  }
  size_t classes = 0;
  while (classes < needed.size() && used_ + needed[classes] <= granted_) used_ += needed[classes++];
  if (classes == needed.size()) return kReadAll;
  const uint32_t cutoff = static_cast<uint32_t>((uint64_t{1} << (classes - 1)) - 1);
  for (const Probe* probe : probes) {
    uint64_t skipped = 0;
    for (const PostingRun& run : probe->runs) skipped += run.frequency > cutoff ? run.needed : 0;
    limits_.documents += skipped > 0 ? 1 : 0;
    limits_.postings += skipped;
  }
  return cutoff;
}

}  // namespace refrain
