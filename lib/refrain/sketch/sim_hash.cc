#include "refrain/sketch/sim_hash.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/mix.h"

namespace refrain {
namespace {

constexpr size_t kWordBits = 64;

// Counts set bits of up to 255 words, eight counters to a word: byte b of lanes[i] belongs to bit
// 8 b + i.
void AddBitCounts(std::span<const uint64_t> words, size_t (&counts)[kWordBits]) {
  assert(words.size() <= 255);
  uint64_t lanes[8] = {};
  for (const uint64_t word : words) {
    for (size_t i = 0; i < 8; ++i) lanes[i] += (word >> i) & 0x0101010101010101;
  }
  for (size_t bit = 0; bit < kWordBits; ++bit) {
    counts[bit] += (lanes[bit % 8] >> (bit / 8 * 8)) & 0xff;
  }
}

// Bits [first, last) of a word.
uint64_t BitRange(size_t first, size_t last) {
  const uint64_t below_last = last == kWordBits ? UINT64_MAX : (uint64_t{1} << last) - 1;
  return below_last & ~((uint64_t{1} << first) - 1);
}

// The bits of the chosen blocks; blocks are as equal as 64 bits allow.
uint64_t MaskOfBlocks(uint32_t chosen, size_t blocks) {
  uint64_t mask = 0;
  for (size_t b = 0; b < blocks; ++b) {
    if ((chosen >> b) & 1) mask |= BitRange(b * kWordBits / blocks, (b + 1) * kWordBits / blocks);
  }
  return mask;
}

}  // namespace

uint64_t SimHash(std::span<const uint64_t> shingles) {
  assert(!shingles.empty());
  size_t counts[kWordBits] = {};
  for (size_t i = 0; i < shingles.size(); i += 255) {
    AddBitCounts(shingles.subspan(i, std::min<size_t>(255, shingles.size() - i)), counts);
  }
  uint64_t word = 0;
  for (size_t bit = 0; bit < kWordBits; ++bit) {
    word |= uint64_t{2 * counts[bit] > shingles.size()} << bit;
  }
  return word;
}

int HammingDistance(uint64_t a, uint64_t b) { return std::popcount(a ^ b); }

absl::StatusOr<BlockKeys> BlockKeys::Create(int max_distance) {
  if (max_distance < 0 || max_distance > kMaxDistance) {
    return absl::InvalidArgumentError(
        absl::StrCat("Hamming distance ", max_distance, " is not in 0..", kMaxDistance));
  }
  const int kept = max_distance <= 3 ? 3 : 2;
  const int blocks = max_distance + kept;
  std::vector<uint64_t> masks;
  for (uint32_t chosen = 0; chosen < uint32_t{1} << blocks; ++chosen) {
    if (std::popcount(chosen) != kept) continue;
    masks.push_back(MaskOfBlocks(chosen, static_cast<size_t>(blocks)));
  }
  return BlockKeys(std::move(masks));
}

void BlockKeys::Keys(uint64_t word, std::span<uint32_t> keys) const {
  assert(keys.size() == size());
  for (size_t t = 0; t < keys.size(); ++t) {
    keys[t] = static_cast<uint32_t>(Mix64((word & masks_[t]) ^ SplitMix64(0, t)));
  }
}

}  // namespace refrain
