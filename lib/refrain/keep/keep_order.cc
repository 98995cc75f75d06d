#include "refrain/keep/keep_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/key_buckets.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kRanksAtOnce = size_t{1} << 14;

std::vector<DocId> InInputOrder(size_t documents) {
  std::vector<DocId> docs(documents);
  std::iota(docs.begin(), docs.end(), DocId{0});
  return docs;
}

// One pass of a radix sort, by some bits of a key, the largest first: pieces are counted, then moved, in parallel.
class FallingPass {
 public:
  FallingPass(const PageVector<uint32_t>& keys, int shift) : keys_(keys), shift_(shift) {}

  // Documents that are equal in the bits keep their order: that of doc_at(0), doc_at(1), ...
  template <class DocAt>
  void Sort(const DocAt& doc_at, std::vector<DocId>* sorted) {
    places_.assign((keys_.size() + kPiece - 1) / kPiece, {});
    ForEach([&](size_t i, Places* counts) { ++(*counts)[BinOf(doc_at(i))]; });
    uint32_t sum = 0;
    for (size_t bin = 0; bin < kBins; ++bin) {
      for (Places& piece : places_) sum += std::exchange(piece[bin], sum);
    }
    sorted->resize(keys_.size());
    ForEach([&](size_t i, Places* places) {
      const DocId doc = doc_at(i);
      (*sorted)[(*places)[BinOf(doc)]++] = doc;
    });
  }

  static constexpr int kBits = 11;

 private:
  static constexpr size_t kBins = size_t{1} << kBits;
  static constexpr size_t kPiece = size_t{1} << 16;
  using Places = std::array<uint32_t, kBins>;

  size_t BinOf(DocId doc) const { return ~keys_[doc] >> shift_ & (kBins - 1); }

  // Calls body(i, places) for all places, pieces in parallel.
  template <class Body>
  void ForEach(const Body& body) {
    ParallelFor(0, places_.size(), 1, [&](size_t piece, size_t) {
      const size_t end = std::min(keys_.size(), (piece + 1) * kPiece);
      for (size_t i = piece * kPiece; i < end; ++i) body(i, &places_[piece]);
    });
  }

  const PageVector<uint32_t>& keys_;
  int shift_;
  std::vector<Places> places_;  // of each piece: how many, then where they go
};

// By falling number of tokens.
std::vector<DocId> ByTokens(const PageVector<uint32_t>& tokens) {
  std::vector<DocId> docs;
  std::vector<DocId> scratch;
  FallingPass(tokens, 0).Sort([](size_t i) { return static_cast<DocId>(i); }, &docs);
  const uint32_t most = docs.empty() ? 0 : *std::ranges::max_element(tokens);
  for (int shift = FallingPass::kBits; shift < static_cast<int>(std::bit_width(most));
       shift += FallingPass::kBits) {
    FallingPass(tokens, shift).Sort([&](size_t i) { return docs[i]; }, &scratch);
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

// Both halves are random; the high bits of `high` tell the buckets apart.
struct LowHalf {
  size_t operator()(const TextHash& hash) const { return static_cast<size_t>(hash.low); }
};

// Puts the documents whose hash another may have into buckets by its high bits; texts without tokens are never copies.
absl::Status FindRepeated(const SketchTable& table, KeyBuckets* buckets) {
  const Column<TextHash>& hashes = table.text_hashes;
  REFRAIN_ASSIGN_OR_RETURN(const RepeatFilter filter, FilterOf(hashes, LowHalf()));
  const std::vector<size_t> most(hashes.chunks(), hashes.chunk_rows());
  FirstError error;
  buckets->Spread(hashes.size(), most, [&](size_t chunk, const auto& visit) {
    error.Update(
        VisitFiltered(hashes, chunk, filter, LowHalf(), [&](size_t doc, const TextHash& hash) {
          if (table.tokens[doc] == 0 || !filter.Repeated(hash.low)) return;
          visit(static_cast<uint32_t>(hash.high >> 32), static_cast<uint32_t>(doc));
        }));
  });
  return error.status();
}

// Those of some buckets of which another has as many bits of the hash, in input order.
std::vector<DocId> TakeRepeated(size_t first, size_t last, KeyBuckets* buckets) {
  std::vector<DocId> docs;
  std::vector<uint64_t> sorted;
  for (size_t bucket = first; bucket < last; ++bucket) {
    buckets->Sort(bucket, &sorted);
    for (const uint64_t pair : sorted) docs.push_back(static_cast<DocId>(pair));
  }
  std::ranges::sort(docs);
  return docs;
}

// Finds copies among documents, which ascend.
absl::Status FindCopiesAmong(const std::vector<DocId>& docs, const Column<TextHash>& hashes,
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
  ParallelFor(0, order.docs.size(), kRanksAtOnce, [&](size_t begin, size_t end) {
    for (size_t rank = begin; rank < end; ++rank) {
      order.ranks[order.docs[rank]] = static_cast<uint32_t>(rank);
    }
  });
  return order;
}

absl::StatusOr<std::vector<TextCopy>> FindCopies(const SketchTable& table) {
  KeyBuckets buckets;
  REFRAIN_RETURN_IF_ERROR(FindRepeated(table, &buckets));
  // Few, as each may read the whole column again.
  const size_t parts =
      std::min(buckets.size(), std::bit_ceil(8 * static_cast<size_t>(HardwareThreads())));
  const size_t each = buckets.size() / parts;
  std::vector<std::vector<TextCopy>> of_parts(parts);
  FirstError error;
  ParallelFor(0, parts, 1, [&](size_t part, size_t) {
    const std::vector<DocId> docs = TakeRepeated(part * each, (part + 1) * each, &buckets);
    if (error.ok()) error.Update(FindCopiesAmong(docs, table.text_hashes, &of_parts[part]));
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
