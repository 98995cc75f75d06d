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
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr int kBits = 11;
constexpr size_t kBins = size_t{1} << kBits;

std::vector<DocId> InInputOrder(size_t documents) {
  std::vector<DocId> docs(documents);
  std::iota(docs.begin(), docs.end(), DocId{0});
  return docs;
}

// A counting sort of documents by some bits of a key; those that are equal in them keep their order. Nothing is moved
// if all are.
void SortByBits(const PageVector<uint32_t>& keys, int shift, std::vector<DocId>* docs,
                std::vector<DocId>* scratch) {
  const auto bin = [&](DocId doc) { return (~keys[doc] >> shift) & (kBins - 1); };
  std::array<size_t, kBins + 1> places{};
  for (const DocId doc : *docs) ++places[bin(doc) + 1];
  if (std::ranges::find(places, docs->size()) != places.end()) return;
  std::partial_sum(places.begin(), places.end(), places.begin());
  scratch->resize(docs->size());
  for (const DocId doc : *docs) (*scratch)[places[bin(doc)]++] = doc;
  docs->swap(*scratch);
}

std::vector<DocId> ByTokens(const PageVector<uint32_t>& tokens) {
  std::vector<DocId> docs = InInputOrder(tokens.size());
  std::vector<DocId> scratch;
  for (int shift = 0; shift < 32; shift += kBits) SortByBits(tokens, shift, &docs, &scratch);
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

// The copies among the documents whose hashes lie in one of several equal parts of their range: hashes are read twice, so
// that only the distinct ones of one part are held.
class CopyFinder {
 public:
  CopyFinder(const SketchTable& table, const KeepOrder& order, size_t parts)
      : table_(table), order_(order), shift_(64 - std::countr_zero(parts)) {}

  absl::Status Find(size_t part, std::vector<DocId>* copy_of) const {
    absl::flat_hash_map<TextHash, uint32_t, LowHalf> firsts;  // rank of the first
    firsts.reserve(table_.size() >> (64 - shift_));
    REFRAIN_RETURN_IF_ERROR(ForEach(part, [&](DocId doc, const TextHash& hash) {
      uint32_t& first = firsts.try_emplace(hash, order_.ranks[doc]).first->second;
      first = std::min(first, order_.ranks[doc]);
    }));
    return ForEach(part, [&](DocId doc, const TextHash& hash) {
      (*copy_of)[doc] = order_.docs[firsts.find(hash)->second];
    });
  }

 private:
  template <class Body>
  absl::Status ForEach(size_t part, const Body& body) const {
    const Column<TextHash>& hashes = table_.text_hashes;
    PageVector<TextHash> buffer;
    for (size_t i = 0; i < hashes.chunks(); ++i) {
      REFRAIN_ASSIGN_OR_RETURN(const std::span<const TextHash> chunk, hashes.Chunk(i, &buffer));
      DocId doc = static_cast<DocId>(i * hashes.chunk_rows());
      for (const TextHash& hash : chunk) {
        if (hash.high >> shift_ == part && table_.tokens[doc] > 0) body(doc, hash);
        ++doc;
      }
    }
    return absl::OkStatus();
  }

  const SketchTable& table_;
  const KeepOrder& order_;
  int shift_;
};

}  // namespace

KeepOrder MakeKeepOrder(const SketchTable& table, KeepRule rule) {
  KeepOrder order{Order(table, rule), {}};
  order.ranks.resize(order.docs.size());
  for (uint32_t rank = 0; rank < order.docs.size(); ++rank) order.ranks[order.docs[rank]] = rank;
  return order;
}

absl::StatusOr<std::vector<DocId>> FindCopies(const SketchTable& table, const KeepOrder& order) {
  std::vector<DocId> copy_of = InInputOrder(table.size());
  const size_t parts = std::bit_ceil(8 * static_cast<size_t>(HardwareThreads()));
  const CopyFinder finder(table, order, parts);
  FirstError error;
  ParallelFor(0, parts, 1, [&](size_t part, size_t) {
    if (error.ok()) error.Update(finder.Find(part, &copy_of));
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return copy_of;
}

}  // namespace refrain
