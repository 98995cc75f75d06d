#include "refrain/simd/unicode_escapes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "refrain/simd/json_strings.h"
#include "simd/every_target.h"

namespace refrain::simd {
namespace {

// By sscanf, one escape after the other.
std::string Naive(std::string_view text) {
  std::string utf8;
  for (; text.size() >= 6 && text.starts_with("\\u"); text.remove_prefix(6)) {
    const std::string digits(text.substr(2, 4));
    if (digits.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) break;
    unsigned c = 0;
    std::sscanf(digits.c_str(), "%x", &c);
    if (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF)) break;
    utf8 += static_cast<char>(0xE0 | c >> 12);
    utf8 += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    utf8 += static_cast<char>(0x80 | (c & 0x3F));
  }
  return utf8;
}

// Copies on the heap with room for what may be read and written and not a byte more, so that the address sanitizer sees
// any other. What stands behind the text, more escapes too, must not matter.
void ExpectEqual(std::string_view text) {
  const bool vectors = hwy::SupportedTargets() != HWY_SCALAR;
  for (const std::string_view behind : {"\\u4e00", "0000ff", "\xFF"}) {
    const auto in = std::make_unique<char[]>(text.size() + kStringBlock);
    const auto out = std::make_unique<char[]>(text.size() + kStringBlock);
    if (!text.empty()) std::memcpy(in.get(), text.data(), text.size());
    for (size_t i = 0; i < kStringBlock; ++i) in[text.size() + i] = behind[i % behind.size()];
    const size_t taken = UndoUnicodeEscapes(in.get(), text.size(), out.get());
    ASSERT_EQ(std::string(out.get(), 3 * taken), vectors ? Naive(text) : "") << text;
  }
}

std::string Escape(unsigned code_unit, bool capitals) {
  char text[8];
  std::snprintf(text, sizeof text, capitals ? "\\u%04X" : "\\u%04x", code_unit);
  return text;
}

TEST(UnicodeEscapes, EveryCodeUnitAlone) {
  OnEveryTarget([] {
    for (unsigned c = 0; c <= 0xFFFF; ++c) ExpectEqual(Escape(c, c % 2 == 0));
  });
}

TEST(UnicodeEscapes, EveryByteAtEveryPlaceOfARun) {
  OnEveryTarget([] {
    std::string run;
    for (unsigned i = 0; i < 20; ++i) run += Escape(0x4E00 + 0x357 * i, i % 3 == 0);
    for (size_t place = 0; place < run.size(); ++place) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string text = run;
        text[place] = static_cast<char>(byte);
        ExpectEqual(text);
      }
      ExpectEqual(run.substr(0, place));
    }
  });
}

TEST(UnicodeEscapes, RandomRunsWithEndsOfEveryKind) {
  OnEveryTarget([] {
    std::mt19937 generator(1);
    const auto random = [&] { return static_cast<unsigned>(generator()); };
    for (int i = 0; i < 20'000; ++i) {
      std::string text;
      for (auto n = random() % 40; n > 0; --n) {
        const bool any = random() % 30 == 0;
        text += Escape(any ? random() % 0x10000 : 0x800 + random() % 0xD000, random() % 2 == 0);
      }
      text += std::string_view("x\\n\"\\u12\\\\u").substr(0, random() % 10);
      ExpectEqual(text);
    }
  });
}

}  // namespace
}  // namespace refrain::simd
