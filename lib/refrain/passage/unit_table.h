// The units of all documents, and passages cut at them.
//
// A unit is a part of a document that is compared as one: a speech of a compilation, or the whole text. Units of one
// document are in order and do not overlap. They have numbers of their own, dense, in input order.
#ifndef REFRAIN_PASSAGE_UNIT_TABLE_H_
#define REFRAIN_PASSAGE_UNIT_TABLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "refrain/passage/passage.h"

namespace refrain {

struct TextUnit {
  uint64_t begin;  // bytes, half-open
  uint64_t end;
  uint64_t line_begin;  // from 1
  uint64_t line_end;    // the last one
  uint32_t token_begin;
  uint32_t token_end;
  std::string title;

  uint32_t tokens() const { return token_end - token_begin; }
};

struct UnitTable {
  std::vector<TextUnit> units;
  std::vector<uint32_t> begins{0};  // the units of each document

  std::span<const TextUnit> Of(DocId doc) const {
    return std::span(units).subspan(begins[doc], begins[doc + 1] - begins[doc]);
  }
  // Whether any document has two units or more.
  bool Divided() const { return units.size() >= begins.size(); }
  // The first of a document's units that ends after a token, counted within the document.
  size_t IndexOf(DocId doc, uint32_t token) const;
  DocId DocumentOf(uint32_t unit) const;
};

// A piece of a passage that lies in one unit on each side. Its passage has unit numbers for documents and tokens counted
// within the units; where a unit ends inside the passage, the other side is cut in proportion.
struct UnitPart {
  Passage passage;
  size_t whole;  // the passage that it is a piece of
  auto operator<=>(const UnitPart&) const = default;
};

// The pieces of all passages that join two units, but not those between documents of one unit each, sorted. Tandems
// and pieces inside one unit are left out.
std::vector<UnitPart> CutAtUnits(std::span<const Passage> passages, const UnitTable& table);

}  // namespace refrain

#endif  // REFRAIN_PASSAGE_UNIT_TABLE_H_
