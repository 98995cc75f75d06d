// The stages of the reuse lane on text in memory: anchors, seeds, passages, refrains. The last one runs 1, 2, 4 and 8
// times the text: cost follows it.
#include <benchmark/benchmark.h>

#include <vector>

#include "refrain/base/mix.h"
#include "refrain/parallel/parallel.h"
#include "refrain/passage/find_passages.h"
#include "refrain/passage/postings.h"
#include "refrain/passage/refrains.h"
#include "refrain/passage/winnow.h"

namespace refrain {
namespace {

constexpr uint32_t kTokens = 2000;  // of a document

// Every fourth document has 500 tokens of an earlier one, one in twenty changed.
RawVector<uint64_t> MakeDocument(DocId doc) {
  RawVector<uint64_t> ids(kTokens);
  for (uint32_t i = 0; i < kTokens; ++i) ids[i] = SplitMix64(doc, i);
  const DocId from = static_cast<DocId>(SplitMix64(1, doc) % (doc + 1));
  if (doc % 4 != 3 || from == doc) return ids;
  for (uint32_t i = 500; i < 1000; ++i) {
    if (SplitMix64(doc, 7 * i) % 20 != 0) ids[i] = SplitMix64(from, i + 300);
  }
  return ids;
}

TokenStore* MakeStore(DocId documents) {
  auto* store = new TokenStore;
  store->Reserve(std::vector<uint32_t>(documents, kTokens));
  for (DocId doc = 0; doc < documents; ++doc) {
    TokenList tokens{MakeDocument(doc), RawVector<TokenSpan>(kTokens), 0};
    store->Set(doc, tokens, "");
  }
  return store;
}

AnchorLists Anchors(const TokenStore& store) {
  AnchorLists lists;
  const WinnowShape shape = WinnowShape::ForRuns(13);
  Winnower winnower(shape);
  for (DocId doc = 0; doc < store.size(); ++doc) {
    AnchorBatch batch;
    winnower.Select(store.ids(doc), &batch.anchors);
    const uint32_t anchors = static_cast<uint32_t>(batch.anchors.size());
    batch.documents.push_back({doc, anchors, kTokens - shape.Run() + 1});
    lists.Append(std::move(batch));
  }
  return lists;
}

void BM_Winnow(benchmark::State& state) {
  const RawVector<uint64_t> ids = MakeDocument(0);
  Winnower winnower(WinnowShape::ForRuns(13));
  std::vector<Anchor> anchors;
  for (auto _ : state) {
    anchors.clear();
    winnower.Select(ids, &anchors);
    benchmark::DoNotOptimize(anchors.data());
  }
  state.SetItemsProcessed(state.iterations() * kTokens);
}

void BM_AlignThroughEdits(benchmark::State& state) {
  RawVector<uint64_t> x = MakeDocument(0);
  RawVector<uint64_t> y = x;
  for (size_t i = 10; i < y.size(); i += static_cast<size_t>(state.range(0))) y[i] = i;
  Aligner aligner(2);
  std::vector<Block> blocks;
  for (auto _ : state) {
    blocks.clear();
    aligner.Forward(x, y, {}, &blocks);
    benchmark::DoNotOptimize(blocks.data());
  }
  state.SetItemsProcessed(state.iterations() * kTokens);
}

void BM_PassagesOfCorpus(benchmark::State& state) {
  const ThreadLimit one(1);
  const DocId documents = static_cast<DocId>(state.range(0));
  const std::unique_ptr<TokenStore> store(MakeStore(documents));
  for (auto _ : state) {
    AnchorLists lists = Anchors(*store);
    const Postings postings = *TakeRepeated(&lists);
    const std::vector<Passage> passages =
        FindPassages(FindSeeds(postings, *store, {}), *store, PassageOptions{});
    benchmark::DoNotOptimize(BuildRefrains(passages, documents).size());
  }
  state.SetItemsProcessed(state.iterations() * documents * kTokens);
}

BENCHMARK(BM_Winnow);
BENCHMARK(BM_AlignThroughEdits)->Arg(20)->Arg(1000000);
BENCHMARK(BM_PassagesOfCorpus)
    ->RangeMultiplier(2)
    ->Range(1000, 8000)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace refrain
