#include "refrain/base/eight_bytes.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace refrain {
namespace {

// The place of the first marked byte, 8 if there is none.
int FirstOf(uint64_t marks) { return std::countr_zero(marks) / 8; }

// Of bytes near the bounds most often.
std::string SomeBytes(std::mt19937_64* random) {
  static constexpr unsigned char kNear[] = {0, 1, 0x1F, 0x20, 0x21, '"', 0x7F, 0x80, 0x81, 0xFF};
  std::string bytes;
  while (bytes.size() < 8) {
    const uint64_t draw = (*random)();
    bytes.push_back(static_cast<char>(draw % 4 == 0 ? draw >> 8 : kNear[(draw >> 8) % 10]));
  }
  return bytes;
}

TEST(EightBytesTest, TheFirstMarkIsTheFirstByteOfTheKind) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = SomeBytes(&random);
    const uint64_t bytes = EightBytes(text.data());
    for (const int bound : {1, 2, 0x20, 0x21, 0x7F, 0x80}) {
      int first = 0;
      while (first < 8 && static_cast<uint8_t>(text[static_cast<size_t>(first)]) >= bound) ++first;
      ASSERT_EQ(FirstOf(BytesBelow(bytes, static_cast<uint8_t>(bound))), first) << bound;
    }
    for (const char c : {'\0', '\x1F', ' ', '"', '\x80', '\xFF'}) {
      const size_t place = text.find(c);
      ASSERT_EQ(FirstOf(BytesEqual(bytes, c)),
                place == std::string::npos ? 8 : static_cast<int>(place));
    }
  }
}

}  // namespace
}  // namespace refrain
