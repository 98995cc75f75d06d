#include "refrain/proof/overlap.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <utility>

namespace refrain {
namespace {

// Below this the table may be sparse and still lies in a near cache.
constexpr size_t kSmallSet = 4096;

// Copies all shingles but those at some places, which ascend.
void CopyWithout(std::span<const size_t> places, std::span<const uint64_t> shingles,
                 std::vector<uint64_t>* out) {
  out->resize(shingles.size() - places.size());
  auto to = out->begin();
  size_t begin = 0;
  for (const size_t place : places) {
    to = std::ranges::copy(shingles.subspan(begin, place - begin), to).out;
    begin = place + 1;
  }
  std::ranges::copy(shingles.subspan(begin), to);
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

void ShingleTable::Assign(std::span<const uint64_t> shingles, std::vector<uint64_t>* distinct) {
  const size_t room = (shingles.size() < kSmallSet ? 4 : 2) * shingles.size();
  const size_t capacity = std::bit_ceil(std::max<size_t>(16, room));
  slots_.assign(capacity, 0);
  mask_ = capacity - 1;
  has_zero_ = false;
  places_.resize(shingles.size());
  const size_t late = Claim(shingles);
  size_t repeats = 0;
  for (size_t i = 0; i < late; ++i) {
    if (!Insert(shingles[places_[i]])) places_[repeats++] = places_[i];
  }
  CopyWithout(std::span(places_).first(repeats), shingles, distinct);
  size_ = distinct->size();
}

// Gives each slot to the first shingle that comes for it; no branch depends on whether it was free, which nobody
// could predict. Returns how many came later, at places_: repeats, and shingles that must look for another slot.
size_t ShingleTable::Claim(std::span<const uint64_t> shingles) {
  uint64_t* const slots = slots_.data();  // or else each store might change a member
  size_t* const places = places_.data();
  const size_t mask = mask_;
  size_t late = 0;
  size_t zeros = 0;
  for (size_t i = 0; i < shingles.size(); ++i) {
    const uint64_t shingle = shingles[i];
    uint64_t& slot = slots[shingle & mask];
    const uint64_t taken = slot != 0;
    slot += shingle & (taken - 1);
    places[late] = i;
    late += taken;
    zeros += shingle == 0;
  }
  return zeros == 0 ? late : ClaimNone(shingles.size());
}

// A slot does not tell that 0 has claimed it; it hardly ever comes.
size_t ShingleTable::ClaimNone(size_t shingles) {
  std::ranges::fill(slots_, 0);
  std::iota(places_.begin(), places_.end(), size_t{0});
  return shingles;
}

// Shingles are strong hashes already, so their low bits are the place in the table.
bool ShingleTable::Insert(uint64_t shingle) {
  if (shingle == 0) return !std::exchange(has_zero_, true);
  for (size_t i = shingle & mask_;; i = (i + 1) & mask_) {
    if (slots_[i] == shingle) return false;
    if (slots_[i] == 0) {
      slots_[i] = shingle;
      return true;
    }
  }
}

bool ShingleTable::Contains(uint64_t shingle) const {
  if (shingle == 0) return has_zero_;
  for (size_t i = shingle & mask_;; i = (i + 1) & mask_) {
    if (slots_[i] == shingle) return true;
    if (slots_[i] == 0) return false;
  }
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

}  // namespace refrain
