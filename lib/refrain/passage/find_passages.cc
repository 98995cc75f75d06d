#include "refrain/passage/find_passages.h"

#include <algorithm>

#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

bool SamePair(const Seed& x, const Seed& y) { return x.doc_a == y.doc_a && x.doc_b == y.doc_b; }

// Cuts the seeds into pieces of whole pairs, so that a piece is enough work for a thread.
std::vector<size_t> CutIntoPieces(std::span<const Seed> seeds) {
  constexpr size_t kPiece = 2048;
  std::vector<size_t> begins{0};
  for (size_t i = 1; i < seeds.size(); ++i) {
    if (i - begins.back() >= kPiece && !SamePair(seeds[i], seeds[i - 1])) begins.push_back(i);
  }
  begins.push_back(seeds.size());
  return begins;
}

void MatchPiece(std::span<const Seed> seeds, const TokenStore& store, PairMatcher* matcher,
                std::vector<Passage>* passages) {
  for (size_t begin = 0, end = 0; begin < seeds.size(); begin = end) {
    while (end < seeds.size() && SamePair(seeds[end], seeds[begin])) ++end;
    matcher->Match(store.ids(seeds[begin].doc_a), store.ids(seeds[begin].doc_b),
                   seeds.subspan(begin, end - begin), passages);
  }
}

}  // namespace

std::vector<Passage> FindPassages(std::span<const Seed> seeds, const TokenStore& store,
                                  const PassageOptions& options,
                                  const std::atomic<bool>* cancelled) {
  const std::vector<size_t> begins = CutIntoPieces(seeds);
  std::vector<std::vector<Passage>> parts(begins.size() - 1);
  ParallelFor(0, parts.size(), 1, [&](size_t from, size_t to) {
    PairMatcher matcher(options);
    for (size_t i = from; i < to && !(cancelled != nullptr && *cancelled); ++i) {
      MatchPiece(seeds.subspan(begins[i], begins[i + 1] - begins[i]), store, &matcher, &parts[i]);
    }
  });
  std::vector<Passage> passages;
  for (auto& part : parts) {
    passages.insert(passages.end(), part.begin(), part.end());
    part = {};
  }
  return passages;
}

}  // namespace refrain
