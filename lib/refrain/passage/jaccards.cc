#include "refrain/passage/jaccards.h"

#include <algorithm>

#include "refrain/parallel/parallel.h"
#include "refrain/proof/overlap.h"

namespace refrain {
namespace {

using ShingleSets = std::vector<RawVector<uint64_t>>;  // sorted; empty where not needed

ShingleSets MakeSets(std::span<const std::span<const uint64_t>> sequences,
                     const std::vector<NumberPair>& pairs, const Shingler& shingler) {
  std::vector<char> wanted(sequences.size(), 0);
  for (const auto& [a, b] : pairs) wanted[a] = wanted[b] = 1;
  ShingleSets sets(sequences.size());
  ParallelFor(0, sets.size(), 16, [&](size_t begin, size_t end) {
    for (size_t doc = begin; doc < end; ++doc) {
      if (wanted[doc] == 0) continue;
      shingler.Shingle(sequences[doc], &sets[doc]);
      SortUnique(&sets[doc]);
    }
  });
  return sets;
}

uint64_t CountByMerging(std::span<const uint64_t> x, std::span<const uint64_t> y) {
  uint64_t shared = 0;
  for (size_t i = 0, j = 0; i < x.size() && j < y.size();) {
    const uint64_t p = x[i];
    const uint64_t q = y[j];
    shared += p == q;
    i += p <= q;
    j += q <= p;
  }
  return shared;
}

uint64_t CountBySearching(std::span<const uint64_t> few, std::span<const uint64_t> many) {
  uint64_t shared = 0;
  for (const uint64_t shingle : few) shared += std::ranges::binary_search(many, shingle);
  return shared;
}

uint64_t CountShared(std::span<const uint64_t> x, std::span<const uint64_t> y) {
  if (x.size() > y.size()) std::swap(x, y);
  return x.size() * 32 < y.size() ? CountBySearching(x, y) : CountByMerging(x, y);
}

}  // namespace

std::vector<double> ExactJaccards(std::span<const std::span<const uint64_t>> sequences,
                                  const std::vector<NumberPair>& pairs, const Shingler& shingler) {
  const ShingleSets sets = MakeSets(sequences, pairs, shingler);
  std::vector<double> figures(pairs.size());
  ParallelFor(0, pairs.size(), 64, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      const RawVector<uint64_t>& a = sets[pairs[i].a];
      const RawVector<uint64_t>& b = sets[pairs[i].b];
      figures[i] = Jaccard(CountShared(a, b), a.size(), b.size());
    }
  });
  return figures;
}

}  // namespace refrain
