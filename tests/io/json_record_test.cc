#include "refrain/io/json_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstring>
#include <random>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/json_writer.h"
#include "refrain/io/utf8.h"

namespace refrain {
namespace {

using testing::HasSubstr;

// A parse whose record has a home and the promised padding, but not a byte more.
struct Parsed {
  absl::Status status;
  RecordFields fields;
  std::unique_ptr<char[]> record;
  std::unique_ptr<RecordParser> parser;
};

Parsed Parse(std::string_view json, const FieldNames& names = {}) {
  Parsed parsed;
  parsed.record = std::make_unique<char[]>(json.size() + kRecordPadding);
  std::copy(json.begin(), json.end(), parsed.record.get());
  parsed.parser = std::make_unique<RecordParser>(names);
  parsed.status = parsed.parser->Parse({parsed.record.get(), json.size()}, &parsed.fields);
  return parsed;
}

std::string Reason(std::string_view json, const FieldNames& names = {}) {
  const Parsed parsed = Parse(json, names);
  EXPECT_TRUE(parsed.status.ok() || absl::IsInvalidArgument(parsed.status)) << parsed.status;
  return std::string(parsed.status.message());
}

TEST(RecordParser, ReasonsAreForPeople) {
  const FieldNames nested{.text = "a.b", .id = "id", .number = ""};
  EXPECT_EQ(Reason(R"({"text": "x"})"), "");
  EXPECT_EQ(Reason(R"({})"), "no field \"text\"");
  EXPECT_EQ(Reason(R"({"a": {"b": 1}})", nested), "field \"a.b\" is a number, not a string");
  EXPECT_EQ(Reason(R"({"a": "x"})", nested), "no field \"a.b\"");
  EXPECT_EQ(Reason(R"({"text": 1})"), "field \"text\" is a number, not a string");
  EXPECT_EQ(Reason(R"({"text": null})"), "field \"text\" is null, not a string");
  EXPECT_EQ(Reason(R"({"text": true})"), "field \"text\" is a boolean, not a string");
  EXPECT_EQ(Reason(R"({"text": ["x"]})"), "field \"text\" is an array, not a string");
  EXPECT_EQ(Reason(R"({"text": {"x":1}})"), "field \"text\" is an object, not a string");
  EXPECT_EQ(Reason(R"({"text": "x", "id": true})"),
            "field \"id\" is a boolean, not a string or a number");
  EXPECT_EQ(Reason(R"({"text": "x", "id": []})"),
            "field \"id\" is an array, not a string or a number");
}

TEST(RecordParser, BrokenJsonSaysWhere) {
  EXPECT_EQ(Reason(R"([1])"), "the record is no JSON object (byte 0 is not an opening brace)");
  EXPECT_EQ(Reason(R"( "text")"), "the record is no JSON object (byte 1 is not an opening brace)");
  EXPECT_EQ(Reason(std::string("{\"text\": \"a\0b\"}", 15)),
            "broken JSON at byte 11: a control character inside a string");
  EXPECT_EQ(Reason("{\"text\": \"a\\\"\tb\"}"),
            "broken JSON at byte 13: a control character inside a string");
  EXPECT_EQ(Reason(R"({"text": "x)"), "broken JSON at byte 9: a string is not closed");
  EXPECT_EQ(Reason(R"({"text": "x\)"), "broken JSON at byte 9: a string is not closed");
  EXPECT_EQ(Reason(R"({"text": "\n\u12)"), "broken JSON at byte 9: a string is not closed");
  EXPECT_EQ(Reason(R"({"text": "\n\u12345678)"), "broken JSON at byte 9: a string is not closed");
  EXPECT_EQ(Reason(R"({"text": "x\q"})"),
            "broken JSON at byte 11: an escape that JSON does not know");
  EXPECT_EQ(Reason(R"({"text": "x", "n": 01})"), "broken JSON at byte 19: not a JSON value");
  EXPECT_THAT(Reason(R"({"text": "x"} {})"),
              HasSubstr("broken JSON at byte 14: something follows"));
  EXPECT_THAT(Reason(R"({"text" "x"})"), HasSubstr("broken JSON at byte 8: a comma, colon or"));
  EXPECT_THAT(Reason(R"({"text": "x", "a": [1 2]})"), HasSubstr("broken JSON at byte 22: a comma"));
  EXPECT_THAT(Reason(R"({"text": "x",})"), HasSubstr("broken JSON at byte"));
  const std::string deep =
      absl::StrCat(R"({"text":"x","a":)", std::string(1100, '['), std::string(1100, ']'), "}");
  EXPECT_THAT(Reason(deep), HasSubstr("nested deeper than 1024 levels"));
}

TEST(RecordParser, NothingIsTakenOnTrust) {
  for (const char* broken : {R"({"text":"x","a":tru})",
                             R"({"text":"x","a":truee})",
                             R"({"text":"x","a":nul})",
                             R"({"text":"x","a":1.})",
                             R"({"text":"x","a":.5})",
                             R"({"text":"x","a":+1})",
                             R"({"text":"x","a":1e})",
                             R"({"text":"x","a":-})",
                             R"({"text":"x","a":0x1})",
                             R"({"text":"x","a":"\u12"})",
                             R"({"text":"x","a":"\u12G4"})",
                             R"({"text":"x","\x":1})",
                             R"({"text":"x","a":{"b":[{}}]})",
                             R"({"text":"x","a":[1,]})",
                             R"({"text":"x","a":[,1]})",
                             R"({"text":"x" "a":1})",
                             R"({"text":"x","a"})",
                             R"({"text":"x",1:2})",
                             R"({"text":"x"}})",
                             R"({"text":"x"}x)",
                             R"({"text":"x"},)",
                             R"({"text":"x","a":"b"c})",
                             R"({"text":"x")",
                             R"({"text":"x"])",
                             R"({"text":"x","a":'b'})",
                             R"({text:"x"})",
                             "{",
                             "}",
                             "",
                             " "}) {
    EXPECT_FALSE(Parse(broken).status.ok()) << broken;
  }
}

TEST(RecordParser, TextIsUnescaped) {
  const Parsed p =
      Parse(R"({"text": "a\n\t\"\\\/\b\f\r\u00e9\u4e2d\ud83d\ude00\u0000z", "id": "\u0041"})");
  ASSERT_TRUE(p.status.ok()) << p.status;
  const std::string expected =
      std::string("a\n\t\"\\/\b\f\r\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80") + '\0' + "z";
  EXPECT_EQ(p.fields.text, expected);
  EXPECT_EQ(p.fields.id, "A");
  EXPECT_EQ(p.fields.replaced, 0u);
}

TEST(RecordParser, IdsAreStringsOrLiteralsOfNumbers) {
  for (const char* id : {"1", "-0", "1.0", "1.50e+3", "12345678901234567890123", "1e999"}) {
    for (const char* space : {"", " ", "\t\r\n "}) {
      const Parsed p = Parse(absl::StrCat(R"({"id":)", space, id, space, R"(,"text":"x"})"));
      ASSERT_TRUE(p.status.ok()) << p.status;
      EXPECT_TRUE(p.fields.has_id);
      EXPECT_EQ(p.fields.id, id);
    }
  }
  EXPECT_FALSE(Parse(R"({"text":"x"})").fields.has_id);
  EXPECT_FALSE(Parse(R"({"text":"x","id":null})").fields.has_id);
  EXPECT_TRUE(Parse(R"({"text":"x","id":""})").fields.has_id);
  EXPECT_TRUE(Parse(R"({"text":"x","other":[123456789012345678901234567890]})").status.ok());
}

TEST(RecordParser, FieldsByPathByLiteralKeyAndTheFirstOfEqualKeys) {
  const FieldNames names{.text = "a.b", .id = "m.x.y", .number = "n"};
  struct Case {
    const char* json;
    const char* text;
  };
  for (const Case& c :
       {Case{R"({"a":{"b":"in"}})", "in"}, Case{R"({"a":{"b":"in"},"a.b":"literal"})", "literal"},
        Case{R"({"a.b":"literal","a":{"b":"in"}})", "literal"},
        Case{R"({"a":{"c":1,"b":"in","b":"second"}})", "in"},
        Case{R"({"x":{"a":{"b":"no"}},"a":{"b":"in"}})", "in"},
        Case{R"({"\u0061":{"\u0062":"in"}})", "in"}, Case{R"({"a.b":"one","a.b":"two"})", "one"}}) {
    const Parsed p = Parse(c.json, names);
    ASSERT_TRUE(p.status.ok()) << c.json << p.status;
    EXPECT_EQ(p.fields.text, c.text) << c.json;
  }
  EXPECT_EQ(Reason(R"({"a":{"c":1},"a":{"b":"second"}})", names), "no field \"a.b\"");
  EXPECT_EQ(Reason(R"({"a":[{"b":"in"}]})", names), "no field \"a.b\"");
  const Parsed p = Parse(R"({"a":{"b":"t"},"m":{"x":{"y":7}},"n":-2.5e1})", names);
  EXPECT_EQ(p.fields.id, "7");
  EXPECT_EQ(p.fields.number, -25.0);
  EXPECT_EQ(Parse(R"({"a":{"b":"t"},"n":"5"})", names).fields.number, std::nullopt);
  EXPECT_EQ(Parse(R"({"a":{"b":"t"}})", names).fields.number, std::nullopt);
  EXPECT_EQ(Parse(R"({"a":{"b":"t"},"n":1e999})", names).fields.number, std::nullopt);
}

// Of the text, this is the tokenizer's.
TEST(RecordParser, BrokenUtf8AndLoneSurrogatesAreReplacedAndCounted) {
  const Parsed text = Parse("{\"text\": \"a\xFF\\nb\xE4\xB8\"}");
  ASSERT_TRUE(text.status.ok()) << text.status;
  EXPECT_EQ(text.fields.text, "a\xFF\nb\xE4\xB8");
  EXPECT_EQ(text.fields.replaced, 0u);
  for (const char* json :
       {"{\"text\":\"x\",\"id\":\"a\xFF\\nb\xE4\xB8\"}", "{\"text\":\"x\",\"a\xFF\\nb\xE4\xB8\":1}",
        "{\"text\":\"x\",\"o\":[{\"p\":\"\\n\\n\xFF\"},\"\xE4\xB8\"]}"}) {
    EXPECT_EQ(Parse(json).fields.replaced, 2u) << json;
  }
  const Parsed id = Parse("{\"text\":\"x\xFF\",\"id\":\"a\xFF\\nb\xE4\xB8\"}");
  EXPECT_EQ(id.fields.id, "a\xEF\xBF\xBD\nb\xEF\xBF\xBD");
  EXPECT_EQ(id.fields.replaced, 3u);
  const Parsed both = Parse("{\"text\":\"x\xFF\"}", {.text = "text", .id = "text", .number = ""});
  EXPECT_EQ(both.fields.id, "x\xEF\xBF\xBD");
  EXPECT_EQ(both.fields.replaced, 1u);
  const Parsed escapes = Parse(R"({"text": "\ud800\ud800\udc00\udc00x", "o": "\udfff"})");
  ASSERT_TRUE(escapes.status.ok()) << escapes.status;
  EXPECT_EQ(escapes.fields.text, "\xEF\xBF\xBD\xF0\x90\x80\x80\xEF\xBF\xBDx");
  EXPECT_EQ(escapes.fields.replaced, 3u);
  EXPECT_FALSE(Parse("{\"text\": \"x\", \xFF}").status.ok());
  EXPECT_FALSE(Parse(R"({"text": "\ud800\uZZZZ"})").status.ok());
}

// A string as JSON and what it means; lone surrogates are counted.
struct JsonString {
  std::string json;
  std::string meaning;
  uint64_t lone_surrogates = 0;
};

JsonString RandomString(std::mt19937& random) {
  struct Piece {
    const char* json;
    const char* meaning;
  };
  static constexpr Piece kEscapes[] = {{"\\n", "\n"},
                                       {"\\\"", "\""},
                                       {"\\\\", "\\"},
                                       {"\\/", "/"},
                                       {"\\b\\f", "\b\f"},
                                       {"\\r\\t", "\r\t"},
                                       {"\\u0041", "A"},
                                       {"\\u00e9", "\xC3\xA9"},
                                       {"\\u4E2d", "\xE4\xB8\xAD"},
                                       {"\\uDEAD", nullptr},
                                       {"\\ud83d\\ude00", "\xF0\x9F\x98\x80"}};
  JsonString string;
  const size_t gap = 1 + random() % 90;
  for (size_t n = random() % 20; n-- > 0;) {
    const std::string plain(random() % gap, 'x');
    const Piece& piece = kEscapes[random() % std::size(kEscapes)];
    string.json += plain + piece.json;
    string.meaning +=
        plain + (piece.meaning != nullptr ? piece.meaning : kReplacementCharacter.data());
    string.lone_surrogates += piece.meaning == nullptr;
  }
  return string;
}

// Strings that are wanted, taken and superseded, wanted twice, not wanted, and keys.
TEST(RecordParser, EveryStringOfARecordIsUndoneByItself) {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    const JsonString path = RandomString(random), text = RandomString(random),
                     id = RandomString(random), other = RandomString(random);
    const std::string json =
        absl::StrCat(R"({"a":{"\u0062":")", path.json, R"("},"o\n":[")", other.json,
                     R"("],"\u0069d":")", id.json, R"(","a.b" : ")", text.json, R"(" })");
    const Parsed p = Parse(json, {.text = "a.b", .id = "id", .number = ""});
    ASSERT_TRUE(p.status.ok()) << p.status << json;
    EXPECT_EQ(p.fields.text, text.meaning) << json;
    EXPECT_EQ(p.fields.id, id.meaning) << json;
    EXPECT_EQ(p.fields.replaced, path.lone_surrogates + text.lone_surrogates + id.lone_surrogates +
                                     other.lone_surrogates);
    const Parsed twice = Parse(json, {.text = "a.b", .id = "a.b", .number = "a.b"});
    ASSERT_TRUE(twice.status.ok()) << twice.status << json;
    EXPECT_EQ(twice.fields.id, text.meaning);
    EXPECT_EQ(twice.fields.replaced, p.fields.replaced);
  }
}

TEST(RecordParser, AWrongEscapeIsNamedWhereverItStands) {
  for (const size_t before : {0u, 1u, 61u, 62u, 63u, 64u, 200u}) {
    for (const char* head : {R"({"text":")", R"({"id":1,"text":"\n)", R"({"text":"x","o":")",
                             R"({"text":"\n","o":"\u0041)", R"({"text":"x",")"}) {
      for (const char* wrong : {"\\q", "\\u12", "\\u12G4", "\\U0041", "\\ud800\\u"}) {
        const std::string start = head + std::string(before, 'x');
        const size_t at = start.size() + std::string_view(wrong).rfind('\\');
        EXPECT_EQ(Reason(absl::StrCat(start, wrong, "\":1}")),
                  absl::StrCat("broken JSON at byte ", at, ": an escape that JSON does not know"));
      }
    }
  }
}

TEST(RecordParser, ParseIdAgreesWithParse) {
  for (const char* json :
       {R"({"id":"a","text":"x"})", R"({"text":"x","id":12.50})", R"({"text":"x"})",
        R"({"i":{"d":1},"text":"x","id":"\u00e9","id":"b"})", "{\"text\":\"x\",\"id\":\"\xFF\"}"}) {
    for (const char* name : {"id", "i.d"}) {
      const Parsed p = Parse(json, {.text = "text", .id = name, .number = ""});
      ASSERT_TRUE(p.status.ok()) << p.status;
      const std::string expected(p.fields.id);
      RecordFields fields;
      const std::string_view record(p.record.get(), strlen(json));
      ASSERT_TRUE(p.parser->ParseId(record, &fields).ok());
      EXPECT_EQ(fields.has_id, p.fields.has_id);
      EXPECT_EQ(fields.id, expected);
    }
  }
}

TEST(RecordParser, GrowsForALargeRecordAndGoesOn) {
  std::string huge = R"({"text": ")";
  for (int i = 0; i < 3'000'000; ++i) huge += i % 100 == 0 ? "\\n" : "x";
  huge += "\"}";
  const size_t size = huge.size();
  huge.append(kRecordPadding, '\0');
  RecordParser parser({});
  RecordFields fields;
  ASSERT_TRUE(parser.Parse(std::string_view(huge).substr(0, size), &fields).ok());
  EXPECT_EQ(fields.text.size(), 3'000'000u);
  ASSERT_TRUE(parser.Parse(std::string_view(huge).substr(0, size), &fields).ok());
  const Parsed small = Parse(R"({"text":"s"})");
  ASSERT_TRUE(parser.Parse({small.record.get(), 12}, &fields).ok());
  EXPECT_EQ(fields.text, "s");
}

// The verdict of simdjson's own complete parser. None where the two differ by design: numbers
// beyond 64 bits and lone surrogates are good here.
std::optional<bool> SimdjsonAccepts(const std::string& json) {
  static simdjson::dom::parser parser;
  simdjson::dom::element element;
  const simdjson::error_code code = parser.parse(json).get(element);
  if (code == simdjson::NUMBER_ERROR || code == simdjson::STRING_ERROR) return std::nullopt;
  return code == simdjson::SUCCESS && element.is_object();
}

bool IsBroken(const absl::Status& status) {
  return status.message().find("broken JSON") != absl::string_view::npos ||
         status.message().find("no JSON object") != absl::string_view::npos;
}

std::string RandomJson(std::mt19937& random, int depth) {
  const auto pick = [&](auto... choices) {
    const std::string all[] = {choices...};
    return all[random() % std::size(all)];
  };
  if (depth == 0 || random() % 3 == 0) {
    return pick("1", "-2.5e3", "true", "false", "null", R"("s")", R"("\n\u00e9\"")", "\"\xC3\xA9\"",
                R"("")", "0", R"("\\")", "12345678901234567890123", "{}", "[]",
                R"("\ud83d\ude00")");
  }
  const bool object = random() % 2 == 0;
  std::string json = object ? "{" : "[";
  for (size_t i = random() % 4; i-- > 0;) {
    if (object) absl::StrAppend(&json, pick(R"("text")", R"("id")", R"("k\t")", R"("")"), ":");
    absl::StrAppend(&json, pick("", " ", "\t"), RandomJson(random, depth - 1), i > 0 ? "," : "");
  }
  return json + (object ? "}" : "]");
}

