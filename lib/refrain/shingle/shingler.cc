#include "refrain/shingle/shingler.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

#include "refrain/base/mix.h"

namespace refrain {
namespace {

// Stream positions of the seed's random numbers: the first 2^32 are multipliers, the rest start
// values.
constexpr uint64_t kStartStream = uint64_t{1} << 32;

// The sum's start makes windows of different lengths different functions.
uint64_t StartValue(uint64_t seed, size_t length) {
  return SplitMix64(seed, kStartStream + length);
}

uint64_t HashWindow(const uint64_t* tokens, size_t length, const uint64_t* multipliers,
                    uint64_t start) {
  uint64_t sum = start;
  for (size_t j = 0; j < length; ++j) sum += tokens[j] * multipliers[j];
  return Mix64(sum);
}

void HashWindows(const uint64_t* tokens, size_t windows, size_t length, const uint64_t* multipliers,
                 uint64_t start, uint64_t* shingles) {
  for (size_t i = 0; i < windows; ++i) {
    shingles[i] = HashWindow(tokens + i, length, multipliers, start);
  }
}

// The default length, known to the compiler: the multipliers stay in registers.
void HashWindowsOfFive(const uint64_t* tokens, size_t windows, const uint64_t* multipliers,
                       uint64_t start, uint64_t* shingles) {
  const uint64_t m0 = multipliers[0], m1 = multipliers[1], m2 = multipliers[2], m3 = multipliers[3],
                 m4 = multipliers[4];
  for (size_t i = 0; i < windows; ++i) {
    const uint64_t* t = tokens + i;
    shingles[i] = Mix64(start + t[0] * m0 + t[1] * m1 + t[2] * m2 + t[3] * m3 + t[4] * m4);
  }
}

// Words grouped by their highest `bits` bits; group g is [begins[g], begins[g + 1]) of words.
struct Partition {
  std::unique_ptr<uint64_t[]> words;
  std::vector<size_t> begins;
};

// Counting sort on the highest bits; equal groups if the words are hashes. REQUIRES: 1 <= bits.
Partition PartitionByHighBits(std::span<const uint64_t> words, int bits) {
  const int shift = 64 - bits;
  std::vector<size_t> next((size_t{1} << bits) + 1, 0);
  for (const uint64_t word : words) ++next[(word >> shift) + 1];
  for (size_t g = 1; g < next.size(); ++g) next[g] += next[g - 1];
  Partition partition{std::make_unique_for_overwrite<uint64_t[]>(words.size()), next};
  for (const uint64_t word : words) partition.words[next[word >> shift]++] = word;
  return partition;
}

// Bits that give groups of about `group` words: few enough groups for the cache's lines and the
// TLB.
int PartitionBits(size_t words, size_t group) {
  return std::clamp(static_cast<int>(std::bit_width(words / group)), 1, 11);
}

void InsertionSort(uint64_t* begin, uint64_t* end) {
  for (uint64_t* i = begin; i < end; ++i) {
    const uint64_t word = *i;
    uint64_t* hole = i;
    for (; hole > begin && hole[-1] > word; --hole) *hole = hole[-1];
    *hole = word;
  }
}

constexpr size_t kInsertionSortMost = 24;

void SortGroup(uint64_t* begin, uint64_t* end) {
  if (static_cast<size_t>(end - begin) <= kInsertionSortMost) {
    InsertionSort(begin, end);
  } else {
    std::sort(begin, end);
  }
}

constexpr size_t kRadixSortLeast = 128;
constexpr size_t kRadixGroup = 4;

// Tables of longer texts would leave the cache; they are counted part by part.
constexpr size_t kOneTableMost = size_t{1} << 16;
constexpr size_t kTableStep = size_t{1} << 13;
constexpr size_t kSpareTableMost = 4 * kOneTableMost;

}  // namespace

Shingler::Shingler(int ngram, uint64_t seed) : seed_(seed) {
  assert(ngram >= 1);
  for (uint64_t j = 0; j < static_cast<uint64_t>(ngram); ++j) {
    multipliers_.push_back(SplitMix64(seed, j) | 1);
  }
}

void Shingler::Shingle(std::span<const uint64_t> tokens, std::vector<uint64_t>* shingles) const {
  const size_t length = std::min(tokens.size(), multipliers_.size());
  const size_t windows = tokens.empty() ? 0 : tokens.size() - length + 1;
  const uint64_t start = StartValue(seed_, length);
  shingles->resize(windows);
  if (length == 5) {
    HashWindowsOfFive(tokens.data(), windows, multipliers_.data(), start, shingles->data());
  } else {
    HashWindows(tokens.data(), windows, length, multipliers_.data(), start, shingles->data());
  }
}

void SortUnique(std::vector<uint64_t>* shingles) {
  if (shingles->size() < kRadixSortLeast) {
    std::sort(shingles->begin(), shingles->end());
    shingles->erase(std::unique(shingles->begin(), shingles->end()), shingles->end());
    return;
  }
  const Partition partition =
      PartitionByHighBits(*shingles, PartitionBits(shingles->size(), kRadixGroup));
  uint64_t* out = shingles->data();
  for (size_t g = 0; g + 1 < partition.begins.size(); ++g) {
    uint64_t* begin = partition.words.get() + partition.begins[g];
    uint64_t* end = partition.words.get() + partition.begins[g + 1];
    SortGroup(begin, end);
    out = std::unique_copy(begin, end, out);
  }
  shingles->resize(static_cast<size_t>(out - shingles->data()));
}

uint32_t DistinctCounter::Count(std::span<const uint64_t> shingles) {
  const uint32_t count =
      shingles.size() <= kOneTableMost ? CountInTable(shingles) : CountPartitioned(shingles);
  if (table_.size() > kSpareTableMost) std::vector<uint64_t>().swap(table_);
  return count;
}

uint32_t DistinctCounter::CountPartitioned(std::span<const uint64_t> shingles) {
  const Partition partition =
      PartitionByHighBits(shingles, PartitionBits(shingles.size(), kTableStep));
  uint32_t count = 0;
  for (size_t g = 0; g + 1 < partition.begins.size(); ++g) {
    count += CountInTable({partition.words.get() + partition.begins[g],
                           partition.words.get() + partition.begins[g + 1]});
  }
  return count;
}

// The table holds what is distinct, not what is given: a long text that says one thing needs little
// of it.
uint32_t DistinctCounter::CountInTable(std::span<const uint64_t> shingles) {
  size_t count = 0;
  bool has_zero = false;
  Clear(std::bit_ceil(4 * std::min(shingles.size(), kTableStep)));
  for (size_t i = 0; i < shingles.size(); i += kTableStep) {
    const auto step = shingles.subspan(i, std::min(kTableStep, shingles.size() - i));
    if (mask_ + 1 < 2 * (count + step.size())) Grow(std::bit_ceil(4 * (count + step.size())));
    for (const uint64_t shingle : step) {
      has_zero |= shingle == 0;
      count += Insert(shingle);
    }
  }
  return static_cast<uint32_t>(count + has_zero);
}

void DistinctCounter::Clear(size_t capacity) {
  if (table_.size() < capacity) table_.resize(capacity);
  std::fill_n(table_.begin(), capacity, 0);
  mask_ = capacity - 1;
}

void DistinctCounter::Grow(size_t capacity) {
  const std::vector<uint64_t> old(table_.begin(),
                                  table_.begin() + static_cast<ptrdiff_t>(mask_ + 1));
  Clear(capacity);
  for (const uint64_t shingle : old) Insert(shingle);
}

// 1 if the shingle is new, else 0; always 0 for shingle 0, which looks like a free place. One
// branch that is rarely taken: a first place that is free and one that holds the shingle already
// are treated alike.
size_t DistinctCounter::Insert(uint64_t shingle) {
  uint64_t* place = &table_[shingle & mask_];
  while ((*place != 0) & (*place != shingle)) {
    place = &table_[static_cast<size_t>(place - table_.data() + 1) & mask_];
  }
  const size_t is_new = static_cast<size_t>(*place != shingle);
  *place = shingle;
  return is_new;
}

}  // namespace refrain
