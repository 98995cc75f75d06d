// What the passes that prove pairs share: the corpus's products, and working memory per thread.
//
// Threads: ForEach runs bodies concurrently; each gets a Scratch of its own for as long as it runs.
#ifndef REFRAIN_KEEP_PROOF_WORKSPACE_H_
#define REFRAIN_KEEP_PROOF_WORKSPACE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/prefix_index.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/keep/candidate_rule.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/sketch/set_bitmap.h"

namespace refrain {

struct ProofOptions {
  double threshold = 0.8;
  uint64_t postings_per_document = 4096;  // the budget of an index lane, on average
  // What a lane may read beyond: a fraction of a second, so that small dense corpora never meet the budget.
  uint64_t free_postings = uint64_t{1} << 26;
  uint32_t hot_group = 16;  // a band group with more leaders (or members) is searched by index
  uint32_t hot_short_group = 64;  // a group of short keys with more members is
  // A document's leaders in earlier blocks are proven before those in its own, so the twin that is named (never who is
  // kept) depends on where blocks end. Hence they are the same for any ceiling on memory, and small enough for a low one.
  uint32_t block_documents = 4096;
  uint64_t block_shingles = uint64_t{1} << 20;
  uint64_t memory_bytes = UINT64_MAX;  // of prefix indexes, found pairs and the cache of sets
  const std::atomic<bool>* cancelled = nullptr;  // looked at once a block
};

// The two ways to be a candidate pair: by short keys, and by band keys.
enum class Lane : size_t { kShort, kSketch };
inline constexpr std::array<Lane, 2> kLanes = {Lane::kShort, Lane::kSketch};

// Something for each lane.
template <class T>
class ByLane {
 public:
  T& operator[](Lane lane) { return values_[static_cast<size_t>(lane)]; }
  const T& operator[](Lane lane) const { return values_[static_cast<size_t>(lane)]; }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

 private:
  std::array<T, kLanes.size()> values_{};
};

// The products that a pass over pairs reads. All must outlive it.
struct ProofInputs {
  const SketchTable& table;
  const ShortGroups& shorts;
  const BandGroups& bands;
  const CandidateRule& rule;
  const ShingleSource& source;
  const ProofOptions& options;
};

class ProofWorkspace : public ProofInputs {
 public:
  struct Scratch {
    std::unique_ptr<ShingleSource::Scratch> own;    // its table holds the document that is proven
    std::unique_ptr<ShingleSource::Scratch> other;  // for what it is compared with
    PairProver prover;
    ProbeCounter counter;
    std::vector<uint32_t> found;
    // Of the document that is proven: distance << 32 | keep rank, so that sorting gives the order of proof.
    std::vector<uint64_t> candidates;
    // Rows of documents that share short keys with it, once for each key that is shared.
    std::vector<uint32_t> short_rows;
    SetBitmap own_bitmap;
    std::vector<uint64_t> own_words;  // for bitmaps that are not in memory
    std::vector<uint64_t> other_words;
  };

  explicit ProofWorkspace(const ProofInputs& inputs)
      : ProofInputs(inputs), pool_([this] {
          auto scratch = std::make_unique<Scratch>();
          scratch->own = source.NewScratch();
          scratch->other = source.NewScratch();
          return scratch;
        }) {}

  // Calls body(i, scratch) for all i below n in parallel, until one fails.
  template <class Body>
  absl::Status ForEach(size_t n, size_t grain, const Body& body) {
    FirstError error;
    if (options.cancelled != nullptr && *options.cancelled) {
      return absl::CancelledError("interrupted");
    }
    ParallelFor(0, n, grain, [&](size_t begin, size_t end) {
      const auto scratch = pool_.Borrow();
      for (size_t i = begin; i < end && error.ok(); ++i) error.Update(body(i, scratch.get()));
    });
    return error.status();
  }

  const Groups& groups(Lane lane) const {
    if (lane == Lane::kShort) return shorts;
    return bands;
  }

  // Whether the documents of two rows of a lane are a pair of the lane.
  bool IsPair(Lane lane, uint32_t row_a, uint32_t row_b) const {
    return lane == Lane::kShort ? rule.ShortPair(row_a, row_b) : rule.BandPair(row_a, row_b);
  }
  // The same for rows that were found in one group.
  bool IsPairOfGroup(Lane lane, uint32_t row_a, uint32_t row_b) const {
    return lane == Lane::kShort ? rule.ShortPair(row_a, row_b) : rule.IsNear(row_a, row_b);
  }

  // Of documents that are listed once for each short key that they share with `doc`, keeps those that share enough of
  // them, once each, in the order of their numbers; `more` keys may be shared beside. DocOf tells whose a number is.
  template <class DocOf>
  void KeepThoseThatShareEnough(DocId doc, size_t more, const DocOf& doc_of,
                                std::vector<uint32_t>* listed) const {
    std::ranges::sort(*listed);
    size_t to = 0;
    for (size_t from = 0, end = 0; from < listed->size(); from = end) {
      const uint32_t other = (*listed)[from];
      while (end < listed->size() && (*listed)[end] == other) ++end;
      if (PrefixesCanReach(table.shingles[doc], table.shingles[doc_of(other)], end - from + more,
                           options.threshold)) {
        (*listed)[to++] = other;
      }
    }
    listed->resize(to);
  }

  // Makes a document the one that is proven, for MayReach.
  absl::Status ReadOwnBitmap(DocId doc, Scratch* scratch) const {
    REFRAIN_ASSIGN_OR_RETURN(scratch->own_bitmap,
                             table.bitmaps.Read(doc, table.shingles, &scratch->own_words));
    return absl::OkStatus();
  }

  // Whether a pair with the document that is proven may reach the threshold, by what is known without their texts.
  absl::StatusOr<bool> MayReach(DocId other, Scratch* scratch) const;

  // A document's row in each lane, kNoRow where it has none.
  ByLane<uint32_t> RowsOf(DocId doc) const;

  // With more rows than this a group may be searched by index.
  uint32_t HotSize(Lane lane) const {
    return lane == Lane::kShort ? options.hot_short_group : options.hot_group;
  }

  // The documents of such groups.
  std::vector<DocId> HotDocuments(Lane lane) const;

 private:
  ScratchPool<Scratch> pool_;
};

}  // namespace refrain

#endif  // REFRAIN_KEEP_PROOF_WORKSPACE_H_
