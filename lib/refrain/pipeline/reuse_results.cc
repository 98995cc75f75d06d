#include "refrain/pipeline/reuse_results.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/json_writer.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/row_file.h"

namespace refrain {
namespace {

// Of a document's sources, so many are listed, the greatest shares first.
constexpr size_t kMaxSources = 16;

// A document's sources by share, the greatest first.
std::vector<SourceShare> SourcesByShare(const Shares& shares, DocId doc) {
  std::vector<SourceShare> sources;
  for (const SourceShare& share : shares.SourcesOf(doc)) {
    if (share.other != doc) sources.push_back(share);
  }
  std::ranges::stable_sort(
      sources, [](const SourceShare& x, const SourceShare& y) { return x.tokens > y.tokens; });
  return sources;
}

// Rows name places by the hundred thousand, so these are put together from pieces that were made once.
class PlaceWriter {
 public:
  explicit PlaceWriter(const ReuseResults& results) : results_(results) {
    for (DocId doc = 0; doc < results.tokens.size(); ++doc) {
      std::string& name = names_.emplace_back();
      JsonWriter json(&name);
      json.BeginObject().Key("id").String(results.labels[doc].id);
      name.push_back(',');
      sources_.emplace_back("\"source\":");
      JsonWriter(&sources_.back()).String(*results.labels[doc].source);
    }
  }

  void Append(const Place& place, std::string* out) const {
    out->append(names_[place.doc]);
    AppendRest(place, out);
  }

  void AppendWithUnits(const Place& place, std::string* out) const {
    out->append(names_[place.doc]);
    const UnitTable& table = results_.units;
    const size_t last = table.IndexOf(place.doc, place.end - 1);
    out->append("\"units\":");
    char before = '[';
    for (size_t u = table.IndexOf(place.doc, place.begin); u <= last; ++u) {
      out->push_back(before);
      const uint32_t unit = table.begins[place.doc] + static_cast<uint32_t>(u);
      JsonWriter(out).String(UnitId(results_, unit));
      before = ',';
    }
    out->append("],");
    AppendRest(place, out);
  }

 private:
  void AppendRest(const Place& place, std::string* out) const {
    const TokenStore& store = results_.token_store;
    const uint64_t begin = store.Span(place.doc, place.begin).begin;
    const uint64_t end = store.Span(place.doc, place.end - 1).end;
    absl::StrAppend(out, sources_[place.doc], ",\"begin\":", begin, ",\"end\":", end,
                    ",\"line_begin\":", store.Line(place.doc, begin),
                    ",\"line_end\":", store.Line(place.doc, end - 1));
    if (place.period != 0) absl::StrAppend(out, ",\"period\":", place.period);
    out->push_back('}');
  }

