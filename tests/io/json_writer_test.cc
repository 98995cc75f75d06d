#include "refrain/io/json_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/json_record.h"
#include "refrain/io/utf8.h"

namespace refrain {
namespace {

std::string Quoted(std::string_view value) {
  std::string out;
  JsonWriter(&out).String(value);
  return out;
}

TEST(JsonWriter, ObjectsAndArraysInTheOrderOfTheCalls) {
  std::string out = "before ";
  JsonWriter json(&out);
  json.BeginObject().Key("a").BeginArray().Number(1).Number(-2).BeginObject().EndObject();
  json.BeginArray().EndArray().EndArray().Key("b").Bool(true).Key("c").Null();
  json.Key("d").BeginObject().Key("e").String("x").EndObject().Key("f").Double(0.5).EndObject();
  EXPECT_EQ(out, R"(before {"a":[1,-2,{},[]],"b":true,"c":null,"d":{"e":"x"},"f":0.5})");
}

TEST(JsonWriter, NumbersAreExact) {
  std::string out;
  JsonWriter(&out)
      .BeginArray()
      .Number(std::numeric_limits<uint64_t>::max())
      .Number(std::numeric_limits<int64_t>::min())
      .Number(uint8_t{200})
      .Double(0.1)
      .Double(1.0 / 3)
      .Double(1)
      .Double(1e300)
      .Double(-5e-324)
      .EndArray();
  EXPECT_EQ(
      out,
      "[18446744073709551615,-9223372036854775808,200,0.1,0.3333333333333333,1,1e+300,-5e-324]");
}

TEST(JsonWriter, OnlyWhatMustBeIsEscaped) {
  EXPECT_EQ(Quoted("plain / \x7F \xE4\xB8\xAD"), "\"plain / \x7F \xE4\xB8\xAD\"");
  EXPECT_EQ(Quoted("\"\\\b\f\n\r\t\v\x01\x1F"), R"("\"\\\b\f\n\r\t\u000b\u0001\u001f")");
  EXPECT_EQ(Quoted(std::string(1, '\0')), R"("\u0000")");
  EXPECT_EQ(Quoted(""), "\"\"");
  for (size_t at = 0; at < 40; ++at) {  // across the words that are looked at at once
    std::string value(40, 'x');
    value[at] = '\n';
    EXPECT_EQ(Quoted(value),
              absl::StrCat("\"", std::string(at, 'x'), "\\n", std::string(39 - at, 'x'), "\""));
  }
}

// Whatever is not plain is noticed at each place of strings that are looked at by words and byte by byte.
TEST(JsonWriter, OneSpecialCharacterIsSeenAnywhere) {
  const std::vector<std::pair<std::string, std::string>> specials = {
      {"\"", "\\\""},   {"\\", "\\\\"},       {"\x1f", "\\u001f"},
      {"\x7f", "\x7f"}, {"\u00e9", "\u00e9"}, {"\xff", "\uFFFD"}};
  for (size_t size = 0; size < 20; ++size) {
    for (size_t at = 0; at <= size; ++at) {
      const std::string head(at, 'a'), tail(size - at, 'z');
      for (const auto& [special, written] : specials) {
        EXPECT_EQ(Quoted(head + special + tail), '"' + head + written + tail + '"');
      }
    }
  }
}

TEST(JsonWriter, BrokenUtf8BecomesReplacementCharacters) {
  struct Case {
    std::string_view in;
    size_t replaced;
  };
  // Unicode 15, section 3.9, tables 3-8 to 3-11: one for each maximal part.
  for (const Case& c :
       {Case{"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82", 8}, Case{"\xED\xA0\x80", 3},
        Case{"\xF4\x91\x92\x93\xFF", 5}, Case{"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF", 4},
        Case{"\xE4\xB8", 1}, Case{"\x80\x80", 2}, Case{"\xF0\x9F\x98", 1}}) {
    std::string repaired;
    EXPECT_EQ(AppendRepairedUtf8(c.in, &repaired), c.replaced);
    EXPECT_EQ(repaired.size(), 3 * c.replaced);
    EXPECT_EQ(Quoted(c.in), absl::StrCat("\"", repaired, "\""));
  }
}

TEST(JsonWriter, WhatIsWrittenReadsBackEqual) {
  std::mt19937 random(3);
  RecordParser parser({.text = "text", .id = "id", .number = "n"});
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (size_t n = random() % 60; n-- > 0;) {
      text += random() % 3 != 0   ? std::string(1, static_cast<char>(random() % 128))
              : random() % 8 == 0 ? std::string(1, static_cast<char>(random()))
                                  : std::string("\xE4\xB8\xAD");
    }
    uint64_t bits = uint64_t{random()} << 32 | random();
    double number;
    std::memcpy(&number, &bits, sizeof number);
    if (!std::isfinite(number)) number = 0;
    std::string json;
    JsonWriter(&json)
        .BeginObject()
        .Key("n")
        .Double(number)
        .Key("text")
        .String(text)
        .Key("id")
        .Number(i)
        .EndObject();
    const size_t size = json.size();
    json.append(kRecordPadding, '\0');
    RecordFields fields;
    const absl::Status status = parser.Parse(std::string_view(json).substr(0, size), &fields);
    ASSERT_TRUE(status.ok()) << status << json;
    std::string expected;
    AppendRepairedUtf8(text, &expected);
    EXPECT_EQ(fields.text, expected);
    EXPECT_EQ(fields.id, std::to_string(i));
    EXPECT_EQ(fields.replaced, 0u);
    EXPECT_EQ(fields.number, number);
  }
}

}  // namespace
}  // namespace refrain
