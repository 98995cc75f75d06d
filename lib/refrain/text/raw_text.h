// A raw text walked by code points in both directions, over those that the options drop.
#ifndef REFRAIN_TEXT_RAW_TEXT_H_
#define REFRAIN_TEXT_RAW_TEXT_H_

#include <optional>
#include <string_view>

#include "refrain/text/mapping_table.h"
#include "refrain/text/utf8.h"

namespace refrain::internal {

struct RawCodePoint {
  char32_t code_point;  // U+FFFD if broken
  uint32_t entry;
  const uint8_t* begin;
  const uint8_t* end;
  bool broken;
};

class RawText {
 public:
  RawText(std::string_view text, const MappingTable& table)
      : begin_(reinterpret_cast<const uint8_t*>(text.data())),
        end_(begin_ + text.size()),
        table_(table) {}

  const uint8_t* begin() const { return begin_; }
  const uint8_t* end() const { return end_; }
  const MappingTable& table() const { return table_; }
  uint64_t PlaceOf(const uint8_t* p) const { return static_cast<uint64_t>(p - begin_); }

  // REQUIRES: p < end().
  RawCodePoint At(const uint8_t* p) const {
    const Decoded decoded = DecodeAt(p, end_);
    return {decoded.code_point, table_.Entry(decoded.code_point), p, p + decoded.length,
            decoded.broken};
  }

  // The first code point at or after p that is not dropped.
  std::optional<RawCodePoint> KeptFrom(const uint8_t* p) const {
    while (p < end_) {
      const RawCodePoint raw = At(p);
      if ((raw.entry & kEntryDrop) == 0) return raw;
      p = raw.end;
    }
    return std::nullopt;
  }

  // The last code point that ends at or before p and is not dropped.
  std::optional<RawCodePoint> KeptBefore(const uint8_t* p) const {
    while (p > begin_) {
      const Decoded decoded = DecodeBefore(begin_, p);
      const uint32_t entry = table_.Entry(decoded.code_point);
      const uint8_t* begin = p - decoded.length;
      if ((entry & kEntryDrop) == 0)
        return RawCodePoint{decoded.code_point, entry, begin, p, decoded.broken};
      p = begin;
    }
    return std::nullopt;
  }

 private:
  const uint8_t* begin_;
  const uint8_t* end_;
  const MappingTable& table_;
};

}  // namespace refrain::internal

#endif  // REFRAIN_TEXT_RAW_TEXT_H_