  const ReuseResults& results_;
  std::vector<std::string> names_;    // the beginning of an object
  std::vector<std::string> sources_;  // and the member after it
};

void FormatRefrain(const ReuseResults& results, const PlaceWriter& places, uint32_t r,
                   std::string* out) {
  const Refrains& refrains = results.refrains;
  absl::StrAppend(out, "{\"refrain\":", r + 1, ",\"tokens\":", refrains.tokens[r], ",\"inside\":");
  if (refrains.inside[r] == Refrains::kNone) {
    absl::StrAppend(out, "null");
  } else {
    absl::StrAppend(out, refrains.inside[r] + 1);
  }
  absl::StrAppend(out, ",\"places\":");
  char before = '[';
  for (const Place& place : refrains.PlacesOf(r)) {
    out->push_back(before);
    places.Append(place, out);
    before = ',';
  }
  absl::StrAppend(out, "],\"text\":");
  JsonWriter(out).String(results.texts[r]);
  out->push_back('}');
}

}  // namespace

absl::Status WriteDocuments(const ReuseResults& results, OutputDir* dir) {
  return WriteRowFile(
      "documents.jsonl", results.tokens.size(),
      [&](size_t i, std::string* out) {
        const DocId doc = static_cast<DocId>(i);
        const uint32_t tokens = results.tokens[doc];
        const DocumentShare& share = results.shares.documents[doc];
        JsonWriter json(out);
        json.BeginObject();
        WriteLabel(results.labels[doc], &json);
        json.Key("tokens").Number(tokens);
        json.Key("repeated").Double(ShareOf(share.repeated, tokens));
        json.Key("repeated_inside").Double(ShareOf(share.inside, tokens));
        json.Key("repeated_elsewhere").Double(ShareOf(share.elsewhere, tokens));
        json.Key("without_ignored").Double(ShareOf(share.counted, tokens - share.ignored));
        json.Key("sources").BeginArray();
        const std::vector<SourceShare> sources = SourcesByShare(results.shares, doc);
        for (size_t s = 0; s < std::min(sources.size(), kMaxSources); ++s) {
          json.BeginObject().Key("id").String(results.labels[sources[s].other].id);
          json.Key("share").Double(ShareOf(sources[s].tokens, tokens)).EndObject();
        }
        json.EndArray().EndObject();
      },
      dir);
}

absl::Status WriteUnits(const ReuseResults& results, OutputDir* dir) {
  return WriteRowFile(
      "units.jsonl", results.units.units.size(),
      [&](size_t i, std::string* out) {
        const uint32_t number = static_cast<uint32_t>(i);
        const Label label = results.labels[results.units.DocumentOf(number)];
        const TextUnit& unit = results.units.units[i];
        JsonWriter json(out);
        json.BeginObject().Key("id").String(UnitId(results, number));
        json.Key("document").String(label.id).Key("source").String(*label.source);
        json.Key("title").String(unit.title);
        json.Key("begin").Number(unit.begin).Key("end").Number(unit.end);
        json.Key("line_begin").Number(unit.line_begin).Key("line_end").Number(unit.line_end);
        json.Key("tokens").Number(unit.tokens()).EndObject();
      },
      dir);
}

std::string UnitId(const ReuseResults& results, uint32_t unit) {
  const DocId doc = results.units.DocumentOf(unit);
  return absl::StrCat(std::string(results.labels[doc].id), "#",
                      unit - results.units.begins[doc] + 1);
}

std::vector<size_t> ChooseLinks(std::span<const Passage> passages, const Refrains& refrains,
                                uint32_t max_places, uint64_t budget) {
  std::vector<uint64_t> by_refrain;  // refrain in the high half: the longest come first
  for (size_t i = 0; i < passages.size(); ++i) {
    const uint32_t refrain = refrains.passages[i].refrain;
    if (passages[i].Tandem() || refrain == Refrains::kNone) continue;
    if (refrains.PlacesOf(refrain).size() > max_places && !refrains.FromFirstPlace(i)) continue;
    by_refrain.push_back(uint64_t{refrain} << 32 | i);
  }
  if (by_refrain.size() > budget) {
    std::ranges::nth_element(by_refrain, by_refrain.begin() + static_cast<ptrdiff_t>(budget));
    by_refrain.resize(budget);
  }
  std::vector<size_t> links;
  for (const uint64_t entry : by_refrain) links.push_back(static_cast<uint32_t>(entry));
  std::ranges::sort(links);
  return links;
}

absl::Status WritePassages(const ReuseResults& results, OutputDir* dir) {
  const PlaceWriter places(results);
  return WriteRowFile(
      "passages.jsonl", results.links.size(),
      [&](size_t i, std::string* out) {
        const Passage& p = results.passages[results.links[i]];
        absl::StrAppend(out, "{\"a\":");
        places.AppendWithUnits({p.doc_a, p.a_begin, p.a_end, 0}, out);
        absl::StrAppend(out, ",\"b\":");
        places.AppendWithUnits({p.doc_b, p.b_begin, p.b_end, 0}, out);
        absl::StrAppend(out, ",\"tokens\":", p.equal, ",\"identity\":");
        JsonWriter(out).Double(p.Identity());
        absl::StrAppend(
            out, ",\"refrain\":", results.refrains.passages[results.links[i]].refrain + 1, "}");
      },
      dir);
}

absl::Status WriteRefrains(const ReuseResults& results, OutputDir* dir) {
  const PlaceWriter places(results);
  return WriteRowFile(
      "refrains.jsonl", results.refrains.size(),
      [&](size_t i, std::string* out) {
        FormatRefrain(results, places, static_cast<uint32_t>(i), out);
      },
      dir);
}

std::vector<RepeatedDocument> MostRepeated(const ReuseResults& results, size_t most) {
  std::vector<DocId> docs(results.tokens.size());
  std::iota(docs.begin(), docs.end(), 0);
  const auto repeated = [&](DocId doc) {
    return ShareOf(results.shares.documents[doc].repeated, results.tokens[doc]);
  };
  const size_t n = std::min(most, docs.size());
  std::ranges::partial_sort(docs, docs.begin() + static_cast<ptrdiff_t>(n), [&](DocId x, DocId y) {
    return repeated(x) != repeated(y) ? repeated(x) > repeated(y) : x < y;
  });
  std::vector<RepeatedDocument> list;
  for (size_t i = 0; i < n && repeated(docs[i]) > 0; ++i) {
    const DocId doc = docs[i];
    const DocumentShare& share = results.shares.documents[doc];
    const uint32_t tokens = results.tokens[doc];
    RepeatedDocument& row = list.emplace_back();
    row = {std::string(results.labels[doc].id),
           repeated(doc),
           ShareOf(share.inside, tokens),
           ShareOf(share.elsewhere, tokens),
           "",
           0};
    const std::vector<SourceShare> sources = SourcesByShare(results.shares, doc);
    if (sources.empty()) continue;
    row.source = results.labels[sources[0].other].id;
    row.share = ShareOf(sources[0].tokens, tokens);
  }
  return list;
}

}  // namespace refrain
