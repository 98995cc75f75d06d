#include "refrain/shingle/shingler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <set>
#include <vector>

#include "refrain/base/mix.h"
#include "support/random_sets.h"

namespace refrain {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using testing::RandomWords;
using Words = std::vector<uint64_t>;

Words Shingles(int ngram, uint64_t seed, const Words& tokens) {
  RawVector<uint64_t> shingles = {99};  // what was in the vector must not matter
  Shingler(ngram, seed).Shingle(tokens, &shingles);
  return {shingles.begin(), shingles.end()};
}

// The formulae computed apart from this program. They never change: signatures are stored.
TEST(Mix, GoldenVectors) {
  EXPECT_EQ(Mix64(0), 0u);
  EXPECT_EQ(Mix64(1), 0xc8bc43e440b5c6e2);
  EXPECT_EQ(Mix64(0x0123456789abcdef), 0xc2e426e63550e036);
  // The published first value of SplitMix64 seeded with 0.
  EXPECT_EQ(SplitMix64(0, 0), 0xe220a8397b1dcdaf);
  EXPECT_EQ(SplitMix64(1, 2), 0xf893a2eefb32555e);
}

TEST(Mix, EveryInputBitChangesEveryOutputBitHalfTheTime) {
  constexpr int kTrials = 2000;
  for (int in = 0; in < 64; ++in) {
    std::vector<int> flips(64);
    for (uint64_t trial = 0; trial < kTrials; ++trial) {
      const uint64_t word = SplitMix64(3, trial);
      const uint64_t change = Mix64(word) ^ Mix64(word ^ (uint64_t{1} << in));
      for (size_t out = 0; out < 64; ++out) flips[out] += static_cast<int>((change >> out) & 1);
    }
    // Six standard deviations of a fair coin: 6 * sqrt(2000) / 2 = 134.
    for (const int count : flips) EXPECT_NEAR(count, kTrials / 2, 134) << "input bit " << in;
  }
}

TEST(Shingler, GoldenVectors) {
  const Words tokens = {11, 22, 33, 44, 55, 66};
  EXPECT_THAT(Shingles(5, 1, tokens), ElementsAre(0xb3e36dd8b630bd6a, 0xe5568068445c149d));
  EXPECT_THAT(Shingles(5, 2, {11, 22, 33}), ElementsAre(0xd55621c1b34627bc));
  EXPECT_THAT(Shingles(2, 1, {11, 22, 33}), ElementsAre(0x265d390cad963bf7, 0x7ebefa0c64f7aef0));
  EXPECT_THAT(Shingles(9, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9}), ElementsAre(0x533f1555a1190f09));
}

TEST(Shingler, OneShingleForEachWindow) {
  const Words tokens = RandomWords(1, 0, 50);
  for (const int ngram : {1, 2, 4, 5, 6, 49, 50}) {
    const auto shingles = Shingles(ngram, 7, tokens);
    const auto length = static_cast<ptrdiff_t>(ngram);
    ASSERT_EQ(shingles.size(), tokens.size() - static_cast<size_t>(length) + 1);
    for (size_t i = 0; i < shingles.size(); ++i) {
      const auto begin = tokens.begin() + static_cast<ptrdiff_t>(i);
      EXPECT_THAT(Shingles(ngram, 7, Words(begin, begin + length)), ElementsAre(shingles[i]));
    }
  }
}

TEST(Shingler, TextWithoutTokensHasNoShingles) { EXPECT_THAT(Shingles(5, 1, {}), IsEmpty()); }

TEST(Shingler, ShortTextHasOneShingleOverAllItsTokens) {
  const Words tokens = RandomWords(2, 0, 5);
  std::set<uint64_t> seen;
  for (ptrdiff_t length = 1; length <= 5; ++length) {
    const auto shingles = Shingles(5, 1, Words(tokens.begin(), tokens.begin() + length));
    ASSERT_EQ(shingles.size(), 1u);
    EXPECT_TRUE(seen.insert(shingles[0]).second);
  }
}

