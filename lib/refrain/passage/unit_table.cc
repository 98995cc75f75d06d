#include "refrain/passage/unit_table.h"

#include <algorithm>
#include <utility>

namespace refrain {
namespace {

// Where `at` of the range [begin, end) falls in the range [other_begin, other_end).
uint32_t InProportion(uint32_t at, uint32_t begin, uint32_t end, uint32_t other_begin,
                      uint32_t other_end) {
  const uint64_t scaled = uint64_t{at - begin} * (other_end - other_begin) / (end - begin);
  return other_begin + static_cast<uint32_t>(scaled);
}

// Places in side a where a unit of either side ends, with both ends of the passage.
std::vector<uint32_t> Cuts(const Passage& p, const UnitTable& table) {
  std::vector<uint32_t> cuts{p.a_begin, p.a_end};
  for (size_t u = table.IndexOf(p.doc_a, p.a_begin);; ++u) {
    const uint32_t end = table.Of(p.doc_a)[u].token_end;
    if (end >= p.a_end) break;
    cuts.push_back(end);
  }
  for (size_t u = table.IndexOf(p.doc_b, p.b_begin);; ++u) {
    const uint32_t end = table.Of(p.doc_b)[u].token_end;
    if (end >= p.b_end) break;
    cuts.push_back(InProportion(end, p.b_begin, p.b_end, p.a_begin, p.a_end));
  }
  std::ranges::sort(cuts);
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

// The unit that holds most of a range, and the range within it.
struct Part {
  uint32_t unit;
  uint32_t begin;
  uint32_t end;
};

Part PartOf(DocId doc, uint32_t begin, uint32_t end, const UnitTable& table) {
  const size_t u = table.IndexOf(doc, begin + (end - begin) / 2);
  const TextUnit& unit = table.Of(doc)[u];
  return {table.begins[doc] + static_cast<uint32_t>(u),
          std::max(begin, unit.token_begin) - unit.token_begin,
          std::min(end, unit.token_end) - unit.token_begin};
}

void AppendParts(const Passage& p, size_t whole, const UnitTable& table,
                 std::vector<UnitPart>* parts) {
  const std::vector<uint32_t> cuts = Cuts(p, table);
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    const uint32_t b_begin = InProportion(cuts[i], p.a_begin, p.a_end, p.b_begin, p.b_end);
    const uint32_t b_end = InProportion(cuts[i + 1], p.a_begin, p.a_end, p.b_begin, p.b_end);
    if (b_begin == b_end) continue;
    const Part a = PartOf(p.doc_a, cuts[i], cuts[i + 1], table);
    const Part b = PartOf(p.doc_b, b_begin, b_end, table);
    if (a.unit == b.unit || a.begin >= a.end || b.begin >= b.end) continue;
    const uint64_t share = uint64_t{p.equal} * (cuts[i + 1] - cuts[i]) / (p.a_end - p.a_begin);
    parts->push_back(
        {{a.unit, b.unit, a.begin, a.end, b.begin, b.end, static_cast<uint32_t>(share), 0, 0},
         whole});
  }
}

}  // namespace

size_t UnitTable::IndexOf(DocId doc, uint32_t token) const {
  const std::span<const TextUnit> list = Of(doc);
  const auto found = std::ranges::upper_bound(list, token, {}, &TextUnit::token_end);
  return found == list.end() ? list.size() - 1 : static_cast<size_t>(found - list.begin());
}

DocId UnitTable::DocumentOf(uint32_t unit) const {
  return static_cast<DocId>(std::ranges::upper_bound(begins, unit) - begins.begin() - 1);
}

std::vector<UnitPart> CutAtUnits(std::span<const Passage> passages, const UnitTable& table) {
  std::vector<UnitPart> parts;
  for (size_t i = 0; i < passages.size(); ++i) {
    const Passage& p = passages[i];
    if (p.Tandem() || (table.Of(p.doc_a).size() == 1 && table.Of(p.doc_b).size() == 1)) continue;
    AppendParts(p, i, table, &parts);
  }
  std::ranges::sort(parts);
  return parts;
}

}  // namespace refrain
