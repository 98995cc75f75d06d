#include "refrain/simd/single_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "refrain/text/token_id.h"
#include "refrain/text/utf8.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

constexpr uint64_t kNever = ~uint64_t{0};
constexpr uint32_t kBracket = 0xFF08;

// A table with fates of every kind, not the real one; one in `stops` stops, one in `brackets` is a bracket, beside kBracket.
struct Table {
  explicit Table(uint64_t seed, uint64_t stops = 64, uint64_t brackets = kNever) : fates(0x10000) {
    std::mt19937_64 random(seed);
    for (size_t c = 0x800; c < 0x10000; ++c) {
      const uint64_t kind = random() % 64;
      const auto mapped = static_cast<uint32_t>(kind % 4 == 0 ? 3 + random() % 0xFFFFD : c);
      fates[c] = kind < 8 ? kFateSeparator : mapped;
      if (random() % brackets == 0) fates[c] = kFateBracket;
      if (random() % stops == 0) fates[c] = kFateStops;
    }
    fates[kBracket] = kFateBracket;
  }
  std::vector<uint32_t> fates;
};

struct Token {
  size_t begin;
  size_t end;
  uint64_t id;
  bool operator==(const Token&) const = default;
};

struct Result {
  size_t bytes = 0;
  std::vector<Token> tokens;
  bool operator==(const Result&) const = default;
};

bool IsLetter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

uint64_t IdOf(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(c));
  return internal::IdOfWord(reinterpret_cast<const uint8_t*>(word.data()), word.size());
}

// The three-byte code point at the place, by its bits; lone surrogates are for the table to judge. Zero if there is none.
uint32_t WideAt(const std::string& text, size_t at) {
  if (at + 3 > text.size()) return 0;
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[at + i]); };
  const bool formed =
      (byte(0) & 0xF0) == 0xE0 && (byte(1) & 0xC0) == 0x80 && (byte(2) & 0xC0) == 0x80;
  return formed ? (byte(0) & 0xFu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu) : 0;
}

bool IsSingle(const std::string& text, size_t at, const Table& table) {
  return table.fates[WideAt(text, at)] > kFateSeparator;
}

// Whether what stands there stops: what nobody knows, or a bracket that no single follows.
bool StopsAt(const std::string& text, size_t at, const Table& table) {
  if (static_cast<uint8_t>(text[at]) < 0x80)
    return text[at] == '(' && !IsSingle(text, at + 1, table);
  const uint32_t fate = table.fates[WideAt(text, at)];
  return fate == kFateStops || (fate == kFateBracket && !IsSingle(text, at + 3, table));
}

// One thing at a time up to what stops. What it says of the text before any place is what a scan that ends there says.
Result Naive(const std::string& text, const Table& table) {
  Result result;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && IsLetter(text[end])) ++end;
    if (end - at > 16 || (end < text.size() && StopsAt(text, end, table))) break;
    if (end > at) {
      result.tokens.push_back({at, end, IdOf(text.substr(at, end - at))});
    } else {
      end = at + (static_cast<uint8_t>(text[at]) < 0x80 ? 1 : 3);
      const uint32_t fate = table.fates[WideAt(text, at)];
      if (IsSingle(text, at, table)) result.tokens.push_back({at, end, internal::IdOfSingle(fate)});
    }
    at = end;
  }
  result.bytes = at;
  return result;
}

void AddTokens(const SingleStep& step, const uint64_t* ids, std::vector<Token>* tokens) {
  uint32_t is_token = step.tokens;
  for (uint64_t left = step.starts; left != 0; left &= left - 1, is_token >>= 1) {
    if ((is_token & 1) == 0) continue;
    const auto at = static_cast<size_t>(std::countr_zero(left));
    const auto letters = static_cast<size_t>(std::countr_one(step.letters >> at));
    const size_t begin = step.place + at;
    tokens->push_back({begin, begin + (letters == 0 ? 3 : letters), *ids++});
  }
}

Result ByVector(const std::string& text, const Table& table, size_t* steps) {
  const std::vector<uint8_t> bytes(text.begin(), text.end());  // exact, for the address sanitizer
  std::vector<uint64_t> ids(kSingleScanTokens);                // exact, too
  std::vector<SingleStep> found(kSingleScanSteps);
  const SingleScan scan =
      ScanSingles(bytes.data(), bytes.size(), table.fates.data(), ids.data(), found.data());
  Result result{scan.bytes, {}};
  const uint64_t* next = ids.data();
  for (size_t i = 0; i < scan.steps; ++i) {
    AddTokens(found[i], next, &result.tokens);
    next += std::popcount(found[i].tokens);
  }
  EXPECT_EQ(result.tokens.size(), scan.tokens);
  *steps = scan.steps;
  return result;
}

// What the scan says is true, and it ends where something stops it or a step without three-byte code points begins.
void Check(const std::string& text, const Table& table) {
  size_t steps;
  const Result found = ByVector(text, table, &steps);
  const Result all = Naive(text, table);
  ASSERT_LE(found.bytes, all.bytes) << text;
  const Result same = Naive(text.substr(0, found.bytes), table);
  ASSERT_EQ(found, same) << text;
  if (steps == kSingleScanSteps || found.bytes == all.bytes) return;
  // The rest has a step without any, but for one that ends in a word.
  const size_t end = std::min(found.bytes + 31, all.bytes);
  size_t at = found.bytes;
  while (at < end && WideAt(text, at) == 0) ++at;
  ASSERT_EQ(at, end) << text;
}

std::string Wide(uint32_t c) {
  return {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
          static_cast<char>(0x80 | (c & 0x3F))};
}

std::string RandomWide(std::mt19937_64* random) {
  return Wide(0x800 + static_cast<uint32_t>((*random)() % 0xD000));
}

