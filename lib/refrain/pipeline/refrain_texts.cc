// What is shown of refrains: their first words, and which of them a reader should see first.
#include <algorithm>
#include <cmath>
#include <memory>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/reuse_results.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {
namespace {

// At most so many code points, and whether that was all.
std::string FirstWords(std::string_view text, size_t max_code_points) {
  size_t end = 0;
  for (size_t seen = 0; end < text.size(); ++end) {
    const bool begins = (static_cast<uint8_t>(text[end]) & 0xC0) != 0x80;
    if (begins && seen++ == max_code_points) break;
  }
  return std::string(text.substr(0, end)) + (end < text.size() ? "…" : "");
}

// The refrains that first stand in each document, by document.
std::vector<uint32_t> ByFirstPlace(const Refrains& refrains) {
  std::vector<uint32_t> order(refrains.size());
  for (uint32_t r = 0; r < order.size(); ++r) order[r] = r;
  std::ranges::sort(order, [&](uint32_t x, uint32_t y) {
    const DocId doc_x = refrains.PlacesOf(x)[0].doc;
    const DocId doc_y = refrains.PlacesOf(y)[0].doc;
    return doc_x != doc_y ? doc_x < doc_y : x < y;
  });
  return order;
}

uint64_t CountDocuments(std::span<const Place> places) {
  uint64_t documents = 0;
  for (size_t i = 0; i < places.size(); ++i) {
    if (i == 0 || places[i].doc != places[i - 1].doc) ++documents;
  }
  return documents;
}

// Long, in many places, and not what every document has: a page's footer says nothing of its text.
double Telling(uint32_t tokens, uint64_t places, uint64_t documents, uint64_t all) {
  const double length = std::log2(1 + static_cast<double>(tokens) / 8);
  const double spread = std::log2(1 + static_cast<double>(places));
  const bool everywhere = documents >= 8 && documents * 3 > all;
  return length * std::sqrt(spread) * (everywhere ? 0.2 : 1);
}

}  // namespace

absl::StatusOr<std::vector<std::string>> RefrainTexts(const RecordStore& store,
                                                      const ReuseTextOptions& options,
                                                      const Refrains& refrains,
                                                      const TokenStore& tokens,
                                                      size_t max_code_points) {
  const std::vector<uint32_t> order = ByFirstPlace(refrains);
  std::vector<size_t> begins;  // of each document in `order`
  const auto doc_of = [&](size_t i) { return refrains.PlacesOf(order[i])[0].doc; };
  for (size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || doc_of(i) != doc_of(i - 1)) begins.push_back(i);
  }
  begins.push_back(order.size());
  std::vector<std::string> texts(refrains.size());
  const Tokenizer tokenizer(options.document.normalize);
  FirstError error;
  ParallelFor(0, begins.size() - 1, 8, [&](size_t from, size_t to) {
    ReuseText reader(options, &tokenizer);
    RecordBuffer record;
    for (size_t d = from; d < to && error.ok(); ++d) {
      const DocId doc = doc_of(begins[d]);
      error.Update(store.Read(doc, &record));
      if (!error.ok()) return;
      RecordFields fields;
      error.Update(reader.Parse(store.sources()[store.Locate(doc).source], record.bytes, &fields));
      if (!error.ok()) return;
      for (size_t i = begins[d]; i < begins[d + 1]; ++i) {
        const Place& place = refrains.PlacesOf(order[i])[0];
        const uint64_t begin =
            std::min<uint64_t>(tokens.Span(doc, place.begin).begin, fields.text.size());
        const uint64_t end = tokens.Span(doc, place.end - 1).end;
        texts[order[i]] = FirstWords(fields.text.substr(begin, end - begin), max_code_points);
      }
    }
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return texts;
}

std::vector<TellingRefrain> MostTelling(const ReuseResults& results, size_t most) {
  const Refrains& refrains = results.refrains;
  struct Scored {
    double score;
    uint32_t refrain;
    uint64_t documents;
  };
  std::vector<Scored> scored;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    const std::span<const Place> places = refrains.PlacesOf(r);
    // What stands inside a longer one, in no more places, is known already.
    const uint32_t outer = refrains.inside[r];
    if (outer != Refrains::kNone && refrains.PlacesOf(outer).size() >= places.size()) continue;
    const uint64_t documents = CountDocuments(places);
    scored.push_back({Telling(refrains.tokens[r], places.size(), documents, results.tokens.size()),
                      r, documents});
  }
  const size_t n = std::min(most, scored.size());
  std::ranges::partial_sort(scored, scored.begin() + static_cast<ptrdiff_t>(n),
                            [](const Scored& x, const Scored& y) {
                              return x.score != y.score ? x.score > y.score : x.refrain < y.refrain;
                            });
  std::vector<TellingRefrain> list;
  for (size_t i = 0; i < n; ++i) {
    const uint32_t r = scored[i].refrain;
    const Place& first = refrains.PlacesOf(r)[0];
    const uint64_t byte = results.token_store.Span(first.doc, first.begin).begin;
    list.push_back({r + 1, refrains.tokens[r], refrains.PlacesOf(r).size(), scored[i].documents,
                    first.period, results.labels[first.doc].id,
                    results.token_store.Line(first.doc, byte), results.texts[r]});
  }
  return list;
}

}  // namespace refrain
