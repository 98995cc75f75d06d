// From tokens to band keys, stage by stage. items/s are shingles/s; the argument is the shingles
// of a document.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

#include "refrain/base/mix.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/shingle/shingler.h"
#include "refrain/sketch/min_hash.h"
#include "refrain/sketch/sim_hash.h"

namespace refrain {
namespace {

constexpr int kHashes = 128;
constexpr size_t kNgram = 5;

// Several documents, so that branches cannot be learnt by heart.
constexpr size_t kDocuments = 64;

using Documents = std::vector<std::vector<uint64_t>>;

Documents RandomDocuments(size_t length) {
  Documents documents(kDocuments, std::vector<uint64_t>(length));
  uint64_t index = 0;
  for (auto& document : documents) {
    for (uint64_t& word : document) word = SplitMix64(1, index++);
  }
  return documents;
}

void CountShingles(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_Shingle(benchmark::State& state) {
  const Documents tokens = RandomDocuments(static_cast<size_t>(state.range(0)) + kNgram - 1);
  const Shingler shingler(kNgram, 1);
  RawVector<uint64_t> shingles;
  size_t i = 0;
  for (auto _ : state) {
    shingler.Shingle(tokens[i++ % kDocuments], &shingles);
    benchmark::DoNotOptimize(shingles.data());
    benchmark::ClobberMemory();
  }
  CountShingles(state);
}

void BM_Distinct(benchmark::State& state) {
  const Documents documents = RandomDocuments(static_cast<size_t>(state.range(0)));
  DistinctCounter counter;
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(counter.Count(documents[i++ % kDocuments]));
  CountShingles(state);
}

void BM_SortUnique(benchmark::State& state) {
  const Documents documents = RandomDocuments(static_cast<size_t>(state.range(0)));
  RawVector<uint64_t> set;
  size_t i = 0;
  for (auto _ : state) {
    const auto& document = documents[i++ % kDocuments];
    set.assign(document.begin(), document.end());
    SortUnique(&set);
    benchmark::DoNotOptimize(set.data());
  }
  CountShingles(state);
}

void Sketch(benchmark::State& state, SketchAlgorithm algorithm) {
  const Documents documents = RandomDocuments(static_cast<size_t>(state.range(0)));
  const MinHasher hasher(algorithm, kHashes);
  std::vector<uint64_t> slots(kHashes);
  size_t i = 0;
  for (auto _ : state) {
    hasher.Sketch(documents[i++ % kDocuments], slots);
    benchmark::DoNotOptimize(slots.data());
    benchmark::ClobberMemory();
  }
  CountShingles(state);
}

void BM_Sketch_Fast(benchmark::State& state) { Sketch(state, SketchAlgorithm::kFast); }
void BM_Sketch_Classic(benchmark::State& state) { Sketch(state, SketchAlgorithm::kClassic); }

void BM_SimHash(benchmark::State& state) {
  const Documents documents = RandomDocuments(static_cast<size_t>(state.range(0)));
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(SimHash(documents[i++ % kDocuments]));
  CountShingles(state);
}

// items/s are documents/s.
void BM_BandKeys(benchmark::State& state) {
  const Documents slots = RandomDocuments(kHashes);
  const Bands bands = {16, 6};
  std::vector<uint32_t> keys(16);
  size_t i = 0;
  for (auto _ : state) {
    BandKeys(slots[i++ % kDocuments], bands, keys);
    benchmark::DoNotOptimize(keys.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

void Sizes(benchmark::internal::Benchmark* bench) {
  for (const int size : {20, 100, 300, 1000, 5000}) bench->Arg(size);
}

BENCHMARK(BM_Shingle)->Apply(Sizes);
BENCHMARK(BM_Distinct)->Apply(Sizes)->Arg(200000);
BENCHMARK(BM_SortUnique)->Apply(Sizes)->Arg(200000);
BENCHMARK(BM_Sketch_Fast)->Apply(Sizes)->Arg(50000);
BENCHMARK(BM_Sketch_Classic)->Apply(Sizes);
BENCHMARK(BM_SimHash)->Apply(Sizes);
BENCHMARK(BM_BandKeys);

}  // namespace
}  // namespace refrain
