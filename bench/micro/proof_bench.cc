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
  size_t i = 0;
  for (auto _ : state) {
    table.Assign(sets[i++ % kSets]);
    benchmark::DoNotOptimize(table.size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void Prove(benchmark::State& state, bool distinct, double threshold) {
  const size_t size = static_cast<size_t>(state.range(0));
  std::vector<ShingleTable> tables(kSets);
  std::vector<Set> sets, others;
  for (size_t i = 0; i < kSets; ++i) {
    sets.push_back(RandomSet(i, size));
    others.push_back(LikeSet(i, size, static_cast<size_t>(state.range(1))));
  }
  for (size_t i = 0; i < kSets; ++i) tables[i].Assign(sets[i]);
  PairProver prover;
  size_t i = 0;
  for (auto _ : state) {
    const size_t k = i++ % kSets;
    benchmark::DoNotOptimize(prover.Prove(tables[k], {others[k], distinct}, threshold));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// A set counted to the end; the same, stopped as soon as Jaccard 0.8 is out of reach; a text, in the order of the other.
void BM_Prove_Set(benchmark::State& state) { Prove(state, true, 0); }
void BM_Prove_SetStopped(benchmark::State& state) { Prove(state, true, 0.8); }
void BM_Prove_Text(benchmark::State& state) { Prove(state, false, 0.8); }

void SizesAndShares(benchmark::internal::Benchmark* bench) {
  for (const int size : {100, 1000, 20000}) {
    for (const int percent : {0, 50, 90, 100}) bench->Args({size, percent});
  }
}

BENCHMARK(BM_ShingleTable_Assign)->Arg(20)->Arg(100)->Arg(300)->Arg(1000)->Arg(20000);
BENCHMARK(BM_Prove_Set)->Apply(SizesAndShares);
BENCHMARK(BM_Prove_SetStopped)->Apply(SizesAndShares);
BENCHMARK(BM_Prove_Text)->Apply(SizesAndShares);

}  // namespace
}  // namespace refrain
