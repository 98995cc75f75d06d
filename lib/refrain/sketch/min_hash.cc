// Why the fast sketch is unbiased: every shingle owns a place in the order of every slot, (round,
// value), with round 0 if the slot is its bin, round 1 or 2 if the slot borrows from its bin, and
// round 127 otherwise; the slot keeps the least of them. The least of A and B together is thus equally likely to be any shingle of the union,
// whatever the sizes. Hence also: what is done for speed alone (the choice of kernel, the filter)
// may depend on the document, but the rounds may not.
#include "refrain/sketch/min_hash.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "refrain/base/mix.h"
#include "refrain/simd/min_hash_kernels.h"

namespace refrain {
namespace {

using simd::kSlotBlock;

constexpr uint64_t kEmpty = UINT64_MAX;
constexpr int kRoundShift = 57;
constexpr uint64_t kLastRound = uint64_t{127} << kRoundShift;

// A document is long if it has this many shingles a slot: then most of them can be passed over.
constexpr size_t kLongPerSlot = 16;

// Shingles a slot that the filter lets through on average. A slot is left empty with probability
// e^-8.5.
constexpr double kKeptPerSlot = 8.5;

// The bin that an empty slot borrows from in round 1 or 2.
uint16_t Lender(uint64_t round, size_t slot, size_t slots) {
  return static_cast<uint16_t>((SplitMix64(round, slot) >> 32) * slots >> 32);
}

// Filling a block of slots at once costs about as much as this many of them by list.
constexpr uint32_t kListedMost = kSlotBlock / 2;

void SketchClassic(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  uint32_t mins[kSlotBlock];
  for (size_t first = 0; first < slots.size(); first += kSlotBlock) {
    const size_t count = std::min<size_t>(kSlotBlock, slots.size() - first);
    simd::MinOfProgressions(shingles.data(), shingles.size(), static_cast<uint32_t>(first),
                            static_cast<uint32_t>(count), mins);
    std::copy_n(mins, count, slots.begin() + static_cast<ptrdiff_t>(first));
  }
}

// Eight in a round of the loop.
template <typename BinOf>
void TakeMinima(std::span<const uint64_t> shingles, const BinOf& bin_of,
                std::span<uint64_t> slots) {
  constexpr size_t kAtOnce = 8;
  const auto take = [&](uint64_t shingle) {
    uint64_t& slot = slots[bin_of(shingle)];
    slot = std::min(shingle >> 7, slot);
  };
  size_t i = 0;
  for (; i + kAtOnce <= shingles.size(); i += kAtOnce) {
    for (size_t j = 0; j < kAtOnce; ++j) take(shingles[i + j]);
  }
  for (; i < shingles.size(); ++i) take(shingles[i]);
}

// slots[bin] = min(slots[bin], shingle >> 7), bin being the low bits of the shingle if the number of slots is a power
// of two, else (lo * slots) >> 32.
void MinOfBins(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  const uint64_t bins = slots.size();
  if (std::has_single_bit(bins)) {
    TakeMinima(
        shingles, [=](uint64_t shingle) { return shingle & (bins - 1); }, slots);
  } else {
    TakeMinima(
        shingles, [=](uint64_t shingle) { return (shingle & 0xFFFFFFFF) * bins >> 32; }, slots);
  }
}

void BinAll(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  std::fill(slots.begin(), slots.end(), kEmpty);
  MinOfBins(shingles, slots);
}

// Bins only the smallest shingles. They hold the minimum of every bin if they hold anything of it:
// values are high bits, bins low ones. False if a slot stays empty; then nothing is known about
// that slot.
bool BinSmallest(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  const double share =
      kKeptPerSlot * static_cast<double>(slots.size()) / static_cast<double>(shingles.size());
  const uint64_t bound = static_cast<uint64_t>(share * 0x1p64);
  uint64_t kept[512];
  std::fill(slots.begin(), slots.end(), kEmpty);
  for (size_t i = 0; i < shingles.size(); i += std::size(kept)) {
    const auto chunk = shingles.subspan(i, std::min(std::size(kept), shingles.size() - i));
    const size_t count = simd::KeepUpTo(bound, chunk.data(), chunk.size(), kept);
    MinOfBins({kept, count}, slots);
  }
  return std::find(slots.begin(), slots.end(), kEmpty) == slots.end();
}

// The empty slots of a block: a bit each, of those from `first` on.
uint64_t EmptyBits(std::span<const uint64_t> slots, size_t first) {
  const size_t size = std::min<size_t>(kSlotBlock, slots.size() - first);
  return simd::BitsOfBelow(slots.data() + first, size, kEmpty) ^ UINT64_MAX >> (64 - size);
}

// What an empty slot gets of a bin in this round: nothing, which is all ones, if the bin is empty or has borrowed itself.
// Without a branch, which would be hard to predict.
uint64_t Borrowed(uint64_t lender, uint64_t round) {
  const uint64_t nothing = uint64_t{0} - uint64_t{lender >> kRoundShift != 0};
  return round << kRoundShift | lender | nothing;
}

// Returns whether slots stay empty.
bool Borrow(std::span<const MinHasher::Lenders> lenders, std::span<uint64_t> slots) {
  bool any_left = false;
  for (size_t first = 0; first < slots.size(); first += kSlotBlock) {
    for (uint64_t empty = EmptyBits(slots, first); empty != 0; empty &= empty - 1) {
      const size_t slot = first + static_cast<size_t>(std::countr_zero(empty));
      const auto [lender1, lender2] = lenders[slot];
      slots[slot] = std::min(Borrowed(slots[lender1], 1), Borrowed(slots[lender2], 2));
      any_left |= slots[slot] == kEmpty;
    }
  }
  return any_left;
}

void FillByList(std::span<const uint64_t> shingles, std::span<const uint32_t> empty,
                std::span<uint64_t> slots) {
  uint32_t mins[kSlotBlock];
  simd::MinOfProgressionsAt(shingles.data(), shingles.size(), empty.data(), empty.size(), mins);
  for (size_t i = 0; i < empty.size(); ++i) slots[empty[i]] = kLastRound | mins[i];
}

void FillAtOnce(std::span<const uint64_t> shingles, size_t first, std::span<const uint32_t> empty,
                std::span<uint64_t> slots) {
  const size_t size = std::min<size_t>(kSlotBlock, slots.size() - first);
  uint32_t mins[kSlotBlock];
  simd::MinOfProgressions(shingles.data(), shingles.size(), static_cast<uint32_t>(first),
                          static_cast<uint32_t>(size), mins);
  for (const uint32_t slot : empty) slots[slot] = kLastRound | mins[slot - first];
}

void FillEmpty(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  uint32_t list[kSlotBlock];
  for (size_t first = 0; first < slots.size(); first += kSlotBlock) {
    size_t count = 0;
    for (uint64_t empty = EmptyBits(slots, first); empty != 0; empty &= empty - 1) {
      list[count++] = static_cast<uint32_t>(first) + static_cast<uint32_t>(std::countr_zero(empty));
    }
    if (count > kListedMost) {
      FillAtOnce(shingles, first, {list, count}, slots);
    } else if (count > 0) {
      FillByList(shingles, {list, count}, slots);
    }
  }
}

void SketchFast(std::span<const uint64_t> shingles, std::span<const MinHasher::Lenders> lenders,
                std::span<uint64_t> slots) {
  if (shingles.size() >= kLongPerSlot * slots.size() && BinSmallest(shingles, slots)) return;
  BinAll(shingles, slots);
  if (Borrow(lenders, slots)) FillEmpty(shingles, slots);
}

}  // namespace

MinHasher::MinHasher(SketchAlgorithm algorithm, int num_hashes)
    : algorithm_(algorithm), num_hashes_(num_hashes) {
  assert(num_hashes >= 1 && num_hashes <= kMaxHashes);
  if (algorithm != SketchAlgorithm::kFast) return;
  const auto slots = static_cast<size_t>(num_hashes);
  for (size_t k = 0; k < slots; ++k) {
    lenders_.push_back({Lender(1, k, slots), Lender(2, k, slots)});
  }
}

void MinHasher::Sketch(std::span<const uint64_t> shingles, std::span<uint64_t> slots) const {
  assert(!shingles.empty());
  assert(slots.size() == static_cast<size_t>(num_hashes_));
  if (algorithm_ == SketchAlgorithm::kClassic) {
    SketchClassic(shingles, slots);
  } else {
    SketchFast(shingles, lenders_, slots);
  }
}

size_t MinHasher::FewestShingles(std::span<const uint64_t> slots) const {
  if (algorithm_ == SketchAlgorithm::kClassic) return 1;
  int own = 0;
  for (size_t first = 0; first < slots.size(); first += kSlotBlock) {
    const size_t size = std::min<size_t>(kSlotBlock, slots.size() - first);
    own += std::popcount(simd::BitsOfBelow(slots.data() + first, size, uint64_t{1} << kRoundShift));
  }
  return static_cast<size_t>(own);
}

double EstimateJaccard(std::span<const uint64_t> a, std::span<const uint64_t> b) {
  assert(a.size() == b.size() && !a.empty());
  size_t equal = 0;
  for (size_t k = 0; k < a.size(); ++k) equal += static_cast<size_t>(a[k] == b[k]);
  return static_cast<double>(equal) / static_cast<double>(a.size());
}

// The highest bit of a product depends on every bit of the slot; single bits of a slot are not all
// random.
OneBitSketch ToOneBit(std::span<const uint64_t> slots) {
  constexpr uint64_t kFactor = 0x9e3779b97f4a7c15;
  OneBitSketch sketch;
  sketch.words[0] =
      simd::HighBitsOfProducts(slots.data(), std::min<size_t>(slots.size(), 64), kFactor);
  if (slots.size() > 64) {
    sketch.words[1] = simd::HighBitsOfProducts(slots.data() + 64,
                                               std::min<size_t>(slots.size() - 64, 64), kFactor);
  }
  return sketch;
}

// The distance is binomial: a slot differs with probability 1 - J, its bit then with 1/2.
int FarthestLikely(double jaccard, int num_hashes) {
  constexpr double kLost = 1e-6;
  const int slots = std::min(num_hashes, 128);
  const double differ = (1 - jaccard) / 2;
  double probability = 1;  // of exactly `distance` different bits
  for (int i = 0; i < slots; ++i) probability *= 1 - differ;
  double farther = 1 - probability;
  int distance = 0;
  for (; farther > kLost && distance < slots; ++distance) {
    probability *= differ / (1 - differ) * (slots - distance) / (distance + 1);
    farther -= probability;
  }
  return distance;
}

int Distance(const OneBitSketch& a, const OneBitSketch& b) {
  return std::popcount(a.words[0] ^ b.words[0]) + std::popcount(a.words[1] ^ b.words[1]);
}

}  // namespace refrain
