#include "reference/naive_min_hash.h"

#include <algorithm>
#include <map>

namespace refrain::reference {
namespace {

constexpr uint64_t kTwo32 = uint64_t{1} << 32;

uint64_t Progression(uint64_t shingle, uint64_t slot) {
  const uint64_t low = shingle % kTwo32;
  const uint64_t high = shingle / kTwo32;
  const uint64_t odd = high % 2 == 1 ? high : high + 1;
  return (low + slot * odd) % kTwo32;
}

uint64_t MinAt(const std::set<uint64_t>& shingles, uint64_t slot) {
  uint64_t min = UINT64_MAX;
  for (const uint64_t shingle : shingles) min = std::min(min, Progression(shingle, slot));
  return min;
}

bool IsPowerOfTwo(uint64_t n) {
  while (n % 2 == 0) n /= 2;
  return n == 1;
}

uint64_t BinOf(uint64_t shingle, uint64_t num_hashes) {
  if (IsPowerOfTwo(num_hashes)) return shingle % num_hashes;
  return (shingle % kTwo32) * num_hashes / kTwo32;
}

// The values that fall in each bin that has any.
std::map<uint64_t, std::set<uint64_t>> Bins(const std::set<uint64_t>& shingles,
                                            uint64_t num_hashes) {
  std::map<uint64_t, std::set<uint64_t>> bins;
  for (const uint64_t shingle : shingles) bins[BinOf(shingle, num_hashes)].insert(shingle / 128);
  return bins;
}

// SplitMix64 as published, written again: the index-th number of a stream.
uint64_t StreamNumber(uint64_t seed, uint64_t index) {
  uint64_t z = seed;
  for (uint64_t i = 0; i <= index; ++i) z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// The least that a shingle may put into a slot: by its own bin, by one that the slot borrows from, or without one.
uint64_t PlaceOf(uint64_t shingle, uint64_t slot, uint64_t num_hashes) {
  const uint64_t bin = BinOf(shingle, num_hashes);
  constexpr uint64_t kRound = uint64_t{1} << 57;
  if (bin == slot) return shingle / 128;
  for (uint64_t round = 1; round <= 2; ++round) {
    const uint64_t lender = StreamNumber(round, slot) / kTwo32 * num_hashes / kTwo32;
    if (bin == lender) return round * kRound + shingle / 128;
  }
  return 127 * kRound + Progression(shingle, slot);
}

}  // namespace

std::vector<uint64_t> NaiveFast(const std::set<uint64_t>& shingles, uint64_t num_hashes) {
  std::vector<uint64_t> slots;
  for (uint64_t slot = 0; slot < num_hashes; ++slot) {
    uint64_t least = UINT64_MAX;
    for (const uint64_t shingle : shingles)
      least = std::min(least, PlaceOf(shingle, slot, num_hashes));
    slots.push_back(least);
  }
  return slots;
}

std::vector<uint64_t> NaiveClassic(const std::set<uint64_t>& shingles, uint64_t num_hashes) {
  std::vector<uint64_t> slots;
  for (uint64_t slot = 0; slot < num_hashes; ++slot) slots.push_back(MinAt(shingles, slot));
  return slots;
}

std::vector<uint64_t> NaiveRotation(const std::set<uint64_t>& shingles, uint64_t num_hashes) {
  const auto bins = Bins(shingles, num_hashes);
  std::vector<uint64_t> slots;
  for (uint64_t slot = 0; slot < num_hashes; ++slot) {
    uint64_t from = slot;
    while (bins.find(from % num_hashes) == bins.end()) ++from;
    // The distance is part of the value, as in Shrivastava and Li, ICML 2014.
    slots.push_back(*bins.find(from % num_hashes)->second.begin() + ((from - slot) << 57));
  }
  return slots;
}

double ExactJaccard(const std::set<uint64_t>& a, const std::set<uint64_t>& b) {
  size_t common = 0;
  for (const uint64_t shingle : a) common += b.count(shingle);
  return static_cast<double>(common) / static_cast<double>(a.size() + b.size() - common);
}

}  // namespace refrain::reference
