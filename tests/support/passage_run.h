// The reuse lane from token ids to refrains, without files.
#ifndef REFRAIN_TESTS_SUPPORT_PASSAGE_RUN_H_
#define REFRAIN_TESTS_SUPPORT_PASSAGE_RUN_H_

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/base/mix.h"
#include "refrain/passage/find_passages.h"
#include "refrain/passage/postings.h"
#include "refrain/passage/refrains.h"
#include "refrain/passage/seeds.h"
#include "refrain/passage/token_store.h"
#include "refrain/passage/winnow.h"

namespace refrain::testing {

using TokenTexts = std::vector<std::vector<uint64_t>>;  // small numbers, one a token

// One token a byte.
inline std::vector<uint64_t> TokensOf(std::string_view text) {
  std::vector<uint64_t> tokens;
  for (const char c : text) tokens.push_back(static_cast<uint8_t>(c));
  return tokens;
}

// A store in which token i of a text is byte i.
inline void FillStore(const TokenTexts& texts, TokenStore* store) {
  std::vector<uint32_t> sizes;
  for (const auto& text : texts) sizes.push_back(static_cast<uint32_t>(text.size()));
  store->Reserve(sizes);
  for (DocId doc = 0; doc < texts.size(); ++doc) {
    TokenList tokens;
    for (uint64_t i = 0; i < texts[doc].size(); ++i) {
      tokens.ids.push_back(SplitMix64(1, texts[doc][i]));
      tokens.spans.push_back({i, i + 1});
    }
    store->Set(doc, tokens, "");
  }
}

struct PassageRun {
  TokenStore store;
  std::vector<Seed> seeds;
  std::vector<Passage> passages;
  Refrains refrains;

  PassageRun(const TokenTexts& texts, const PassageOptions& options, uint32_t all_pairs = 64) {
    FillStore(texts, &store);
    const WinnowShape shape = WinnowShape::ForRuns(options.length);
    Winnower winnower(shape);
    AnchorLists lists;
    for (DocId doc = 0; doc < texts.size(); ++doc) {
      AnchorBatch batch;
      winnower.Select(store.ids(doc), &batch.anchors);
      if (batch.anchors.empty()) continue;
      batch.documents.push_back({doc, static_cast<uint32_t>(batch.anchors.size()),
                                 static_cast<uint32_t>(texts[doc].size()) - shape.Run() + 1});
      lists.Append(std::move(batch));
    }
    const Postings postings = *TakeRepeated(&lists);
    seeds = FindSeeds(postings, store, {.length = options.length, .all_pairs = all_pairs});
    passages = FindPassages(seeds, store, options);
    refrains = BuildRefrains(passages, texts.size());
  }
};

}  // namespace refrain::testing

#endif  // REFRAIN_TESTS_SUPPORT_PASSAGE_RUN_H_
