#include "refrain/keep/keep_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kBits = 11;
constexpr size_t kBins = size_t{1} << kBits;

std::vector<DocId> InInputOrder(size_t documents) {
  std::vector<DocId> docs(documents);
  std::iota(docs.begin(), docs.end(), DocId{0});
  return docs;
}

constexpr size_t kPasses = 3;

size_t BinOf(uint32_t key, size_t pass) { return ~key >> pass * kBits & (kBins - 1); }

// How many keys are in each bin of each pass.
std::array<std::array<uint32_t, kBins>, kPasses> CountBins(const PageVector<uint32_t>& keys) {
  std::array<std::array<uint32_t, kBins>, kPasses> counts{};
  for (const uint32_t key : keys) {
    for (size_t pass = 0; pass < kPasses; ++pass) ++counts[pass][BinOf(key, pass)];
  }
  return counts;
}

// Sorts by falling number of tokens, a pass for some bits of it; documents that are equal in them keep their order.
std::vector<DocId> ByTokens(const PageVector<uint32_t>& tokens) {
  std::vector<DocId> docs = InInputOrder(tokens.size());
  std::vector<DocId> scratch;
  auto counts = CountBins(tokens);
  for (size_t pass = 0; pass < kPasses; ++pass) {
    std::array<uint32_t, kBins>& places = counts[pass];
    if (std::ranges::find(places, docs.size()) != places.end()) continue;
    std::exclusive_scan(places.begin(), places.end(), places.begin(), uint32_t{0});
    scratch.resize(docs.size());
    for (const DocId doc : docs) scratch[places[BinOf(tokens[doc], pass)]++] = doc;
    docs.swap(scratch);
  }
  return docs;
}

std::vector<DocId> ByNumber(const PageVector<double>& numbers, double sign) {
  std::vector<DocId> docs = InInputOrder(numbers.size());
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
  std::vector<DocId> docs = InInputOrder(table.size());
  if (rule == KeepRule::kLast) std::ranges::reverse(docs);
  return docs;
}

// Both halves are random; the high bits of `high` tell the partitions apart.
struct LowHalf {
  size_t operator()(const TextHash& hash) const { return static_cast<size_t>(hash.low); }
};

// Documents that may be copies, by the part of the range of hashes that theirs is in.
using Parts = std::vector<PageVector<DocId>>;

// Those whose hash another may have; texts without tokens are never copies.
absl::StatusOr<Parts> FindRepeated(const SketchTable& table, size_t parts) {
  const Column<TextHash>& hashes = table.text_hashes;
  REFRAIN_ASSIGN_OR_RETURN(const RepeatFilter filter, FilterOf(hashes, LowHalf()));
  Parts repeated(parts);
  const int shift = 64 - std::countr_zero(parts);
  for (size_t chunk = 0; chunk < hashes.chunks(); ++chunk) {
    REFRAIN_RETURN_IF_ERROR(VisitChunk(hashes, chunk, [&](size_t doc, const TextHash& hash) {
      if (table.tokens[doc] == 0 || !filter.Repeated(hash.low)) return;
      repeated[hash.high >> shift].push_back(static_cast<DocId>(doc));
    }));
  }
  return repeated;
}

// Finds copies among documents, which ascend.
absl::Status FindCopiesAmong(const PageVector<DocId>& docs, const Column<TextHash>& hashes,
                             std::vector<TextCopy>* copies) {
  absl::flat_hash_map<TextHash, DocId, LowHalf> firsts;
  PageVector<TextHash> buffer;
  for (size_t i = 0; i < docs.size();) {
    const size_t index = docs[i] / hashes.chunk_rows();
    REFRAIN_ASSIGN_OR_RETURN(const std::span<const TextHash> chunk, hashes.Chunk(index, &buffer));
    const size_t begin = index * hashes.chunk_rows();
    for (; i < docs.size() && docs[i] - begin < chunk.size(); ++i) {
      const auto [first, is_first] = firsts.try_emplace(chunk[docs[i] - begin], docs[i]);
      if (!is_first) copies->push_back({docs[i], first->second});
    }
  }
  return absl::OkStatus();
}

}  // namespace

KeepOrder MakeKeepOrder(const SketchTable& table, KeepRule rule) {
  KeepOrder order{Order(table, rule), {}};
  order.ranks.resize(order.docs.size());
  for (uint32_t rank = 0; rank < order.docs.size(); ++rank) order.ranks[order.docs[rank]] = rank;
  return order;
}

absl::StatusOr<std::vector<TextCopy>> FindCopies(const SketchTable& table) {
  const size_t parts = std::bit_ceil(8 * static_cast<size_t>(HardwareThreads()));
  REFRAIN_ASSIGN_OR_RETURN(const Parts repeated, FindRepeated(table, parts));
  std::vector<std::vector<TextCopy>> of_parts(parts);
  FirstError error;
  ParallelFor(0, parts, 1, [&](size_t part, size_t) {
    if (!error.ok()) return;
    error.Update(FindCopiesAmong(repeated[part], table.text_hashes, &of_parts[part]));
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  std::vector<TextCopy> copies;
  for (std::vector<TextCopy>& part : of_parts) {
    copies.insert(copies.end(), part.begin(), part.end());
    part = {};
  }
  return copies;
}

// Until it is known, the best of its kind is noted in the place of the first.
std::vector<DocId> ChooseOriginals(const std::vector<TextCopy>& copies, const KeepOrder& order) {
  std::vector<DocId> copy_of = InInputOrder(order.docs.size());
  for (const auto [doc, first] : copies) {
    DocId& best = copy_of[first];
    if (order.ranks[doc] < order.ranks[best]) best = doc;
  }
  for (const auto [doc, first] : copies) copy_of[doc] = copy_of[first];
  return copy_of;
}

}  // namespace refrain
