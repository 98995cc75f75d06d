// Writes JSON by appending to a string: objects, arrays, strings, numbers, in the order of the
//   calls.
//
// Strings come out as valid UTF-8 whatever goes in (broken sequences become U+FFFD; only what must
// be escaped is).
// Doubles come out in the shortest form that reads back equal. Calls must form one JSON value; Key
// before each value of an object. No allocation but the string's own growth. Threads: one writer a
// thread.
// Example:
//   std::string line;
//   JsonWriter(&line).BeginObject().Key("id").String("a").Key("size").Number(3).EndObject();
#ifndef REFRAIN_IO_JSON_WRITER_H_
#define REFRAIN_IO_JSON_WRITER_H_

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace refrain {

class JsonWriter {
 public:
  explicit JsonWriter(std::string* out) : out_(out) {}

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);  // REQUIRES: ASCII of which nothing must be escaped
  JsonWriter& String(std::string_view value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  JsonWriter& Double(double value);  // REQUIRES: finite
  template <std::integral T>
  requires(!std::same_as<T, bool>) JsonWriter& Number(T value) {
    if constexpr (std::unsigned_integral<T>)
      return Unsigned(value);
    else
      return Integer(value);
  }

 private:
  JsonWriter& Integer(int64_t value);
  JsonWriter& Unsigned(uint64_t value);
  void BeforeValue();

  std::string* out_;
  bool need_comma_ = false;
};

}  // namespace refrain

#endif  // REFRAIN_IO_JSON_WRITER_H_
