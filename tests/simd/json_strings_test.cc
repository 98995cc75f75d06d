#include "refrain/simd/json_strings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "simd/every_target.h"

namespace refrain::simd {
namespace {

struct Part {
  size_t read;
  std::string written;
  bool ascii;
  bool operator==(const Part&) const = default;
};

bool IsPlain(char c) { return c != '"' && c != '\\' && static_cast<uint8_t>(c) >= 0x20; }

bool IsAscii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<uint8_t>(c) < 0x80; });
}

// Byte by byte.
Part Naive(std::string_view text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  size_t read = 0;
  std::string written;
  while (read < text.size()) {
    const std::string_view rest = text.substr(read);
    if (IsPlain(rest[0])) {
      written += rest[0];
      ++read;
      continue;
    }
    const size_t letter =
        rest[0] == '\\' && rest.size() > 1 ? kLetters.find(rest[1]) : std::string_view::npos;
    if (letter == std::string_view::npos) break;
    written += kMeanings[letter];
    read += 2;
  }
  return {read, written, IsAscii(text.substr(0, read))};
}

size_t NaivePlain(std::string_view text) {
  return static_cast<size_t>(std::ranges::find_if_not(text, IsPlain) - text.begin());
}

// Copies on the heap with room for what may be read and written and not a byte more, so that the address sanitizer sees
// any other. What stands behind the text must not matter.
void ExpectEqual(std::string_view text, char behind) {
  const auto in = std::make_unique<char[]>(text.size() + kStringBlock);
  const auto out = std::make_unique<char[]>(text.size() + kStringBlock);
  if (!text.empty()) std::memcpy(in.get(), text.data(), text.size());
  std::memset(in.get() + text.size(), behind, kStringBlock);
  const Part naive = Naive(text);
  const StringPart undone = UndoShortEscapes(in.get(), text.size(), out.get());
  ASSERT_EQ((Part{undone.read, std::string(out.get(), undone.written), undone.ascii}), naive)
      << text;
  const StringPart skipped = SkipShortEscapes(in.get(), text.size());
  ASSERT_EQ(skipped.read, naive.read) << text;
  ASSERT_EQ(skipped.ascii, naive.ascii) << text;
  const StringPart plain = SkipPlain(in.get(), text.size());
  ASSERT_EQ(plain.read, NaivePlain(text)) << text;
  ASSERT_EQ(plain.ascii, IsAscii(text.substr(0, plain.read))) << text;
}

void ExpectEqual(std::string_view text) {
  for (const char behind : {'\\', 'n', '"', '\xFF'}) ExpectEqual(text, behind);
}

// Mostly backslashes and what may follow them, or mostly neither.
std::string RandomText(std::mt19937& random, size_t size, bool dense, bool wrong) {
  static constexpr std::string_view kShort = "\\\\\\\\\"/bfnrt";
  static constexpr std::string_view kOther =
      "ux BFNRT0\x02\x12\x1F\x20\x7F\x80\xA2\xDC\xEE\xFF\x16\"\"\"";
  std::string text;
  while (text.size() < size) {
    const bool escape = dense || random() % 30 == 0;
    if (!escape) text += static_cast<char>('A' + random() % 26);
    if (escape) text += '\\';
    if (escape) text += kShort[random() % kShort.size()];
    if (wrong && random() % 40 == 0) text += kOther[random() % kOther.size()];
    if (wrong && random() % 80 == 0) text += '\\';
  }
  text.resize(size);
  return text;
}

TEST(JsonStrings, EqualsTheNaiveTwinOnRandomText) {
  OnEveryTarget([] {
    std::mt19937 random(1);
    for (size_t size = 0; size <= 200; ++size) {
      for (int i = 0; i < 60; ++i) ExpectEqual(RandomText(random, size, i % 2 == 0, i % 3 == 0));
    }
    for (int i = 0; i < 200; ++i)
      ExpectEqual(RandomText(random, random() % 5000, i % 2 == 0, false));
  });
}

TEST(JsonStrings, RunsOfBackslashesOfEveryLengthAtEveryPlace) {
  OnEveryTarget([] {
    for (size_t place = 0; place <= 70; ++place) {
      for (size_t run = 0; run <= 70; ++run) {
        std::string text = std::string(place, 'x') + std::string(run, '\\');
        ExpectEqual(text);
        for (const char behind : {'n', '"', 'u', 'x'}) ExpectEqual(text + behind + "yyy");
      }
    }
  });
}

TEST(JsonStrings, EveryByteBehindABackslashAndAlone) {
  OnEveryTarget([] {
    for (int byte = 0; byte < 256; ++byte) {
      for (const size_t place : {0u, 1u, 30u, 61u, 62u, 63u, 64u}) {
        ExpectEqual(std::string(place, 'x') + static_cast<char>(byte) + "yy");
        ExpectEqual(std::string(place, 'x') + '\\' + static_cast<char>(byte) + "n");
        ExpectEqual(std::string(place, static_cast<char>(byte)) + "\\n");
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
