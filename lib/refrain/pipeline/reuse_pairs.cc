// pairs.jsonl of the reuse lane: pairs of documents, and of units where a document has several.
#include <algorithm>
#include <string_view>

#include "refrain/base/status_macros.h"
#include "refrain/io/json_writer.h"
#include "refrain/passage/jaccards.h"
#include "refrain/pipeline/reuse_results.h"
#include "refrain/pipeline/row_file.h"
#include "refrain/shingle/shingler.h"

namespace refrain {
namespace {

struct PairFacts {
  uint32_t a;  // documents or units
  uint32_t b;
  double share_a;
  double share_b;
  uint64_t passages;
  uint32_t longest;
};

// The facts of one pair; `rows` are all its passages.
PairFacts FactsOf(std::span<const Passage> rows, const Shares& shares, uint32_t tokens_a,
                  uint32_t tokens_b) {
  const uint32_t a = rows[0].doc_a;
  const uint32_t b = rows[0].doc_b;
  uint32_t longest = 0;
  for (const Passage& passage : rows) longest = std::max(longest, passage.equal);
  return {a,
          b,
          ShareOf(shares.Covered(a, b), tokens_a),
          ShareOf(shares.Covered(b, a), tokens_b),
          rows.size(),
          longest};
}

// Pairs of which at least one passage is a row of passages.jsonl. `linked` says that of each passage.
std::vector<PairFacts> ListPairs(std::span<const Passage> passages, const Shares& shares,
                                 const std::vector<bool>& linked,
                                 const std::function<uint32_t(uint32_t)>& tokens) {
  std::vector<PairFacts> pairs;
  for (size_t begin = 0, end = 0; begin < passages.size(); begin = end) {
    const uint32_t a = passages[begin].doc_a;
    const uint32_t b = passages[begin].doc_b;
    bool any = false;
    for (; end < passages.size() && passages[end].doc_a == a && passages[end].doc_b == b; ++end) {
      any |= linked[end];
    }
    if (!any || a == b) continue;
    pairs.push_back(FactsOf(passages.subspan(begin, end - begin), shares, tokens(a), tokens(b)));
  }
  return pairs;
}

std::vector<double> JaccardsOf(const std::vector<PairFacts>& pairs,
                               const std::vector<std::span<const uint64_t>>& sequences,
                               const DocumentOptions& options) {
  std::vector<NumberPair> numbers;
  for (const PairFacts& pair : pairs) numbers.push_back({pair.a, pair.b});
  return ExactJaccards(sequences, numbers, Shingler(options.ngram, options.seed));
}

struct PairList {
  std::vector<PairFacts> pairs;
  std::vector<double> jaccards;
};

PairList DocumentPairs(const ReuseResults& results, const std::vector<bool>& linked) {
  PairList list;
  list.pairs = ListPairs(results.passages, results.shares, linked,
                         [&](uint32_t doc) { return results.tokens[doc]; });
  std::vector<std::span<const uint64_t>> sequences;
  for (DocId doc = 0; doc < results.tokens.size(); ++doc) {
    sequences.push_back(results.token_store.ids(doc));
  }
  list.jaccards = JaccardsOf(list.pairs, sequences, results.options.text.document);
  return list;
}

PairList UnitPairs(const ReuseResults& results, const std::vector<bool>& linked) {
  if (!results.units.Divided()) return {};
  std::vector<Passage> parts;
  std::vector<bool> linked_parts;
  for (const UnitPart& part : CutAtUnits(results.passages, results.units)) {
    parts.push_back(part.passage);
    linked_parts.push_back(linked[part.whole]);
  }
  const std::vector<TextUnit>& units = results.units.units;
  const Shares shares = CountShares(parts, units.size());
  PairList list;
  list.pairs =
      ListPairs(parts, shares, linked_parts, [&](uint32_t unit) { return units[unit].tokens(); });
  std::vector<std::span<const uint64_t>> sequences(units.size());
  for (DocId doc = 0; doc < results.tokens.size(); ++doc) {
    const std::span<const uint64_t> ids = results.token_store.ids(doc);
    if (ids.empty()) continue;
    for (uint32_t u = results.units.begins[doc]; u < results.units.begins[doc + 1]; ++u) {
      sequences[u] = ids.subspan(units[u].token_begin, units[u].tokens());
    }
  }
  list.jaccards = JaccardsOf(list.pairs, sequences, results.options.text.document);
  return list;
}

void FormatPair(const char* level, std::string_view a, std::string_view b, const PairFacts& pair,
                double jaccard, std::string* out) {
  JsonWriter json(out);
  json.BeginObject().Key("level").String(level).Key("a").String(a).Key("b").String(b);
  json.Key("share_a").Double(pair.share_a).Key("share_b").Double(pair.share_b);
  json.Key("passages").Number(pair.passages).Key("longest").Number(pair.longest);
  json.Key("jaccard").Double(jaccard).EndObject();
}

}  // namespace

absl::StatusOr<uint64_t> WriteReusePairs(const ReuseResults& results, OutputDir* dir) {
  std::vector<bool> linked(results.passages.size(), false);
  for (const size_t link : results.links) linked[link] = true;
  const PairList documents = DocumentPairs(results, linked);
  const PairList units = UnitPairs(results, linked);
  const size_t first_unit = documents.pairs.size();
  REFRAIN_RETURN_IF_ERROR(WriteRowFile(
      "pairs.jsonl", first_unit + units.pairs.size(),
      [&](size_t i, std::string* out) {
        if (i < first_unit) {
          const PairFacts& pair = documents.pairs[i];
          FormatPair("document", results.labels[pair.a].id, results.labels[pair.b].id, pair,
                     documents.jaccards[i], out);
        } else {
          const PairFacts& pair = units.pairs[i - first_unit];
          FormatPair("unit", UnitId(results, pair.a), UnitId(results, pair.b), pair,
                     units.jaccards[i - first_unit], out);
        }
      },
      dir));
  return first_unit;
}

}  // namespace refrain