std::string Mutate(std::string json, std::mt19937& random) {
  static constexpr std::string_view kBytes = "{}[]:,\"\\ \t019.-+eEtruefalsnu\n\x01x";
  for (size_t n = random() % 3; n-- > 0 && !json.empty();) {
    const size_t at = random() % json.size();
    const size_t what = random() % 4;
    const char byte =
        random() % 30 == 0 ? static_cast<char>(random()) : kBytes[random() % kBytes.size()];
    if (what == 0) json[at] = byte;
    if (what == 1) json.insert(at, 1, byte);
    if (what == 2) json.erase(at, 1);
    if (what == 3) json.resize(at);
  }
  return json;
}

TEST(RecordParser, TheVerdictOnRandomRecordsIsThatOfSimdjson) {
  std::mt19937 random(1);
  int accepted = 0;
  int refused = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string json =
        Mutate(absl::StrCat("{\"text\":\"x\",\"v\":", RandomJson(random, 4), "}"), random);
    const Parsed p = Parse(json);
    if (!IsValidUtf8(json)) continue;
    const std::optional<bool> expected = SimdjsonAccepts(json);
    if (!expected) continue;
    ASSERT_EQ(!IsBroken(p.status), *expected) << json << "\n" << p.status;
    ++(*expected ? accepted : refused);
  }
  EXPECT_GT(accepted, 10'000);
  EXPECT_GT(refused, 10'000);
}

TEST(RecordParser, RandomBytesNeverHurt) {
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string json(random() % 100, '\0');
    for (char& c : json) {
      c = random() % 4 == 0 ? "{\":}"[random() % 4] : static_cast<char>(random());
    }
    Parse(json);
  }
}

}  // namespace
}  // namespace refrain
