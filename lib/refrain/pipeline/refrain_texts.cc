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

// Most places stand at the very begin or end of their texts: what a page puts around a text says nothing of it.
bool IsFrame(std::span<const Place> places, std::span<const uint32_t> tokens) {
  constexpr uint32_t kNear = 5;
  size_t at_edge = 0;
  for (const Place& place : places) {
    at_edge += place.begin <= kNear || place.end + kNear >= tokens[place.doc];
  }
  return 3 * at_edge >= 2 * places.size();
}

// Long, in many places, and not what every text has.
double Telling(uint32_t refrain, const ReuseResults& results) {
  const std::span<const Place> places = results.refrains.PlacesOf(refrain);
  const uint64_t documents = CountDocuments(places);
  const double length = std::log2(1 + static_cast<double>(results.refrains.tokens[refrain]) / 8);
  const double spread = std::log2(1 + static_cast<double>(places.size()));
  const bool everywhere = documents >= 8 && documents * 3 > results.tokens.size();
  const bool frame = documents >= 5 && IsFrame(places, results.tokens);
  return length * std::sqrt(spread) * (everywhere || frame ? 0.2 : 1);
}

struct Scored {
  double score;
  uint32_t refrain;
};

// The best scores first; what stands inside a longer refrain in no more places is known with it.
std::vector<Scored> ByScore(const ReuseResults& results, size_t most) {
  const Refrains& refrains = results.refrains;
  std::vector<Scored> scored;
  for (uint32_t r = 0; r < refrains.size(); ++r) {
    const uint32_t outer = refrains.inside[r];
    const size_t places = refrains.PlacesOf(r).size();
    if (outer != Refrains::kNone && refrains.PlacesOf(outer).size() >= places) continue;
    scored.push_back({Telling(r, results), r});
  }
  const size_t n = std::min(most, scored.size());
  std::ranges::partial_sort(scored, scored.begin() + static_cast<ptrdiff_t>(n),
                            [](const Scored& x, const Scored& y) {
                              return x.score != y.score ? x.score > y.score : x.refrain < y.refrain;
                            });
  scored.resize(n);
  return scored;
}

// Whether three quarters of a refrain's places are nearly the same as places that are listed.
bool IsListed(std::span<const Place> places, const std::vector<Place>& listed) {
  size_t same = 0;
  for (const Place& place : places) {
    same += std::ranges::any_of(listed, [&](const Place& other) {
      if (other.doc != place.doc || other.begin >= place.end || place.begin >= other.end)
        return false;
      const uint32_t shared = std::min(place.end, other.end) - std::max(place.begin, other.begin);
      return shared >= (place.end - place.begin) / 5 * 4;
    });
  }
  return 4 * same >= 3 * places.size();
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
  std::vector<TellingRefrain> list;
  std::vector<Place> listed;
  for (const Scored& scored : ByScore(results, 20 * most)) {
    const uint32_t r = scored.refrain;
    const std::span<const Place> places = refrains.PlacesOf(r);
    // Of very many places the first will do to recognise it.
    const std::span<const Place> some = places.first(std::min<size_t>(places.size(), 200));
    if (list.size() == most) break;
    if (IsListed(some, listed)) continue;
    listed.insert(listed.end(), some.begin(), some.end());
    const Place& first = places[0];
    const uint64_t byte = results.token_store.Span(first.doc, first.begin).begin;
    list.push_back({r + 1, refrains.tokens[r], places.size(), CountDocuments(places), first.period,
                    results.labels[first.doc].id, results.token_store.Line(first.doc, byte),
                    results.texts[r]});
  }
  return list;
}

}  // namespace refrain
