#include "refrain/pipeline/reuse_results.h"

#include <algorithm>
#include <functional>
#include <numeric>

#include "refrain/base/status_macros.h"
#include "refrain/io/json_writer.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

// Of a document's sources, so many are listed, the greatest shares first.
constexpr size_t kMaxSources = 64;

double ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Writes n rows in order; they are made in parallel, a bounded number at a time.
absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, JsonWriter*)>& format, OutputDir* dir) {
  constexpr size_t kPiece = 256;
  constexpr size_t kPieces = 256;
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  for (size_t begin = 0; begin < n; begin += kPiece * kPieces) {
    std::vector<std::string> pieces((std::min(n - begin, kPiece * kPieces) + kPiece - 1) / kPiece);
    ParallelFor(0, pieces.size(), 1, [&](size_t from, size_t to) {
      for (size_t i = from; i < to; ++i) {
        const size_t first = begin + i * kPiece;
        for (size_t row = first; row < std::min(n, first + kPiece); ++row) {
          JsonWriter json(&pieces[i]);
          json.BeginObject();
          format(row, &json);
          json.EndObject();
          pieces[i] += '\n';
        }
      }
    });
    for (const std::string& piece : pieces) REFRAIN_RETURN_IF_ERROR(file->Write(piece));
  }
  return file->Close();
}

// A document's sources by share, the greatest first.
std::vector<SourceShare> SourcesByShare(const Shares& shares, DocId doc) {
  std::vector<SourceShare> sources;
  for (const SourceShare& share : shares.SourcesOf(doc)) {
    if (share.other != doc) sources.push_back(share);
  }
  std::ranges::stable_sort(sources, [](const SourceShare& x, const SourceShare& y) {
    return x.tokens > y.tokens;
  });
  return sources;
}

void WriteRange(const ReuseResults& results, DocId doc, uint32_t begin, uint32_t end,
                JsonWriter* json) {
  const uint64_t first = results.token_store.Span(doc, begin).begin;
  const uint64_t last = results.token_store.Span(doc, end - 1).end;
  json->Key("begin").Number(first).Key("end").Number(last);
  json->Key("line_begin").Number(results.token_store.Line(doc, first));
  json->Key("line_end").Number(results.token_store.Line(doc, last - 1));
}

// Pairs of documents that share passages: rows of passages that are next to each other.
struct PairRows {
  size_t first;
  size_t end;
};

std::vector<PairRows> PairsOf(std::span<const Passage> passages) {
  std::vector<PairRows> pairs;
  for (size_t begin = 0, end = 0; begin < passages.size(); begin = end) {
    const auto same = [&](const Passage& p) {
      return p.doc_a == passages[begin].doc_a && p.doc_b == passages[begin].doc_b;
    };
    while (end < passages.size() && same(passages[end])) ++end;
    if (passages[begin].doc_a != passages[begin].doc_b) pairs.push_back({begin, end});
  }
  return pairs;
}

}  // namespace

absl::Status WriteDocuments(const ReuseResults& results, OutputDir* dir) {
  return WriteRowFile(
      "documents.jsonl", results.tokens.size(),
      [&](size_t i, JsonWriter* json) {
        const DocId doc = static_cast<DocId>(i);
        const uint32_t tokens = results.tokens[doc];
        const DocumentShare& share = results.shares.documents[doc];
        WriteLabel(results.labels[doc], json);
        json->Key("tokens").Number(tokens);
        json->Key("repeated").Double(ShareOf(share.repeated, tokens));
        json->Key("repeated_inside").Double(ShareOf(share.inside, tokens));
        json->Key("repeated_elsewhere").Double(ShareOf(share.elsewhere, tokens));
        json->Key("without_ignored").Double(ShareOf(share.repeated, tokens));
        json->Key("sources").BeginArray();
        const std::vector<SourceShare> sources = SourcesByShare(results.shares, doc);
        for (size_t s = 0; s < std::min(sources.size(), kMaxSources); ++s) {
          json->BeginObject().Key("id").String(results.labels[sources[s].other].id);
          json->Key("share").Double(ShareOf(sources[s].tokens, tokens)).EndObject();
        }
        json->EndArray();
      },
      dir);
}

