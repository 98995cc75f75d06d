#include "refrain/shingle/shingler.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <memory>

#include "refrain/base/mix.h"
#include "refrain/simd/shingle_kernels.h"

namespace refrain {
namespace {

// The start makes windows of different lengths different functions.
uint64_t StartValue(uint64_t seed, size_t length) { return SplitMix64(seed, length); }

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

constexpr size_t kRadixSortLeast = 48;
constexpr size_t kRadixGroup = 4;

// Gives each shingle's entry of the table to the first who comes for it, as place + 1; 0 marks a
// free entry. Writes the places of those who came later to `late`, in order, and returns how many.
// No branches.
template <typename Place>
size_t ClaimEntries(std::span<const uint64_t> shingles, Place* entries, size_t mask, Place* late) {
  size_t count = 0;
  for (size_t i = 0; i < shingles.size(); ++i) {
    Place& entry = entries[shingles[i] & mask];
    const Place owner = entry;
    entry = owner == 0 ? static_cast<Place>(i + 1) : owner;
    late[count] = static_cast<Place>(i);
    count += owner != 0;
  }
  return count;
}

// Whoever owns an entry is the first of its kind; the few others probe for their equal, or for
// room. The table holds places, not shingles, to stay in the cache.
template <typename Place>
uint32_t CountWithTable(std::span<const uint64_t> shingles, size_t capacity,
                        std::vector<Place>* table) {
  const size_t mask = capacity - 1;
  if (table->size() < capacity + shingles.size()) table->resize(capacity + shingles.size());
  Place* const entries = table->data();
  Place* const late = entries + capacity;
  std::fill_n(entries, capacity, Place{0});
  const size_t num_late = ClaimEntries(shingles, entries, mask, late);
  size_t count = shingles.size() - num_late;
  for (size_t j = 0; j < num_late; ++j) {
    const uint64_t shingle = shingles[late[j]];
    size_t at = shingle & mask;
    while (entries[at] != 0 && shingles[entries[at] - size_t{1}] != shingle) at = (at + 1) & mask;
    if (entries[at] != 0) continue;
    entries[at] = static_cast<Place>(late[j] + 1);
    ++count;
  }
  return static_cast<uint32_t>(count);
}

// What 16-bit places can name. Longer texts are counted part by part, in tables that stay in the
// nearest cache.
constexpr size_t kSmallTableMost = UINT16_MAX;
constexpr size_t kPart = size_t{1} << 11;

}  // namespace

Shingler::Shingler(int ngram, uint64_t seed) : ngram_(ngram), seed_(seed) { assert(ngram >= 1); }

void Shingler::Shingle(std::span<const uint64_t> tokens, RawVector<uint64_t>* shingles) const {
  const size_t length = std::min(tokens.size(), static_cast<size_t>(ngram_));
  const size_t windows = tokens.empty() ? 0 : tokens.size() - length + 1;
  shingles->resize(windows);
  simd::HashWindows(tokens.data(), windows, length, StartValue(seed_, length), shingles->data());
}

void SortUnique(RawVector<uint64_t>* shingles) {
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
  if (shingles.size() <= kMarkedMost && AllMarksDiffer(shingles)) {
    return static_cast<uint32_t>(shingles.size());
  }
  if (shingles.size() <= kSmallTableMost) return CountPart(shingles);
  const Partition partition = PartitionByHighBits(shingles, PartitionBits(shingles.size(), kPart));
  uint32_t count = 0;
  for (size_t g = 0; g + 1 < partition.begins.size(); ++g) {
    count += CountPart({partition.words.get() + partition.begins[g],
                        partition.words.get() + partition.begins[g + 1]});
  }
  return count;
}

// Marks are those of one call if they hold its number, so that they need not be cleared for the next.
bool DistinctCounter::AllMarksDiffer(std::span<const uint64_t> shingles) {
  if (++call_ == 0) {
    marks_.fill(0);
    call_ = 1;
  }
  uint8_t* const marks = marks_.data();  // or else each store might change a member
  const uint8_t call = call_;
  uint32_t taken = 0;
  for (const uint64_t shingle : shingles) {
    uint8_t& mark = marks[shingle % kMarks];
    taken += mark == call ? 1U : 0U;
    mark = call;
  }
  return taken == 0;
}

// A part is larger than the table only in a text that repeats itself for ever; its table is not
// kept.
uint32_t DistinctCounter::CountPart(std::span<const uint64_t> shingles) {
  if (shingles.size() <= kSmallTableMost) {
    return CountWithTable(shingles, std::bit_ceil(8 * shingles.size()), &table_);
  }
  std::vector<uint32_t> large_table;
  return CountWithTable(shingles, std::bit_ceil(2 * shingles.size()), &large_table);
}

}  // namespace refrain
