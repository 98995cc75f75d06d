#include "refrain/simd/min_hash_kernels.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "simd/every_target.h"

namespace refrain::simd {
namespace {

std::vector<uint64_t> RandomShingles(size_t n, std::mt19937_64* random) {
  std::vector<uint64_t> shingles(n);
  for (uint64_t& shingle : shingles) {
    shingle = (*random)();
    if ((*random)() % 16 == 0) shingle |= 0xFFFFFFFF80000000u;  // the ends of the order
    if ((*random)() % 16 == 0) shingle &= 0x0000000180000001u;
  }
  return shingles;
}

uint32_t NaiveMinAt(const std::vector<uint64_t>& shingles, uint32_t slot) {
  uint32_t least = UINT32_MAX;
  for (const uint64_t shingle : shingles) {
    const auto step = static_cast<uint32_t>(shingle >> 32) | 1;
    least = std::min(least, static_cast<uint32_t>(shingle) + slot * step);
  }
  return least;
}

TEST(MinHashKernels, MinimaEqualTheNaiveOnes) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    for (size_t n = 1; n < 300; n += 1 + n / 40) {
      const std::vector<uint64_t> shingles = RandomShingles(n, &random);
      const auto first = static_cast<uint32_t>(random() % 4096);
      const auto count = static_cast<uint32_t>(1 + random() % kSlotBlock);
      uint32_t mins[kSlotBlock];
      MinOfProgressions(shingles.data(), n, first, count, mins);
      for (uint32_t k = 0; k < count; ++k) {
        ASSERT_EQ(mins[k], NaiveMinAt(shingles, first + k)) << n << " " << first << " " << k;
      }
    }
  });
}

TEST(MinHashKernels, SlotsOfAListAreThoseOfARun) {
  OnEveryTarget([] {
    std::mt19937_64 random(4);
    for (size_t n = 1; n < 150; ++n) {
      const std::vector<uint64_t> shingles = RandomShingles(n, &random);
      for (size_t count = 0; count < 10; ++count) {
        std::vector<uint32_t> slots(count);
        for (uint32_t& slot : slots) slot = static_cast<uint32_t>(random() % 4096);
        std::vector<uint32_t> mins(count);
        MinOfProgressionsAt(shingles.data(), n, slots.data(), count, mins.data());
        for (size_t k = 0; k < count; ++k) {
          ASSERT_EQ(mins[k], NaiveMinAt(shingles, slots[k])) << n << " " << k;
        }
      }
    }
  });
}

TEST(MinHashKernels, HighBitsOfProductsAreThoseOfEachProduct) {
  OnEveryTarget([] {
    std::mt19937_64 random(5);
    for (size_t n = 0; n <= 64; ++n) {
      const std::vector<uint64_t> words = RandomShingles(n, &random);
      const uint64_t factor = random();
      uint64_t expected = 0;
      for (size_t i = 0; i < n; ++i) expected |= (words[i] * factor) >> 63 << i;
      ASSERT_EQ(HighBitsOfProducts(words.data(), n, factor), expected) << n;
    }
  });
}

TEST(MinHashKernels, BitsOfBelowTellWhichWordsAre) {
  OnEveryTarget([] {
    std::mt19937_64 random(6);
    for (size_t n = 0; n <= 64; ++n) {
      const uint64_t bound = n % 2 == 0 ? UINT64_MAX : random();
      std::vector<uint64_t> words = RandomShingles(n, &random);
      uint64_t expected = 0;
      for (size_t i = 0; i < n; ++i) {
        if (random() % 2 == 0) words[i] = random() % 2 == 0 ? bound - 1 : bound;
        expected |= uint64_t{words[i] < bound} << i;
      }
      ASSERT_EQ(BitsOfBelow(words.data(), n, bound), expected) << n;
    }
  });
}

TEST(MinHashKernels, KeepsTheSmallestInTheirOrder) {
  OnEveryTarget([] {
    std::mt19937_64 random(7);
    for (size_t n = 0; n <= kSmallestOfMost; n += n < 70 ? 1 : 31) {
      const std::vector<uint64_t> values = RandomShingles(n, &random);
      std::vector<uint64_t> sorted = values;
      std::ranges::sort(sorted);
      for (const size_t count : std::vector<size_t>{0, 1, n / 3, n}) {
        std::vector<uint64_t> expected;
        std::ranges::copy_if(values, std::back_inserter(expected), [&](uint64_t value) {
          return std::ranges::lower_bound(sorted, value) - sorted.begin() <
                 static_cast<ptrdiff_t>(count);
        });
        std::vector<uint64_t> kept(n);
        kept.resize(KeepSmallest(count, values.data(), n, kept.data()));
        ASSERT_EQ(kept, expected) << n << " " << count;
      }
    }
  });
}

TEST(MinHashKernels, KeepsWhatIsUpToTheBound) {
  OnEveryTarget([] {
    std::mt19937_64 random(2);
    for (size_t n = 0; n < 200; ++n) {
      const std::vector<uint64_t> shingles = RandomShingles(n, &random);
      for (const uint64_t bound :
           {uint64_t{0}, UINT64_MAX, random(), n > 0 ? shingles[n / 2] : uint64_t{1} << 63}) {
        std::vector<uint64_t> expected;
        std::ranges::copy_if(shingles, std::back_inserter(expected),
                             [&](uint64_t shingle) { return shingle <= bound; });
        std::vector<uint64_t> kept(n);
        kept.resize(KeepUpTo(bound, shingles.data(), n, kept.data()));
        ASSERT_EQ(kept, expected) << n << " " << bound;
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
