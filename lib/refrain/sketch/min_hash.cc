// Why the fast sketch is unbiased: every shingle owns a place in the order of every slot, (round,
// value), with round 0 if the slot is its bin and round 127 otherwise; the slot keeps the least of
// them. The least of A and B together is thus equally likely to be any shingle of the union,
// whatever the sizes. Hence also: what is done for speed alone (the choice of kernel, the filter)
// may depend on the document, but the rounds may not.
#include "refrain/sketch/min_hash.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "refrain/simd/min_hash_kernels.h"

namespace refrain {
namespace {

using simd::kSlotBlock;

constexpr uint64_t kEmpty = UINT64_MAX;
constexpr uint64_t kLastRound = uint64_t{127} << 57;

// A document is long if it has this many shingles a slot: then most of them can be passed over.
constexpr size_t kLongPerSlot = 16;

// Shingles a slot that the filter lets through on average. A slot is left empty with probability
// e^-8.5.
constexpr double kKeptPerSlot = 8.5;

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

// slots[bin] = min(slots[bin], shingle >> 7), bin being the low bits of the shingle if the number of slots is a power
// of two, else (lo * slots) >> 32.
void MinOfBins(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  const uint64_t bins = slots.size();
  const auto take = [&](uint64_t bin, uint64_t shingle) {
    slots[bin] = std::min(slots[bin], shingle >> 7);
  };
  if (std::has_single_bit(bins)) {
    for (const uint64_t shingle : shingles) take(shingle & (bins - 1), shingle);
  } else {
    for (const uint64_t shingle : shingles) take((shingle & 0xFFFFFFFF) * bins >> 32, shingle);
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

void FillByList(std::span<const uint64_t> shingles, size_t first, std::span<uint64_t> block) {
  uint32_t empty[kSlotBlock] = {};
  uint32_t mins[kSlotBlock];
  size_t count = 0;
  for (size_t j = 0; j < block.size(); ++j) {
    empty[count] = static_cast<uint32_t>(first + j);
    count += static_cast<size_t>(block[j] == kEmpty);
  }
  simd::MinOfProgressionsAt(shingles.data(), shingles.size(), empty, count, mins);
  for (size_t i = 0; i < count; ++i) block[empty[i] - first] = kLastRound | mins[i];
}

void FillAtOnce(std::span<const uint64_t> shingles, size_t first, std::span<uint64_t> block) {
  uint32_t mins[kSlotBlock];
  simd::MinOfProgressions(shingles.data(), shingles.size(), static_cast<uint32_t>(first),
                          static_cast<uint32_t>(block.size()), mins);
  for (size_t j = 0; j < block.size(); ++j) {
    if (block[j] == kEmpty) block[j] = kLastRound | mins[j];
  }
}

void FillEmpty(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  for (size_t first = 0; first < slots.size(); first += kSlotBlock) {
    const auto block = slots.subspan(first, std::min<size_t>(kSlotBlock, slots.size() - first));
    const auto empty = std::count(block.begin(), block.end(), kEmpty);
    if (empty <= ptrdiff_t{kListedMost}) {
      FillByList(shingles, first, block);
    } else {
      FillAtOnce(shingles, first, block);
    }
  }
}

void SketchFast(std::span<const uint64_t> shingles, std::span<uint64_t> slots) {
  if (shingles.size() >= kLongPerSlot * slots.size() && BinSmallest(shingles, slots)) return;
  BinAll(shingles, slots);
  FillEmpty(shingles, slots);
}

}  // namespace

MinHasher::MinHasher(SketchAlgorithm algorithm, int num_hashes)
    : algorithm_(algorithm), num_hashes_(num_hashes) {
  assert(num_hashes >= 1 && num_hashes <= kMaxHashes);
}

void MinHasher::Sketch(std::span<const uint64_t> shingles, std::span<uint64_t> slots) const {
  assert(!shingles.empty());
  assert(slots.size() == static_cast<size_t>(num_hashes_));
  if (algorithm_ == SketchAlgorithm::kClassic) {
    SketchClassic(shingles, slots);
  } else {
    SketchFast(shingles, slots);
  }
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
