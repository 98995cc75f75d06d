// Grouping by band, sorting, and the prefix index. items/s are values, documents or sets a second.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <vector>

#include "refrain/base/mix.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr double kThreshold = 0.8;

void BM_RadixSort(benchmark::State& state) {
  std::vector<uint64_t> unsorted(static_cast<size_t>(state.range(0)));
  for (size_t i = 0; i < unsorted.size(); ++i) unsorted[i] = SplitMix64(1, i);
  std::vector<uint64_t> values, scratch;
  for (auto _ : state) {
    values = unsorted;
    RadixSortByKey(&values, &scratch);
    benchmark::DoNotOptimize(values.data());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Every other document shares half of its keys with the one before it.
SketchTable PairedDocuments(size_t documents, size_t bands) {
  SketchTable table(static_cast<int>(bands));
  for (size_t i = 0; i < documents; ++i) {
    const OneBitSketch sketch{};
    table.shingles.push_back(kShortShingles);
    bool ok = table.sketches.Append({&sketch, 1}).ok();
    for (size_t band = 0; band < bands; ++band) {
      const size_t owner = band % 2 == 0 ? i : i / 2 * 2;
      const uint32_t key = static_cast<uint32_t>(SplitMix64(band, owner));
      ok = ok && table.keys[band].Append({&key, 1}).ok();
    }
    if (!ok) std::abort();  // in memory nothing fails
  }
  return table;
}

void BM_GroupBands(benchmark::State& state) {
  const ThreadLimit one(1);
  const size_t documents = static_cast<size_t>(state.range(0));
  std::vector<DocId> no_copies(documents);
  std::iota(no_copies.begin(), no_copies.end(), DocId{0});
  for (auto _ : state) {
    state.PauseTiming();
    SketchTable table = PairedDocuments(documents, 16);
    state.ResumeTiming();
    benchmark::DoNotOptimize(GroupBands(&table, no_copies)->size());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

// Sets of 200 shingles in families of four: three quarters of a set are its family's.
class Families {
 public:
  explicit Families(size_t sets) : frequencies_(size_t{1} << 22), sets_(sets) {
    for (size_t i = 0; i < sets; ++i) {
      for (uint64_t k = 0; k < 200; ++k)
        sets_[i].push_back(SplitMix64(k < 150 ? i / 4 : i + sets, k));
      frequencies_.Count(sets_[i]);
    }
    for (size_t i = 0; i < sets; ++i) {
      frequencies_.OrderRareFirst(PrefixLength(sets_[i].size(), kThreshold), &sets_[i]);
      entries_.push_back({static_cast<uint32_t>(i), sets_[i]});
    }
  }

  std::unique_ptr<PrefixIndex> Index() const {
    auto index = std::make_unique<PrefixIndex>(kThreshold, &frequencies_);
    index->Add(entries_);
    return index;
  }
  const std::vector<uint64_t>& set(size_t i) const { return sets_[i % sets_.size()]; }

 private:
  FrequencyTable frequencies_;
  std::vector<std::vector<uint64_t>> sets_;
  std::vector<PrefixIndex::Entry> entries_;
};

void BM_PrefixIndex_Build(benchmark::State& state) {
  const Families families(static_cast<size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(families.Index()->size());
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_PrefixIndex_Probe(benchmark::State& state) {
  const Families families(static_cast<size_t>(state.range(0)));
  const std::unique_ptr<PrefixIndex> index = families.Index();
  Probe probe;
  ProbeCounter counter;
  std::vector<uint32_t> candidates;
  size_t i = 0;
  for (auto _ : state) {
    candidates.clear();
    index->FindRuns(families.set(i++), &probe);
    index->Collect(probe, kReadAll, &counter, &candidates);
    benchmark::DoNotOptimize(candidates.data());
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_RadixSort)->Arg(1 << 12)->Arg(1 << 16)->Arg(1 << 20);
BENCHMARK(BM_GroupBands)->Arg(1 << 12)->Arg(1 << 16)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_PrefixIndex_Build)->Arg(1 << 10)->Arg(1 << 14)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_PrefixIndex_Probe)->Arg(1 << 10)->Arg(1 << 14);

}  // namespace
}  // namespace refrain