// Runs of three-byte code points with ASCII between them.
std::string RandomText(std::mt19937_64* random, size_t pieces, size_t run) {
  constexpr char kAscii[] = "azAZ09MmNn\n /:@[`{}~.,-(";
  std::string text;
  for (size_t i = 0; i < pieces; ++i) {
    for (size_t n = (*random)() % run; n > 0; --n) text += RandomWide(random);
    for (size_t n = (*random)() % 5; n > 0; --n) text += kAscii[(*random)() % (sizeof(kAscii) - 1)];
    for (size_t n = (*random)() % 8 == 0 ? (*random)() % 20 : 0; n > 0; --n)
      text += static_cast<char>('0' + (*random)() % 10);
  }
  return text;
}

TEST(SingleScan, EqualsTheNaiveScan) {
  OnEveryTarget([] {
    std::mt19937_64 random(1);
    const Table table(7, 400, 40);
    for (size_t i = 0; i < 6000; ++i) {
      Check(RandomText(&random, random() % 40, 1 + i % 40), table);
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
  });
}

TEST(SingleScan, OneTokenAtLeastInTwoBytes) {
  OnEveryTarget([] {
    const Table table(7, kNever);
    for (size_t offset = 0; offset < 48; ++offset) {
      std::string text = std::string(offset, ' ') + Wide(0x4E00);
      for (int i = 0; i < 200; ++i) text += i % 16 == 0 ? "a " + Wide(0x4E00) : "b ";
      Check(text, table);
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
  });
}

TEST(SingleScan, StopsAtWhatItDoesNotKnow) {
  OnEveryTarget([] {
    std::mt19937_64 random(2);
    const Table table(7, kNever);
    for (const std::string stop :
         {"( ", "(x", "((", "\xEF\xBC\x88 ", "\xEF\xBC\x88(", "\xC3\xA9", "\xF0\x9F\x98\x80",
          "\xE4\xB8", "\xE0\x80\x80", "\xE0\x9F\xBF", "\x80\x80\x80", "\xE4\xB8\xE4", "\xE4z\xB8",
          "\xFF\xBF\xBF", "12345678901234567"}) {
      for (size_t before = 1; before < 130; ++before) {
        std::string text;
        for (size_t i = 0; i < before; ++i) text += i % 4 == 3 ? "x" : RandomWide(&random);
        const bool ends_in_word = before % 4 == 0;
        const std::string all = text + stop + RandomText(&random, 5, 30);
        size_t steps;
        const Result found = ByVector(all, table, &steps);
        ASSERT_EQ(found, Naive(all, table)) << before << stop;
        ASSERT_EQ(found.bytes, text.size() - ends_in_word) << before << stop;
      }
    }
  });
}

TEST(SingleScan, EveryCodePointOfThreeBytes) {
  OnEveryTarget([] {
    const Table table(9);
    for (uint32_t c = 0x800; c <= 0xFFFF; ++c) {
      std::string text;
      for (int i = 0; i < 18; ++i) text += Wide(c);
      Check(text, table);
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
  });
}

TEST(SingleScan, EveryByteBetween) {
  OnEveryTarget([] {
    const Table table(9, kNever);
    for (int byte = 0; byte < 256; ++byte) {
      for (size_t at = 0; at < 20; ++at) {
        std::string text;
        for (size_t i = 0; i < 20; ++i)
          text += Wide(0x4E00) + (i == at ? std::string(1, static_cast<char>(byte)) : "");
        Check(text, table);
        ASSERT_FALSE(testing::Test::HasFatalFailure());
      }
    }
  });
}

// In runs that are long enough for steps without ASCII, from each place on.
TEST(SingleScan, EveryWrongByte) {
  OnEveryTarget([] {
    std::mt19937_64 random(3);
    const Table table(9, kNever);
    std::string run;
    for (int i = 0; i < 48; ++i) run += RandomWide(&random);
    for (const char byte : {'\x80', '\xBF', '\xC0', '\xE4', '\xF0', '\xFF', 'x', ' ', '('}) {
      for (size_t at = 0; at < run.size(); ++at) {
        std::string text = run;
        text[at] = byte;
        Check(std::string(at % 5, '\n') + text, table);
        ASSERT_FALSE(testing::Test::HasFatalFailure()) << at;
      }
    }
  });
}

TEST(SingleScan, BracketsBeforeEverything) {
  OnEveryTarget([] {
    Table table(9, kNever);
    const std::string single = Wide(0x4E00), separator = Wide(0x3002), stop = Wide(0x302A);
    table.fates[0x4E00] = 0x4E00;
    table.fates[0x3002] = kFateSeparator;
    table.fates[0x302A] = kFateStops;
    for (const std::string& bracket : {std::string("("), Wide(kBracket)}) {
      for (const std::string& next :
           {single, separator, stop, bracket, bracket + single, std::string("a"), std::string(" "),
            std::string("\xE4\xB8")}) {
        for (size_t before = 0; before < 130; ++before) {
          std::string text;
          for (size_t i = 0; i < before; ++i) text += i % 20 == 19 ? "b" : single;
          Check(text + bracket + next, table);
          for (int i = 0; i < 40; ++i) text += i == 1 ? bracket + next : single;
          Check(text, table);
          ASSERT_FALSE(testing::Test::HasFatalFailure()) << before << bracket << next;
        }
      }
    }
  });
}

TEST(SingleScan, LeavesTextWithoutThreeByteCodePoints) {
  OnEveryTarget([] {
    const Table table(9, kNever);
    size_t steps;
    for (const std::string text : {"", "\xE4\xB8", "a few words", "4"}) {
      EXPECT_EQ(ByVector(text, table, &steps), (Result{0, {}})) << text;
    }
  });
}

}  // namespace
}  // namespace refrain::simd
