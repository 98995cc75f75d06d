// Exact overlap of shingle sets. Arguments: the shingles of a set, and the percentage of them that
// the other one shares. items/s are shingles of the probing set a second.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "refrain/base/mix.h"
#include "refrain/proof/overlap.h"

namespace refrain {
namespace {

// Several sets, so that branches cannot be learnt by heart.
constexpr size_t kSets = 32;

using Set = std::vector<uint64_t>;

Set RandomSet(uint64_t seed, size_t size) {
  Set set(size);
  for (size_t i = 0; i < size; ++i) set[i] = SplitMix64(seed, i);
  return set;
}

// Shares `percent` of its shingles with RandomSet(seed, size), spread evenly.
Set LikeSet(uint64_t seed, size_t size, size_t percent) {
  Set set = RandomSet(seed, size);
  for (size_t i = 0; i < size; ++i) {
    if (SplitMix64(seed + 1000, i) % 100 >= percent) set[i] = SplitMix64(seed + 2000, i);
  }
  return set;
}

void BM_ShingleTable_Assign(benchmark::State& state) {
  std::vector<Set> sets;
  for (size_t i = 0; i < kSets; ++i)
    sets.push_back(RandomSet(i, static_cast<size_t>(state.range(0))));
  ShingleTable table;
  Set distinct;
  size_t i = 0;
  for (auto _ : state) {
    table.Assign(sets[i++ % kSets], &distinct);
    benchmark::DoNotOptimize(distinct.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void Overlap(benchmark::State& state, double threshold) {
  const size_t size = static_cast<size_t>(state.range(0));
  std::vector<ShingleTable> tables(kSets);
  std::vector<Set> others;
  Set distinct;
  for (size_t i = 0; i < kSets; ++i) {
    tables[i].Assign(RandomSet(i, size), &distinct);
    others.push_back(LikeSet(i, size, static_cast<size_t>(state.range(1))));
  }
  const uint64_t need = threshold > 0 ? MinOverlap(size, size, threshold) : 0;
  size_t i = 0;
  for (auto _ : state) {
    const size_t k = i++ % kSets;
    benchmark::DoNotOptimize(tables[k].Overlap(others[k], need));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Counted to the end; and stopped as soon as Jaccard 0.8 is out of reach.
void BM_Overlap_Full(benchmark::State& state) { Overlap(state, 0); }
void BM_Overlap_Stopped(benchmark::State& state) { Overlap(state, 0.8); }

void SizesAndShares(benchmark::internal::Benchmark* bench) {
  for (const int size : {100, 1000, 20000}) {
    for (const int percent : {0, 50, 90, 100}) bench->Args({size, percent});
  }
}

BENCHMARK(BM_ShingleTable_Assign)->Arg(20)->Arg(100)->Arg(300)->Arg(1000)->Arg(20000);
BENCHMARK(BM_Overlap_Full)->Apply(SizesAndShares);
BENCHMARK(BM_Overlap_Stopped)->Apply(SizesAndShares);

}  // namespace
}  // namespace refrain