TEST(Shingler, LengthIsPartOfTheHashEvenIfTheRestIsZeros) {
  std::set<uint64_t> seen;
  for (size_t length = 1; length <= 20; ++length) {
    const auto shingles = Shingles(20, 1, Words(length, 0));
    EXPECT_TRUE(seen.insert(shingles[0]).second) << length;
  }
}

TEST(Shingler, SeedAndOrderMatter) {
  const Words tokens = RandomWords(3, 0, 5);
  Words swapped = tokens;
  std::swap(swapped[1], swapped[3]);
  EXPECT_NE(Shingles(5, 1, tokens), Shingles(5, 2, tokens));
  EXPECT_NE(Shingles(5, 1, tokens), Shingles(5, 1, swapped));
}

TEST(Shingler, KeepsRepeatsInTextOrder) {
  const auto shingles = Shingles(2, 1, {5, 6, 5, 6});
  ASSERT_EQ(shingles.size(), 3u);
  EXPECT_EQ(shingles[0], shingles[2]);
  EXPECT_NE(shingles[0], shingles[1]);
}

TEST(Shingler, AccessorsSayWhatItWasMadeFrom) {
  const Shingler shingler(7, 42);
  EXPECT_EQ(shingler.ngram(), 7);
  EXPECT_EQ(shingler.seed(), 42u);
}

// Tokens that differ in one high bit, the worst for a sum mod 2^64, still spread over the low bits
// of the hash.
TEST(Shingler, HighBitsOfTokensReachTheLowBitsOfTheHash) {
  std::vector<int> counts(256);
  for (uint64_t i = 0; i < 25600; ++i) ++counts[Shingles(1, 1, {i << 48})[0] % 256];
  for (const int count : counts) EXPECT_NEAR(count, 100, 60);
}

struct SetCase {
  const char* name;
  Words words;
};

std::vector<SetCase> SetCases() {
  std::vector<SetCase> cases = {{"empty", {}},
                                {"zero", {0}},
                                {"zeros", Words(1000, 0)},
                                {"extremes", {UINT64_MAX, 0, 1, UINT64_MAX, 0}},
                                {"one value, very long", Words(150000, 12345)}};
  for (const size_t size :
       std::vector<size_t>{1, 2, 10, 47, 48, 49, 128, 1000, 5000, 65535, 65536, 200000}) {
    cases.push_back({"random", RandomWords(4, size, size)});
    Words repeats = RandomWords(5, size, size);
    for (size_t i = 0; i < size; ++i) repeats[i] = repeats[SplitMix64(6, i) % size];
    repeats[size / 2] = 0;
    cases.push_back({"with repeats", repeats});
    Words small(size);
    for (size_t i = 0; i < size; ++i) small[i] = SplitMix64(7, i) % (size / 2 + 1);
    cases.push_back({"small numbers", small});
  }
  // Hashes that agree in the bits that place them.
  Words same_low = RandomWords(8, 0, 2000);
  for (uint64_t& word : same_low) word &= ~uint64_t{0xfffff};
  cases.push_back({"equal low bits", same_low});
  Words same_high = RandomWords(9, 0, 70000);
  for (uint64_t& word : same_high) word >>= 30;
  cases.push_back({"equal high bits", same_high});
  return cases;
}

TEST(SortUnique, EqualsStdSet) {
  for (const auto& [name, words] : SetCases()) {
    const std::set<uint64_t> set(words.begin(), words.end());
    RawVector<uint64_t> sorted(words.begin(), words.end());
    SortUnique(&sorted);
    EXPECT_THAT(sorted, ElementsAreArray(set)) << name << ' ' << words.size();
  }
}

// One counter for all: what earlier calls left in its table must not matter.
TEST(DistinctCounter, EqualsStdSet) {
  DistinctCounter counter;
  for (const auto& [name, words] : SetCases()) {
    const std::set<uint64_t> set(words.begin(), words.end());
    EXPECT_EQ(counter.Count(words), set.size()) << name << ' ' << words.size();
    EXPECT_EQ(DistinctCounter().Count(words), set.size()) << name << ' ' << words.size();
  }
}

}  // namespace
}  // namespace refrain
