#include "refrain/simd/word_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "refrain/text/token_id.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

// What a scan might have left: words of any bytes, with gaps, as many as there is room for.
struct Words {
  explicit Words(std::mt19937_64* random) {
    for (uint8_t& byte : buffer.lower) byte = static_cast<uint8_t>((*random)());
    for (uint16_t& bound : buffer.bounds) bound = static_cast<uint16_t>((*random)());
    for (size_t at = (*random)() % 3;; ++count) {
      const size_t length = 1 + (*random)() % ((*random)() % 8 == 0 ? 60 : 18);
      if (at + length > kWordScanBytes) break;
      buffer.bounds[2 * count] = static_cast<uint16_t>(at);
      buffer.bounds[2 * count + 1] = static_cast<uint16_t>(at + length);
      at += length + 1 + (*random)() % 4;
    }
  }
  WordBuffer buffer;
  size_t count = 0;
};

TEST(WordHash, IsTheIdOfEachWord) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    for (int round = 0; round < 500; ++round) {
      const Words words(&random);
      const size_t taken = round % 3 == 0 ? words.count : random() % (words.count + 1);
      constexpr uint64_t kUntouched = 0x0123456789abcdef;
      std::vector<uint64_t> ids(taken + 1, kUntouched);
      HashWords(words.buffer, taken, ids.data());
      for (size_t i = 0; i < taken; ++i) {
        const size_t begin = words.buffer.bounds[2 * i];
        const size_t end = words.buffer.bounds[2 * i + 1];
        ASSERT_EQ(ids[i], internal::IdOfWord(words.buffer.lower + begin, end - begin))
            << i << ' ' << end - begin;
      }
      EXPECT_EQ(ids.back(), kUntouched);
    }
  });
}

TEST(WordHash, TellsWordsOfEveryLengthApart) {
  std::vector<uint64_t> ids;
  for (size_t length = 1; length <= 60; ++length) {
    WordBuffer buffer;
    std::ranges::fill(buffer.lower, uint8_t{'a'});
    buffer.bounds[0] = 3;
    buffer.bounds[1] = static_cast<uint16_t>(3 + length);
    ids.emplace_back();
    HashWords(buffer, 1, &ids.back());
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

}  // namespace
}  // namespace refrain::simd
