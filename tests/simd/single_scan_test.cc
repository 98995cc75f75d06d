#include "refrain/simd/single_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <memory>
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

// Whether a word that ends there may not end: before what nobody knows.
bool MayGoOn(const std::string& text, size_t at, const Table& table) {
  return at < text.size() && static_cast<uint8_t>(text[at]) >= 0x80 &&
         table.fates[WideAt(text, at)] == kFateStops;
}

// One thing at a time up to what stops. What it says of the text before any place is what a scan that ends there says.
Result Naive(const std::string& text, const Table& table) {
  Result result;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at;
    while (end < text.size() && IsLetter(text[end])) ++end;
    const bool word = end > at;
    if (word ? end - at > 16 || MayGoOn(text, end, table) : StopsAt(text, at, table)) break;
    if (word) {
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

Result ByVector(const std::string& text, const Table& table, bool* stopped) {
  const std::vector<uint8_t> bytes(text.begin(), text.end());  // exact, for the address sanitizer
  std::vector<uint64_t> ids(kSingleScanTokens);                // exact, too
  const auto places = std::make_unique<SinglePlaces>();
  const SingleScan scan =
      ScanSingles(bytes.data(), bytes.size(), table.fates.data(), ids.data(), places.get());
  *stopped = scan.stopped;
  Result result{scan.bytes, {}};
  for (size_t i = 0; i < scan.tokens; ++i) {
    const size_t begin = places->begins[i];
    result.tokens.push_back({begin, begin + places->lengths[i], ids[i]});
  }
  std::vector<uint64_t> alone(kSingleScanTokens);
  ScanSingles(bytes.data(), bytes.size(), table.fates.data(), alone.data(), nullptr);
  EXPECT_TRUE(
      std::equal(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(scan.tokens), alone.begin()));
  return result;
}

// The scan from where it has stopped, as long as it does not say that it has.
Result ByVector(const std::string& text, const Table& table) {
  Result all;
  bool stopped = false;
  while (!stopped && all.bytes < text.size()) {
    Result found = ByVector(text.substr(all.bytes), table, &stopped);
    for (Token& token : found.tokens) {
      all.tokens.push_back({token.begin + all.bytes, token.end + all.bytes, token.id});
    }
    all.bytes += found.bytes;
  }
  return all;
}

// What the scan says is true, and it ends where something stops it or bytes without three-byte code points begin.
void Check(const std::string& text, const Table& table) {
  const Result found = ByVector(text, table);
  const Result all = Naive(text, table);
  ASSERT_LE(found.bytes, all.bytes) << text;
  const Result same = Naive(text.substr(0, found.bytes), table);
  ASSERT_EQ(found, same) << text;
  if (found.bytes == all.bytes) return;
  // The rest begins with 64 bytes without any.
  const size_t end = std::min(found.bytes + 64, all.bytes);
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
        const bool bracket = stop.starts_with('(') || stop.starts_with(Wide(kBracket));
        const bool ends_in_word = before % 4 == 0 && !bracket;
        const std::string all = text + stop + RandomText(&random, 5, 30);
        const Result found = ByVector(all, table);
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

// Behind each number of code points, and before none, as at the end of a text, or some.
TEST(SingleScan, EveryLengthOfAscii) {
  OnEveryTarget([] {
    const Table table(9, kNever);
    for (const size_t word : {size_t{1}, size_t{7}, size_t{16}}) {
      for (size_t before = 0; before < 20; ++before) {
        for (size_t length = 0; length < 100; ++length) {
          std::string text;
          for (size_t i = 0; i < before; ++i) text += Wide(0x4E00);
          for (size_t i = 0; i < length; ++i) text += i % (word + 1) == word ? ' ' : 'a';
          for (size_t after = 0; after < 40; after += 13) {
            Check(text, table);
            ASSERT_FALSE(testing::Test::HasFatalFailure()) << before << ' ' << length;
            for (size_t i = 0; i < 13; ++i) text += Wide(0x4E01);
          }
        }
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
    for (const std::string& text :
         {std::string("\xE4\xB8"), std::string(64, 'a'), std::string(65, ' ')}) {
      bool stopped = false;
      EXPECT_EQ(ByVector(text + Wide(0x4E00), table, &stopped), (Result{0, {}})) << text;
      EXPECT_TRUE(stopped) << text;
    }
  });
}

}  // namespace
}  // namespace refrain::simd
