#include "refrain/simd/single_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "refrain/text/token_id.h"
#include "refrain/text/utf8.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

// A table with fates of every kind, not the real one.
struct Table {
  explicit Table(uint64_t seed) : fates(0x10000) {
    std::mt19937_64 random(seed);
    for (size_t c = 0x800; c < 0x10000; ++c) {
      const uint64_t kind = random() % 64;
      const auto mapped = static_cast<uint32_t>(kind % 4 == 0 ? 2 + random() % 0xFFFFE : c);
      fates[c] = kind == 0 ? kFateStops : kind < 8 ? kFateSeparator : mapped;
    }
  }
  std::vector<uint32_t> fates;
};

struct Result {
  std::vector<uint32_t> mapped;  // 0xFFFFFFFF for separators
  std::vector<uint64_t> ids;
  bool operator==(const Result&) const = default;
};

// Up to the 64th code point.
Result Naive(const std::string& text, const Table& table) {
  Result result;
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  const uint8_t* const end = p + text.size();
  while (p < end && result.mapped.size() < kSingleScanMost) {
    const internal::Decoded decoded = internal::DecodeAt(p, end);
    const bool lone_surrogate =
        end - p >= 3 && p[0] == 0xED && p[1] >= 0xA0;  // the table says what they are
    if ((decoded.broken || decoded.length != 3) && !lone_surrogate) break;
    const char32_t c =
        lone_surrogate ? 0xD000 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3Fu) : decoded.code_point;
    if (lone_surrogate && ((p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80)) break;
    const uint32_t fate = table.fates[c];
    if (fate == kFateStops) break;
    result.mapped.push_back(fate == kFateSeparator ? 0xFFFFFFFF : fate);
    if (fate != kFateSeparator) result.ids.push_back(internal::IdOfSingle(fate));
    p += 3;
  }
  return result;
}

Result ByVector(const std::string& text, const Table& table) {
  const std::vector<uint8_t> bytes(text.begin(), text.end());  // exact, for the address sanitizer
  std::vector<uint32_t> mapped(kSingleScanMost);               // exact, too
  std::vector<uint64_t> ids(kSingleScanMost);
  const SingleScan scan =
      ScanSingles(bytes.data(), bytes.size(), table.fates.data(), mapped.data(), ids.data());
  Result result;
  size_t found = 0;
  for (size_t i = 0; i < scan.count; ++i) {
    const bool single = (scan.singles >> i & 1) != 0;
    result.mapped.push_back(single ? mapped[i] : 0xFFFFFFFF);
    if (!single) continue;
    result.ids.push_back(ids[found++]);
  }
  EXPECT_EQ(std::popcount(scan.singles), static_cast<int>(found));
  return result;
}

std::string RandomText(std::mt19937_64* random, size_t code_points) {
  std::string text;
  for (size_t i = 0; i < code_points; ++i) {
    uint8_t utf8[4] = {};
    const char32_t c = 0x800 + static_cast<char32_t>((*random)() % 0xF000);
    const uint32_t length = internal::EncodeUtf8(c, utf8);
    text.append(utf8, utf8 + length);
  }
  return text;
}

TEST(SingleScan, EqualsTheNaiveScan) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    const Table table(7);
    for (int i = 0; i < 4000; ++i) {
      const std::string text = RandomText(&random, random() % 120);
      ASSERT_EQ(ByVector(text, table), Naive(text, table));
    }
  });
}

TEST(SingleScan, StopsAtWhatIsNoCodePointOfThreeBytes) {
  OnEveryTarget([] {
    std::mt19937_64 random(2);
    Table table(7);
    for (size_t c = 0x800; c < 0x10000; ++c) table.fates[c] = static_cast<uint32_t>(c);
    for (const std::string stop :
         {"a", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xE4\xB8", "\xE0\x80\x80", "\xE0\x9F\xBF",
          "\x80\x80\x80", "\xE4\xB8\xE4", "\xE4z\xB8", "\xFF\xBF\xBF"}) {
      for (size_t before = 0; before < 40; ++before) {
        const std::string text = RandomText(&random, before) + stop + RandomText(&random, 30);
        const Result found = ByVector(text, table);
        ASSERT_EQ(found.mapped.size(), before) << before << stop;
        ASSERT_EQ(found, Naive(text, table));
      }
    }
  });
}

TEST(SingleScan, EveryCodePointOfThreeBytes) {
  OnEveryTarget([] {
    const Table table(9);
    for (uint32_t c = 0x800; c <= 0xFFFF; ++c) {
      const std::string one{static_cast<char>(0xE0 | c >> 12),
                            static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                            static_cast<char>(0x80 | (c & 0x3F))};
      std::string text;
      for (int i = 0; i < 18; ++i) text += one;
      ASSERT_EQ(ByVector(text, table), Naive(text, table));
    }
  });
}

TEST(SingleScan, TakesNothingOfLessThanACodePoint) {
  OnEveryTarget([] {
    const Table table(9);
    EXPECT_EQ(ByVector("", table).mapped.size(), 0u);
    EXPECT_EQ(ByVector("\xE4\xB8", table).mapped.size(), 0u);
  });
}

}  // namespace
}  // namespace refrain::simd
