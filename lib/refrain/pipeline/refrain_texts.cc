// What is shown of refrains: their first words, and which of them a reader should see first.
#include <algorithm>
#include <cmath>
#include <memory>
#include <queue>
#include <utility>

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

// What every document has, as a page's footer, says nothing of its text.
bool IsBoilerplate(uint64_t documents, uint64_t all) {
  return documents >= 8 && 6 * documents > all;
}

// Which tokens a reader of the list knows already.
class Known {
 public:
  explicit Known(std::span<const uint32_t> tokens) : marks_(tokens.size()), sizes_(tokens) {}

  void Add(const Place& place) {
    std::vector<bool>& marks = marks_[place.doc];
    if (marks.empty()) marks.resize(sizes_[place.doc], false);
    std::fill(marks.begin() + place.begin, marks.begin() + place.end, true);
  }

  uint32_t CountNew(const Place& place) const {
    const std::vector<bool>& marks = marks_[place.doc];
    if (marks.empty()) return place.end - place.begin;
    return static_cast<uint32_t>(
        std::count(marks.begin() + place.begin, marks.begin() + place.end, false));
  }

 private:
  std::vector<std::vector<bool>> marks_;
  std::span<const uint32_t> sizes_;
};

// Picks refrains one by one, each the most telling beside those picked before it.
class Picker {
 public:
  explicit Picker(const ReuseResults& results)
      : refrains_(results.refrains), known_(results.tokens) {
    std::vector<uint32_t> open;
    for (uint32_t r = 0; r < refrains_.size(); ++r) {
      const std::span<const Place> places = refrains_.PlacesOf(r);
      if (IsBoilerplate(CountDocuments(places), results.tokens.size())) {
        MarkKnown(r);
      } else {
        open.push_back(r);
      }
    }
    for (const uint32_t r : open) queue_.emplace(Score(r), ~r);
  }

  // kNone when there is nothing more to show.
  uint32_t Next() {
    while (!queue_.empty()) {
      const auto [score, key] = queue_.top();
      queue_.pop();
      const uint32_t refrain = ~key;
      const double now = Score(refrain);
      if (now == 0) continue;
      if (now < score) {
        queue_.emplace(now, key);
        continue;
      }
      MarkKnown(refrain);
      return refrain;
    }
    return Refrains::kNone;
  }

 private:
  void MarkKnown(uint32_t refrain) {
    for (const Place& place : refrains_.PlacesOf(refrain)) known_.Add(place);
  }

  // Long and in many places; 0 if most of it is known.
  double Score(uint32_t refrain) const {
    const std::span<const Place> places = refrains_.PlacesOf(refrain);
    const uint32_t fresh = known_.CountNew(places[0]);
    if (4 * fresh < places[0].end - places[0].begin) return 0;
    const double length = std::log2(1 + static_cast<double>(fresh) / 8);
    return length * std::sqrt(std::log2(1 + static_cast<double>(places.size())));
  }

  const Refrains& refrains_;
  Known known_;
  std::priority_queue<std::pair<double, uint32_t>> queue_;  // ~refrain: of equals the first
};

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
  Picker picker(results);
  std::vector<TellingRefrain> list;
  while (list.size() < most) {
    const uint32_t r = picker.Next();
    if (r == Refrains::kNone) break;
    const std::span<const Place> places = refrains.PlacesOf(r);
    const uint64_t byte = results.token_store.Span(places[0].doc, places[0].begin).begin;
    list.push_back({r + 1, refrains.tokens[r], places.size(), CountDocuments(places),
                    places[0].period, std::string(results.labels[places[0].doc].id),
                    results.token_store.Line(places[0].doc, byte), results.texts[r]});
  }
  return list;
}

}  // namespace refrain
