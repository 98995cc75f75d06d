#include "reference/greedy_dedup.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>

namespace refrain::reference {
namespace {

using Window = std::vector<uint64_t>;

std::vector<Window> Windows(const std::vector<uint64_t>& tokens, size_t ngram) {
  if (tokens.empty()) return {};
  if (tokens.size() < ngram) return {tokens};
  std::vector<Window> windows;
  for (size_t i = 0; i + ngram <= tokens.size(); ++i) {
    windows.emplace_back(tokens.begin() + static_cast<ptrdiff_t>(i),
                         tokens.begin() + static_cast<ptrdiff_t>(i + ngram));
  }
  return windows;
}

}  // namespace

GreedyDedup::GreedyDedup(const std::vector<std::string>& texts, const NormalizeOptions& normalize,
                         size_t ngram) {
  const Tokenizer tokenizer(normalize);
  TokenList list;
  std::map<Window, uint32_t> numbers;
  for (const std::string& text : texts) {
    tokenizer.Tokenize(text, Offsets::kNone, &list);
    tokens_.emplace_back(list.ids.begin(), list.ids.end());
    std::vector<uint32_t>& set = sets_.emplace_back();
    for (const Window& window : Windows(tokens_.back(), ngram)) {
      set.push_back(
          numbers.try_emplace(window, static_cast<uint32_t>(numbers.size())).first->second);
    }
    std::sort(set.begin(), set.end());
    set.erase(std::unique(set.begin(), set.end()), set.end());
  }
  windows_ = numbers.size();
}

uint64_t GreedyDedup::Shared(size_t a, size_t b) const {
  std::vector<uint32_t> both;
  std::set_intersection(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end(),
                        std::back_inserter(both));
  return both.size();
}

double GreedyDedup::Jaccard(size_t a, size_t b) const {
  const uint64_t shared = Shared(a, b);
  return static_cast<double>(shared) / static_cast<double>(shingles(a) + shingles(b) - shared);
}

// Counts the shared windows of each document with all earlier ones by an inverted list of every window.
std::vector<NaivePair> GreedyDedup::Pairs(double threshold) const {
  std::vector<std::vector<size_t>> holders(windows_);
  std::vector<uint64_t> shared(size(), 0);
  std::vector<NaivePair> pairs;
  for (size_t b = 0; b < size(); ++b) {
    std::fill(shared.begin(), shared.end(), 0);
    for (const uint32_t window : sets_[b]) {
      for (const size_t a : holders[window]) ++shared[a];
      holders[window].push_back(b);
    }
    for (size_t a = 0; a < b; ++a) {
      if (shared[a] == 0) continue;
      const double jaccard = static_cast<double>(shared[a]) /
                             static_cast<double>(shingles(a) + shingles(b) - shared[a]);
      if (jaccard >= threshold) pairs.push_back({a, b, shared[a], jaccard});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const NaivePair& x, const NaivePair& y) {
    return x.a != y.a ? x.a < y.a : x.b < y.b;
  });
  return pairs;
}

std::vector<size_t> GreedyDedup::LongestFirst() const {
  std::vector<size_t> order(size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return tokens(a) > tokens(b); });
  return order;
}

std::vector<bool> GreedyDedup::Greedy(const std::vector<size_t>& order,
                                      const std::vector<NaivePair>& pairs) {
  std::vector<std::vector<size_t>> near(order.size());
  for (const NaivePair& pair : pairs) {
    near[pair.a].push_back(pair.b);
    near[pair.b].push_back(pair.a);
  }
  std::vector<bool> kept(order.size(), false);
  for (const size_t doc : order) {
    kept[doc] =
        std::none_of(near[doc].begin(), near[doc].end(), [&](size_t other) { return kept[other]; });
  }
  return kept;
}

std::vector<size_t> GreedyDedup::Components(const std::vector<size_t>& order,
                                            const std::vector<NaivePair>& pairs) {
  std::vector<std::vector<size_t>> near(order.size());
  for (const NaivePair& pair : pairs) {
    near[pair.a].push_back(pair.b);
    near[pair.b].push_back(pair.a);
  }
  std::vector<size_t> first(order.size(), order.size());
  for (const size_t root : order) {
    if (first[root] != order.size()) continue;
    std::vector<size_t> open = {root};
    first[root] = root;
    while (!open.empty()) {
      const size_t doc = open.back();
      open.pop_back();
      for (const size_t other : near[doc]) {
        if (first[other] != order.size()) continue;
        first[other] = root;
        open.push_back(other);
      }
    }
  }
  return first;
}

}  // namespace refrain::reference
