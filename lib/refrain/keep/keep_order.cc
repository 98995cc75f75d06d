#include "refrain/keep/keep_order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "refrain/bucket/radix_sort.h"

namespace refrain {
namespace {

std::vector<DocId> ByTokens(const std::vector<uint32_t>& tokens) {
  std::vector<uint64_t> values(tokens.size());
  for (size_t doc = 0; doc < tokens.size(); ++doc) {
    values[doc] = uint64_t{UINT32_MAX - tokens[doc]} << 32 | doc;
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  std::vector<DocId> docs(values.size());
  std::ranges::transform(values, docs.begin(), [](uint64_t v) { return static_cast<DocId>(v); });
  return docs;
}

std::vector<DocId> ByNumber(const std::vector<double>& numbers, double sign) {
  std::vector<DocId> docs(numbers.size());
  std::iota(docs.begin(), docs.end(), DocId{0});
  std::ranges::stable_sort(docs, [&](DocId a, DocId b) {
    if (std::isnan(numbers[a]) || std::isnan(numbers[b]))
      return std::isnan(numbers[b]) && !std::isnan(numbers[a]);
    return sign * numbers[a] < sign * numbers[b];
  });
  return docs;
}

std::vector<DocId> Order(const SketchTable& table, KeepRule rule) {
  if (rule == KeepRule::kLongest) return ByTokens(table.tokens);
  if (rule == KeepRule::kMax) return ByNumber(table.keep_numbers, -1);
  if (rule == KeepRule::kMin) return ByNumber(table.keep_numbers, 1);
  std::vector<DocId> docs(table.size());
  std::iota(docs.begin(), docs.end(), DocId{0});
  if (rule == KeepRule::kLast) std::ranges::reverse(docs);
  return docs;
}

// Marks the copies in one run of documents whose text hashes agree in 32 bits, given by rank, ascending.
void MarkCopies(const SketchTable& table, const KeepOrder& order, std::vector<uint32_t>* run,
                std::vector<DocId>* copy_of) {
  const auto hash = [&](uint32_t rank) { return table.text_hashes[order.docs[rank]]; };
  std::ranges::stable_sort(*run, [&](uint32_t a, uint32_t b) {
    const TextHash ha = hash(a);
    const TextHash hb = hash(b);
    return ha.high != hb.high ? ha.high < hb.high : ha.low < hb.low;
  });
  DocId first = kNoDoc;
  for (size_t i = 0; i < run->size(); ++i) {
    const DocId doc = order.docs[(*run)[i]];
    if (i == 0 || hash((*run)[i]) != hash((*run)[i - 1])) first = doc;
    (*copy_of)[doc] = first;
  }
}

}  // namespace

KeepOrder MakeKeepOrder(const SketchTable& table, KeepRule rule) {
  KeepOrder order{Order(table, rule), {}};
  order.ranks.resize(order.docs.size());
  for (uint32_t rank = 0; rank < order.docs.size(); ++rank) order.ranks[order.docs[rank]] = rank;
  return order;
}

std::vector<DocId> FindCopies(const SketchTable& table, const KeepOrder& order) {
  std::vector<DocId> copy_of(table.size());
  std::iota(copy_of.begin(), copy_of.end(), DocId{0});
  std::vector<uint64_t> values;
  for (uint32_t rank = 0; rank < order.docs.size(); ++rank) {
    const DocId doc = order.docs[rank];
    if (table.tokens[doc] > 0)
      values.push_back((table.text_hashes[doc].high & ~uint64_t{UINT32_MAX}) | rank);
  }
  std::vector<uint64_t> scratch;
  RadixSortByKey(&values, &scratch);
  std::vector<uint32_t> run;
  for (size_t begin = 0, end = 0; begin < values.size(); begin = end) {
    run.clear();
    for (; end < values.size() && values[end] >> 32 == values[begin] >> 32; ++end) {
      run.push_back(static_cast<uint32_t>(values[end]));
    }
    if (run.size() > 1) MarkCopies(table, order, &run, &copy_of);
  }
  return copy_of;
}

}  // namespace refrain
