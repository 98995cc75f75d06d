#include "refrain/simd/json_escapes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "simd/every_target.h"

namespace refrain::simd {
namespace {

struct Undoing {
  size_t read;
  std::string written;
  bool operator==(const Undoing&) const = default;
};

// Escape by escape.
Undoing Naive(std::string_view text) {
  constexpr std::string_view kLetters = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  Undoing undoing{0, ""};
  while (undoing.read < text.size()) {
    const std::string_view rest = text.substr(undoing.read);
    if (rest[0] != '\\') {
      undoing.written += rest[0];
      ++undoing.read;
      continue;
    }
    const size_t letter = rest.size() > 1 ? kLetters.find(rest[1]) : std::string_view::npos;
    if (letter == std::string_view::npos) break;
    undoing.written += kMeanings[letter];
    undoing.read += 2;
  }
  return undoing;
}

// Copies on the heap with room for what may be read and written and not a byte more, so that the address sanitizer sees
// any other. What stands behind the text must not matter.
Undoing ByVector(std::string_view text, char behind) {
  const auto in = std::make_unique<char[]>(text.size() + kEscapeBlock);
  const auto out = std::make_unique<char[]>(text.size() + kEscapeBlock);
  if (!text.empty()) std::memcpy(in.get(), text.data(), text.size());
  std::memset(in.get() + text.size(), behind, kEscapeBlock);
  const Undone undone = UndoShortEscapes(in.get(), text.size(), out.get());
  EXPECT_EQ(SkipShortEscapes(in.get(), text.size()), undone.read);
  return {undone.read, std::string(out.get(), undone.written)};
}

void ExpectEqual(std::string_view text) {
  const Undoing naive = Naive(text);
  for (const char behind : {'\\', 'n'}) ASSERT_EQ(ByVector(text, behind), naive) << text;
}

// Mostly backslashes and what may follow them, or mostly neither.
std::string RandomText(std::mt19937& random, size_t size, bool dense, bool wrong) {
  static constexpr std::string_view kShort = "\\\\\\\\\"/bfnrt";
  static constexpr std::string_view kOther = "ux BFNRT0\x02\x12\x80\xA2\xDC\xEE\xFF\x16";
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

TEST(JsonEscapes, EqualsTheNaiveTwinOnRandomText) {
  OnEveryTarget([] {
    std::mt19937 random(1);
    for (size_t size = 0; size <= 200; ++size) {
      for (int i = 0; i < 60; ++i) ExpectEqual(RandomText(random, size, i % 2 == 0, i % 3 == 0));
    }
    for (int i = 0; i < 200; ++i)
      ExpectEqual(RandomText(random, random() % 5000, i % 2 == 0, false));
  });
}

TEST(JsonEscapes, RunsOfBackslashesOfEveryLengthAtEveryPlace) {
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

TEST(JsonEscapes, EveryByteBehindABackslash) {
  OnEveryTarget([] {
    for (int byte = 0; byte < 256; ++byte) {
      for (const size_t place : {0u, 1u, 30u, 61u, 62u, 63u, 64u}) {
        ExpectEqual(std::string(place, 'x') + '\\' + static_cast<char>(byte) + "n");
        ExpectEqual(std::string(place, static_cast<char>(byte)) + "\\n");
      }
    }
  });
}

}  // namespace
}  // namespace refrain::simd