absl::StatusOr<uint64_t> WriteReusePairs(const ReuseResults& results, OutputDir* dir) {
  const std::vector<PairRows> pairs = PairsOf(results.passages);
  REFRAIN_RETURN_IF_ERROR(WriteRowFile(
      "pairs.jsonl", pairs.size(),
      [&](size_t i, JsonWriter* json) {
        const auto [first, end] = pairs[i];
        const DocId a = results.passages[first].doc_a;
        const DocId b = results.passages[first].doc_b;
        uint32_t longest = 0;
        for (size_t p = first; p < end; ++p) {
          longest = std::max(longest, results.passages[p].equal);
        }
        json->Key("level").String("document");
        json->Key("a").String(results.labels[a].id).Key("b").String(results.labels[b].id);
        json->Key("share_a").Double(ShareOf(results.shares.Covered(a, b), results.tokens[a]));
        json->Key("share_b").Double(ShareOf(results.shares.Covered(b, a), results.tokens[b]));
        json->Key("passages").Number(end - first).Key("longest").Number(longest);
      },
      dir));
  return pairs.size();
}

absl::StatusOr<uint64_t> WritePassages(const ReuseResults& results, OutputDir* dir) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < results.passages.size(); ++i) {
    if (results.passages[i].Tandem()) continue;
    const auto places = results.refrains.PlacesOf(results.refrains.passages[i].refrain).size();
    if (places <= results.options.max_places || results.refrains.FromFirstPlace(i)) {
      rows.push_back(i);
    }
  }
  const auto side = [&](const char* name, DocId doc, uint32_t begin, uint32_t end,
                        JsonWriter* json) {
    json->Key(name).BeginObject();
    WriteLabel(results.labels[doc], json);
    WriteRange(results, doc, begin, end, json);
    json->EndObject();
  };
  REFRAIN_RETURN_IF_ERROR(WriteRowFile(
      "passages.jsonl", rows.size(),
      [&](size_t i, JsonWriter* json) {
        const Passage& p = results.passages[rows[i]];
        side("a", p.doc_a, p.a_begin, p.a_end, json);
        side("b", p.doc_b, p.b_begin, p.b_end, json);
        json->Key("tokens").Number(p.equal).Key("identity").Double(p.Identity());
        json->Key("refrain").Number(results.refrains.passages[rows[i]].refrain + 1);
      },
      dir));
  return rows.size();
}

absl::Status WriteRefrains(const ReuseResults& results, OutputDir* dir) {
  const Refrains& refrains = results.refrains;
  return WriteRowFile(
      "refrains.jsonl", refrains.size(),
      [&](size_t i, JsonWriter* json) {
        const uint32_t r = static_cast<uint32_t>(i);
        json->Key("refrain").Number(r + 1).Key("tokens").Number(refrains.tokens[r]);
        json->Key("inside");
        if (refrains.inside[r] == Refrains::kNone) {
          json->Null();
        } else {
          json->Number(refrains.inside[r] + 1);
        }
        json->Key("places").BeginArray();
        for (const Place& place : refrains.PlacesOf(r)) {
          json->BeginObject();
          WriteLabel(results.labels[place.doc], json);
          WriteRange(results, place.doc, place.begin, place.end, json);
          if (place.period != 0) json->Key("period").Number(place.period);
          json->EndObject();
        }
        json->EndArray().Key("text").String(results.texts[r]);
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
    row = {results.labels[doc].id, repeated(doc), ShareOf(share.inside, tokens),
           ShareOf(share.elsewhere, tokens), "", 0};
    const std::vector<SourceShare> sources = SourcesByShare(results.shares, doc);
    if (sources.empty()) continue;
    row.source = results.labels[sources[0].other].id;
    row.share = ShareOf(sources[0].tokens, tokens);
  }
  return list;
}

}  // namespace refrain
