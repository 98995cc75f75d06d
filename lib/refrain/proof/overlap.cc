#include "refrain/proof/overlap.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace refrain {
namespace {

// Below this the table may be sparse and still lies in a near cache.
constexpr size_t kSmallSet = 4096;

// Sets bits [begin, end).
void SetBits(size_t begin, size_t end, std::vector<uint64_t>* bits) {
  while (begin < end) {
    const size_t size = std::min(end - begin, 64 - begin % 64);
    (*bits)[begin / 64] |= UINT64_MAX >> (64 - size) << begin % 64;
    begin += size;
  }
}

}  // namespace

uint64_t MinOverlap(uint64_t size_x, uint64_t size_y, double threshold) {
  const double sum = static_cast<double>(size_x + size_y);
  // The formula gives the answer but for rounding; the comparison that defines it settles the last step.
  uint64_t need = static_cast<uint64_t>(std::floor(threshold / (1 + threshold) * sum));
  need -= std::min<uint64_t>(need, 2);
  const uint64_t smaller = std::min(size_x, size_y);
  while (need <= smaller && !(Jaccard(need, size_x, size_y) >= threshold)) ++need;
  return need;
}

void ShingleTable::Assign(std::span<const uint64_t> shingles) {
  shingles_ = shingles;
  const size_t room = (shingles.size() < kSmallSet ? 4 : 2) * shingles.size();
  const size_t capacity = std::bit_ceil(std::max<size_t>(16, room));
  slots_.assign(capacity, 0);
  mask_ = capacity - 1;
  places_.resize(shingles.size());
  const size_t late = Claim();
  repeats_ = 0;
  for (size_t i = 0; i < late; ++i) {
    if (!Insert(places_[i])) places_[repeats_++] = places_[i];
  }
}

// Gives each slot to the first shingle that comes for it; no branch depends on whether it was free, which nobody
// could predict. Returns how many came later, at places_: repeats, and shingles that must look for another slot.
size_t ShingleTable::Claim() {
  const uint64_t* const shingles = shingles_.data();
  uint32_t* const slots = slots_.data();  // or else each store might change a member
  uint32_t* const places = places_.data();
  const size_t mask = mask_;
  const auto end = static_cast<uint32_t>(shingles_.size());
  size_t late = 0;
  for (uint32_t i = 0; i < end; ++i) {
    uint32_t& slot = slots[shingles[i] & mask];
    const uint32_t taken = slot != 0;
    slot += (i + 1) & (taken - 1);
    places[late] = i;
    late += taken;
  }
  return late;
}

// Shingles are strong hashes already, so their low bits are the place in the table.
bool ShingleTable::Insert(uint32_t place) {
  const uint64_t shingle = shingles_[place];
  for (size_t i = shingle & mask_;; i = (i + 1) & mask_) {
    if (slots_[i] == 0) {
      slots_[i] = place + 1;
      return true;
    }
    if (shingles_[slots_[i] - 1] == shingle) return false;
  }
}

uint32_t ShingleTable::Find(uint64_t shingle) const {
  for (size_t i = shingle & mask_;; i = (i + 1) & mask_) {
    const uint32_t slot = slots_[i];
    if (slot == 0 || shingles_[slot - 1] == shingle) return slot - 1;
  }
}

void ShingleTable::CopyDistinct(std::vector<uint64_t>* distinct) const {
  distinct->resize(size());
  auto to = distinct->begin();
  size_t begin = 0;
  for (const uint32_t place : repeats()) {
    to = std::ranges::copy(shingles_.subspan(begin, place - begin), to).out;
    begin = place + size_t{1};
  }
  std::ranges::copy(shingles_.subspan(begin), to);
}

std::optional<uint64_t> ShingleTable::Overlap(std::span<const uint64_t> other,
                                              uint64_t need) const {
  if (need > other.size()) return std::nullopt;
  uint64_t misses_left = other.size() - need;
  uint64_t shared = 0;
  for (const uint64_t shingle : other) {
    if (Contains(shingle)) {
      ++shared;
    } else if (misses_left-- == 0) {
      return std::nullopt;
    }
  }
  return shared;
}

std::optional<SetOverlap> PairProver::Prove(const ShingleTable& table, ShingleView other,
                                            double threshold) {
  if (!other.distinct) {
    const SetOverlap overlap = Count(table, other.shingles);
    if (overlap.shared < MinOverlap(table.size(), overlap.size, threshold)) return std::nullopt;
    return overlap;
  }
  const size_t size = other.shingles.size();
  const auto shared = table.Overlap(other.shingles, MinOverlap(table.size(), size, threshold));
  if (!shared.has_value()) return std::nullopt;
  return SetOverlap{*shared, size};
}

// A shingle that stands at several places counts where it stands first.
SetOverlap PairProver::Count(const ShingleTable& table, std::span<const uint64_t> text) {
  FollowRuns(table, text);
  for (const uint32_t repeat : table.repeats()) {
    const uint64_t bit = uint64_t{1} << repeat % 64;
    if ((found_[repeat / 64] & bit) == 0) continue;
    found_[repeat / 64] ^= bit;
    const uint32_t first = table.Find(table.shingles()[repeat]);
    found_[first / 64] |= uint64_t{1} << first % 64;
  }
  size_t shared = 0;
  for (const uint64_t bits : found_) shared += static_cast<size_t>(std::popcount(bits));
  missed_table_.Assign(missed_);
  return {shared, shared + missed_table_.size()};
}

// What two texts share stands in both in the same order, mostly: once one of its shingles is found, those behind it need
// not be looked up.
void PairProver::FollowRuns(const ShingleTable& table, std::span<const uint64_t> text) {
  found_.assign((table.shingles().size() + 63) / 64, 0);
  missed_.clear();
  for (auto at = text.begin(); at != text.end();) {
    const uint32_t place = table.Find(*at);
    if (place == ShingleTable::kNowhere) {
      missed_.push_back(*at++);
      continue;
    }
    const auto run = table.shingles().subspan(place);
    const auto [run_end, text_end] = std::ranges::mismatch(run, std::span(at, text.end()));
    SetBits(place, place + static_cast<size_t>(run_end - run.begin()), &found_);
    at += text_end - std::span(at, text.end()).begin();
  }
}

}  // namespace refrain
