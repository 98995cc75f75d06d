#include "refrain/proof/overlap.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace refrain {
namespace {

// Below this the table may be sparse and still lies in a near cache.
constexpr size_t kSmallSet = 4096;

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
  distinct->resize(shingles.size());
  late_.resize(shingles.size());
  const auto [count, late] = Claim(shingles, distinct->data());
  size_ = count;
  for (size_t i = 0; i < late; ++i) {
    if (Insert(late_[i])) (*distinct)[size_++] = late_[i];
  }
  distinct->resize(size_);
}

// Gives each slot to the first shingle that comes for it; no branch depends on whether it was free, which nobody
// could predict. Those that came later are left in late_: repeats, and shingles that must look for another slot.
ShingleTable::Claimed ShingleTable::Claim(std::span<const uint64_t> shingles, uint64_t* distinct) {
  Claimed claimed{0, 0};
  for (const uint64_t shingle : shingles) {
    uint64_t& slot = slots_[shingle & mask_];
    const uint64_t taken = static_cast<uint64_t>(slot != 0) | static_cast<uint64_t>(shingle == 0);
    slot |= shingle & (taken - 1);
    distinct[claimed.count] = shingle;
    late_[claimed.late] = shingle;
    claimed.count += 1 - taken;
    claimed.late += taken;
  }
  return claimed;
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
