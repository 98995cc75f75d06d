// Tells which of many keys were seen at least twice, in two bits a slot: few keys of most inputs are, and what is done
// with the others can be spared.
//
// Input: each key once for each time that it occurs; those with equal low bits share a slot. Output: Repeated is true for
//   each key that was added twice, and for few others; about a fifth of them if all keys are random and different.
// Memory: 1 to 2 bytes a key. Cost: a random access a call; Prefetch some keys ahead where the table outgrows the cache.
// Threads: Add is concurrent-safe, on as many as are allowed when the filter is made; Repeated is once all are added.
// Example:
//   RepeatFilter filter(keys.size());
//   for (const uint64_t key : keys) filter.Add(key);
//   std::erase_if(keys, [&](uint64_t key) { return !filter.Repeated(key); });
#ifndef REFRAIN_BUCKET_REPEAT_FILTER_H_
#define REFRAIN_BUCKET_REPEAT_FILTER_H_

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/base/first_error.h"
#include "refrain/base/page_vector.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/column.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

class RepeatFilter {
 public:
  // `alone`: nobody adds beside us, so that there is no need of atomic steps, which cost thrice as much.
  explicit RepeatFilter(uint64_t keys, bool alone = ThreadsAllowed() == 1)
      : slots_(SlotsFor(keys)), alone_(alone) {
    words_.resize(slots_ / 32);
  }

  // Makes it one for other keys, in the memory that it has.
  void Clear(uint64_t keys) {
    slots_ = SlotsFor(keys);
    const size_t words = slots_ / 32;
    std::fill_n(words_.begin(), std::min(words, words_.size()), 0);
    words_.resize(std::max(words, words_.size()));
  }

  void Add(uint64_t key) {
    const uint64_t once = uint64_t{1} << ShiftOf(key);
    uint64_t& word = words_[WordOf(key)];
    if (alone_) {
      word |= once | (word & once) << 1;
      return;
    }
    const std::atomic_ref<uint64_t> shared(word);
    if ((shared.load(std::memory_order_relaxed) & once << 1) != 0) return;
    if ((shared.fetch_or(once, std::memory_order_relaxed) & once) != 0) {
      shared.fetch_or(once << 1, std::memory_order_relaxed);
    }
  }
  // Brings what Add and Repeated look at into the cache: the table is larger than that, and the look-ups are random.
  void Prefetch(uint64_t key) const { __builtin_prefetch(&words_[WordOf(key)], 1); }
  bool Repeated(uint64_t key) const { return (words_[WordOf(key)] >> ShiftOf(key) & 2) != 0; }

 private:
  static uint64_t SlotsFor(uint64_t keys) {
    return std::bit_ceil(std::max<uint64_t>(4 * keys, 64));
  }
  // The low bits: keys may be minima, whose high bits are not spread.
  uint64_t WordOf(uint64_t key) const { return (key & (slots_ - 1)) >> 5; }
  static uint64_t ShiftOf(uint64_t key) { return (key & 31) * 2; }

  uint64_t slots_;
  bool alone_;
  PageVector<uint64_t> words_;
};

// Calls visit(row, value) for the rows of a chunk. Errors: those of the column.
template <class T, class Visit>
absl::Status VisitChunk(const Column<T>& column, size_t chunk, const Visit& visit) {
  PageVector<T> buffer;
  REFRAIN_ASSIGN_OR_RETURN(const std::span<const T> values, column.Chunk(chunk, &buffer));
  size_t row = chunk * column.chunk_rows();
  for (const T& value : values) visit(row++, value);
  return absl::OkStatus();
}

// The same, and what the filter knows of the keys, hash_of(value), is in the cache before.
template <class T, class HashOf, class Visit>
absl::Status VisitFiltered(const Column<T>& column, size_t chunk, const RepeatFilter& filter,
                           const HashOf& hash_of, const Visit& visit) {
  constexpr size_t kAhead = 16;
  PageVector<T> buffer;
  REFRAIN_ASSIGN_OR_RETURN(const std::span<const T> values, column.Chunk(chunk, &buffer));
  const size_t first = chunk * column.chunk_rows();
  for (size_t i = 0; i < values.size(); ++i) {
    filter.Prefetch(hash_of(values[std::min(i + kAhead, values.size() - 1)]));
    visit(first + i, values[i]);
  }
  return absl::OkStatus();
}

// The filter of all rows of a column, of which hash_of(value) gives the keys, made by all threads that are allowed.
template <class T, class HashOf>
absl::StatusOr<RepeatFilter> FilterOf(const Column<T>& column, const HashOf& hash_of) {
  RepeatFilter filter(column.size());
  FirstError error;
  ParallelFor(0, column.chunks(), 1, [&](size_t chunk, size_t) {
    error.Update(VisitFiltered(column, chunk, filter, hash_of,
                               [&](size_t, const T& value) { filter.Add(hash_of(value)); }));
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return filter;
}

}  // namespace refrain

#endif  // REFRAIN_BUCKET_REPEAT_FILTER_H_
