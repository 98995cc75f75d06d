#include "refrain/passage/shares.h"

#include <algorithm>

#include "refrain/parallel/parallel.h"
#include "refrain/passage/by_document.h"

namespace refrain {
namespace {

struct Cover {
  DocId other;
  uint32_t begin;
  uint32_t end;
  auto operator<=>(const Cover&) const = default;
};

template <typename Visit>
void ForEachCover(std::span<const Passage> passages, const Visit& visit) {
  for (const Passage& p : passages) {
    visit(p.doc_a, Cover{p.doc_b, p.a_begin, p.a_end});
    visit(p.doc_b, Cover{p.doc_a, p.b_begin, p.b_end});
  }
}

// Tokens in at least one of the ranges, which are sorted by begin.
template <typename Take>
uint32_t UnionOf(std::span<const Cover> covers, const Take& take) {
  uint32_t tokens = 0;
  uint32_t end = 0;
  for (const Cover& cover : covers) {
    if (!take(cover)) continue;
    if (cover.end > end) tokens += cover.end - std::max(end, cover.begin);
    end = std::max(end, cover.end);
  }
  return tokens;
}

constexpr auto kAll = [](const Cover&) { return true; };

void CountIgnored(std::span<const Place> ignored, std::span<const Cover> covers,
                  DocumentShare* share) {
  std::vector<Cover> both;
  for (const Place& place : ignored) both.push_back({place.doc, place.begin, place.end});
  share->ignored = UnionOf(both, kAll);
  both.insert(both.end(), covers.begin(), covers.end());
  std::ranges::sort(both, {}, &Cover::begin);
  share->counted = UnionOf(both, kAll) - share->ignored;
}

// Sorts the covers by begin.
DocumentShare ShareOf(DocId doc, std::span<Cover> covers, std::vector<SourceShare>* sources) {
  std::ranges::sort(covers);
  for (size_t begin = 0, end = 0; begin < covers.size(); begin = end) {
    while (end < covers.size() && covers[end].other == covers[begin].other) ++end;
    sources->push_back(
        {doc, covers[begin].other, UnionOf(covers.subspan(begin, end - begin), kAll)});
  }
  std::ranges::sort(covers, {}, &Cover::begin);
  DocumentShare share;
  share.repeated = UnionOf(covers, kAll);
  share.inside = UnionOf(covers, [&](const Cover& cover) { return cover.other == doc; });
  share.elsewhere = UnionOf(covers, [&](const Cover& cover) { return cover.other != doc; });
  return share;
}

}  // namespace

uint32_t Shares::Covered(DocId doc, DocId other) const {
  const std::span<const SourceShare> list = SourcesOf(doc);
  const auto found = std::ranges::lower_bound(list, other, {}, &SourceShare::other);
  return found != list.end() && found->other == other ? found->tokens : 0;
}

Shares CountShares(std::span<const Passage> passages, size_t documents,
                   std::span<const Place> ignored) {
  auto by_document = internal::Distribute<Cover>(
      documents, [&](const auto& visit) { ForEachCover(passages, visit); });
  Shares shares;
  shares.documents.resize(documents);
  std::vector<std::vector<SourceShare>> parts(documents);
  ParallelFor(0, documents, 64, [&](size_t from, size_t to) {
    for (size_t doc = from; doc < to; ++doc) {
      const std::span<Cover> covers = by_document.Of(doc);
      const DocId id = static_cast<DocId>(doc);
      DocumentShare& share = shares.documents[doc];
      if (!covers.empty()) share = ShareOf(id, covers, &parts[doc]);
      CountIgnored(std::ranges::equal_range(ignored, id, {}, &Place::doc), covers, &share);
    }
  });
  shares.begins.push_back(0);
  for (const auto& part : parts) {
    shares.sources.insert(shares.sources.end(), part.begin(), part.end());
    shares.begins.push_back(shares.sources.size());
  }
  return shares;
}

}  // namespace refrain
