#include "refrain/pipeline/memory_plan.h"

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/column.h"

namespace refrain {
namespace {

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

// The program and its tables; batches in flight, a thread's working memory, and what its allocator holds back.
constexpr uint64_t kProcess = 24 * kMegabyte;
constexpr uint64_t kThread = 8 * kMegabyte;
constexpr uint64_t kBlock =
    32 * kMegabyte;  // of the proof: 2^20 shingles, their order, what they look up
constexpr uint64_t kLeastProof = 16 * kMegabyte;  // indexes and cache

// Bytes a document.
constexpr uint64_t kRead = 8 + 4 + 4;                 // place, tokens, shingles
constexpr uint64_t kOrdered = kRead + 8 + 4;          // order and ranks, copies
constexpr uint64_t kGrouping = kOrdered + 4 + 8 + 1;  // keys and pairs of one band, marks
constexpr uint64_t kProving = kOrdered + 4;           // leader
constexpr uint64_t kIdPlace = 4;                      // while results are written
constexpr uint64_t kKeepNumber = 8;

constexpr uint64_t kShortKey = 4 + 4;  // the key; its document, while it is grouped
constexpr uint64_t kRow =
    4 + 8 + 12 + 1;  // document, where its groups begin, the figures of a removal, a mark
constexpr uint64_t kSketch = 16;
constexpr uint64_t kOddSketch = 8;
constexpr uint64_t kGroup = 4 + 4 + 8;  // size, length and place of the list of its leaders
constexpr uint64_t kMember = 4;
constexpr uint64_t kPair = 12;
constexpr uint64_t kCopyClass = 24 + 4;

}  // namespace

uint64_t MemoryPlan::Fixed() const {
  // The last chunk of each column, and a buffer to read one.
  const uint64_t columns = 5 + static_cast<uint64_t>(limits_.bands);
  return kProcess + ForBitmaps() + static_cast<uint64_t>(limits_.threads) * kThread +
         columns * 2 * ColumnSpace::kChunkBytes;
}

absl::StatusOr<MemoryPlan> MemoryPlan::Create(const Limits& limits) {
  const MemoryPlan plan(limits);
  const uint64_t least = plan.Fixed() + kBlock + kLeastProof;
  if (limits.bytes >= least) return plan;
  return absl::InvalidArgumentError(
      absl::StrCat("--memory must be at least ", (least + kMegabyte - 1) / kMegabyte, "M with ",
                   limits.threads, " threads and ", limits.bands, " bands"));
}

absl::StatusOr<uint64_t> MemoryPlan::Beside(uint64_t tables, uint64_t least,
                                            uint64_t documents) const {
  if (limits_.bytes == UINT64_MAX) return UINT64_MAX;
  const uint64_t needed = Fixed() + tables + least;
  if (needed <= limits_.bytes) return limits_.bytes - Fixed() - tables;
  return absl::ResourceExhaustedError(
      absl::StrCat("--memory ", limits_.bytes / kMegabyte, "M is too little for the tables of ",
                   documents, " documents, which need ", (needed + kMegabyte - 1) / kMegabyte,
                   "M: raise it, or clean the corpus in parts"));
}

absl::StatusOr<uint64_t> MemoryPlan::ForColumns(uint64_t documents, uint64_t short_keys) const {
  const uint64_t each = kGrouping + (limits_.keep_numbers ? kKeepNumber : 0);
  return Beside(documents * each + short_keys * kShortKey, 0, documents);
}

uint64_t MemoryPlan::ForBitmaps() const {
  constexpr uint64_t kScarce = 2048 * kMegabyte;
  return limits_.bytes < kScarce ? 0 : 32 * kMegabyte;
}

absl::StatusOr<uint64_t> MemoryPlan::ForProof(uint64_t documents, const GroupCounts& shorts,
                                              const GroupCounts& bands) const {
  const uint64_t each = kProving + (limits_.keep_numbers ? kKeepNumber : 0);
  const auto lane = [](const GroupCounts& counts) {
    return counts.rows * kRow + counts.groups * kGroup +
           (counts.memberships + counts.listed) * kMember;
  };
  const uint64_t tables = kBlock + documents * each + lane(shorts) + shorts.rows * kOddSketch +
                          lane(bands) + bands.rows * kSketch;
  return Beside(tables, kLeastProof, documents);
}

absl::Status MemoryPlan::CheckPairs(uint64_t documents, uint64_t found, uint64_t expanded) const {
  const uint64_t each = kProving + kCopyClass + (limits_.keep_numbers ? kKeepNumber : 0);
  return Beside(documents * each + (found + expanded) * kPair, 0, documents).status();
}

uint64_t MemoryPlan::ForIds(uint64_t documents) const {
  return kBlock / 2 + documents * (kOrdered - kRead - kIdPlace);
}

}  // namespace refrain
