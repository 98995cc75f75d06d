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

#include "refrain/base/page_vector.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

class RepeatFilter {
 public:
  // `alone`: nobody adds beside us, so that there is no need of atomic steps, which cost thrice as much.
  explicit RepeatFilter(uint64_t keys, bool alone = ThreadsAllowed() == 1)
      : slots_(std::bit_ceil(std::max<uint64_t>(4 * keys, 64))), alone_(alone) {
    words_.resize(slots_ / 32);
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
  // The low bits: keys may be minima, whose high bits are not spread.
  uint64_t WordOf(uint64_t key) const { return (key & (slots_ - 1)) >> 5; }
  static uint64_t ShiftOf(uint64_t key) { return (key & 31) * 2; }

  uint64_t slots_;
  bool alone_;
  PageVector<uint64_t> words_;
};

}  // namespace refrain

#endif  // REFRAIN_BUCKET_REPEAT_FILTER_H_
