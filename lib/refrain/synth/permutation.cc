#include "refrain/synth/permutation.h"

#include <bit>

#include "refrain/synth/random.h"

namespace refrain {
namespace {

constexpr int kRounds = 4;

}  // namespace

Permutation::Permutation(uint64_t size, uint64_t seed) : size_(size), seed_(seed) {
  const unsigned bits = size > 1 ? static_cast<unsigned>(std::bit_width(size - 1)) : 1;
  half_bits_ = (bits + 1) / 2;
  half_mask_ = (uint64_t{1} << half_bits_) - 1;
}

uint64_t Permutation::Forward(uint64_t index) const {
  do index = EncryptOnce(index);
  while (index >= size_);
  return index;
}

uint64_t Permutation::Inverse(uint64_t index) const {
  do index = DecryptOnce(index);
  while (index >= size_);
  return index;
}

uint64_t Permutation::EncryptOnce(uint64_t block) const {
  uint64_t left = block >> half_bits_;
  uint64_t right = block & half_mask_;
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t next = left ^ RoundKey(round, right);
    left = right;
    right = next;
  }
  return (left << half_bits_) | right;
}

uint64_t Permutation::DecryptOnce(uint64_t block) const {
  uint64_t left = block >> half_bits_;
  uint64_t right = block & half_mask_;
  for (int round = kRounds - 1; round >= 0; --round) {
    const uint64_t previous = right ^ RoundKey(round, left);
    right = left;
    left = previous;
  }
  return (left << half_bits_) | right;
}

uint64_t Permutation::RoundKey(int round, uint64_t half) const {
  return MixSeeds(seed_, static_cast<uint64_t>(round), half) & half_mask_;
}

}  // namespace refrain
