#include "refrain/simd/set_bitmap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include "simd/every_target.h"

namespace refrain::simd {
namespace {

TEST(SetBitmapKernel, EqualsTheFormulaAndLeavesTheMarksClear) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    for (size_t bits = 64; bits <= 1 << 12; bits *= 2) {
      std::vector<uint8_t> marks(bits);
      for (size_t n = 0; n < 2 * bits; n += 1 + n / 3) {
        std::vector<uint64_t> hashes(n);
        std::vector<uint64_t> expected(bits / 64);
        for (uint64_t& hash : hashes) {
          hash = random() % 8 == 0 ? UINT64_MAX - random() % 3 : random();
          const size_t bit = (hash >> 32) % bits;
          expected[bit / 64] |= uint64_t{1} << bit % 64;
        }
        std::vector<uint64_t> words(bits / 64, 7);  // to be overwritten
        MakeBitmap(hashes.data(), n, marks, words.data());
        ASSERT_EQ(words, expected) << bits << ' ' << n;
        ASSERT_TRUE(std::ranges::all_of(marks, [](uint8_t mark) { return mark == 0; }));
      }
    }
  });
}

TEST(SetBitmapKernel, CountsWhatOnlyOneHas) {
  OnEveryTarget([] {
    std::mt19937_64 random(2);
    for (size_t words = 0; words < 70; ++words) {
      std::vector<uint64_t> x(words);
      std::vector<uint64_t> y(words);
      size_t only_x = 0;
      size_t only_y = 0;
      for (size_t i = 0; i < words; ++i) {
        x[i] = random() % 4 == 0 ? UINT64_MAX : random();
        y[i] = random() % 4 == 0 ? 0 : random();
        only_x += static_cast<size_t>(std::popcount(x[i] & ~y[i]));
        only_y += static_cast<size_t>(std::popcount(y[i] & ~x[i]));
      }
      const UnsharedBits bits = CountUnsharedBits(x.data(), y.data(), words);
      ASSERT_EQ(bits.only_x, only_x) << words;
      ASSERT_EQ(bits.only_y, only_y) << words;
    }
  });
}

}  // namespace
}  // namespace refrain::simd
