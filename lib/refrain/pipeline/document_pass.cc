#include "refrain/pipeline/document_pass.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <atomic>
#include <bit>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/repeat_filter.h"
#include "refrain/proof/shingle_source.h"

namespace refrain {
namespace {

// How many hashes of a part of their range were there before.
absl::StatusOr<uint64_t> CountRepeats(const Column<uint64_t>& hashes, const RepeatFilter& filter,
                                      int part_bits, uint64_t part) {
  absl::flat_hash_set<uint64_t> seen;
  uint64_t repeats = 0;
  for (size_t i = 0; i < hashes.chunks(); ++i) {
    REFRAIN_RETURN_IF_ERROR(VisitChunk(hashes, i, [&](size_t, uint64_t hash) {
      if (hash >> (64 - part_bits) != part || !filter.Repeated(hash)) return;
      if (!seen.insert(hash).second) ++repeats;
    }));
  }
  return repeats;
}

// Part by part, so that only the distinct ones of a few parts are held.
absl::StatusOr<uint64_t> CountDuplicates(const Column<uint64_t>& hashes) {
  REFRAIN_ASSIGN_OR_RETURN(const RepeatFilter filter, FilterOf(hashes, std::identity()));
  const int part_bits =
      std::countr_zero(std::bit_ceil(8 * static_cast<unsigned>(HardwareThreads())));
  std::atomic<uint64_t> repeats{0};
  FirstError error;
  ParallelFor(0, size_t{1} << part_bits, 1, [&](size_t part, size_t) {
    const auto counted = CountRepeats(hashes, filter, part_bits, part);
    error.Update(counted.status());
    if (counted.ok()) repeats += *counted;
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return repeats.load();
}

}  // namespace

DocumentPass::DocumentPass(const std::vector<Source>& sources, const PassOptions& options,
                           const RejectSink& reject, const ProgressSink& progress,
                           const std::atomic<bool>* cancelled)
    : sources_(sources),
      options_(options),
      reject_(reject),
      progress_(progress),
      cancelled_(cancelled),
      id_hashes_(options.space) {}

DocumentPass::~DocumentPass() = default;

absl::Status DocumentPass::Run() {
  REFRAIN_ASSIGN_OR_RETURN(reader_, RecordReader::Open(sources_, options_.reader));
  RunPipeline(
      static_cast<size_t>(4 * options_.threads), [this] { return Produce(); },
      [this](Batch& batch) { Work(static_cast<DocumentBatch*>(&batch)); },
      [this](Batch& batch) { Append(static_cast<DocumentBatch*>(&batch)); });
  REFRAIN_RETURN_IF_ERROR(error_.status());
  REFRAIN_ASSIGN_OR_RETURN(counts_.duplicate_ids, CountDuplicates(id_hashes_));
  id_hashes_ = Column<uint64_t>();
  return absl::OkStatus();
}

std::unique_ptr<Batch> DocumentPass::Produce() {
  if (cancelled_ != nullptr && *cancelled_) error_.Update(absl::CancelledError("interrupted"));
  if (!error_.ok()) return nullptr;
  absl::StatusOr<std::unique_ptr<RecordBatch>> raw = reader_->Next();
  error_.Update(raw.status());
  if (!raw.ok() || *raw == nullptr) return nullptr;
  std::unique_ptr<DocumentBatch> batch = NewBatch();
  batch->raw = *std::move(raw);
  return batch;
}

void DocumentPass::Work(DocumentBatch* batch) {
  if (!error_.ok()) return;
  const absl::Status loaded = reader_->Load(batch->raw.get());
  error_.Update(loaded);
  if (!loaded.ok()) return;
  batch->outcomes.resize(batch->raw->records.size());
  Read(batch);
}

bool DocumentPass::Parse(const RawRecord& record, RecordParser* parser, RecordFields* fields,
                         DocumentBatch::Outcome* outcome) const {
  if (record.too_long) {
    outcome->reject_reason =
        absl::StrCat("longer than --max-record ", options_.reader.max_record, " bytes");
    return false;
  }
  const absl::Status parsed = ParseDocument(sources_[record.source], record.bytes, parser, fields);
  if (!parsed.ok()) {
    outcome->reject_reason = std::string(parsed.message());
    return false;
  }
  if (fields->has_id) outcome->id_hash = XXH3_64bits(fields->id.data(), fields->id.size()) | 1;
  return true;
}

void DocumentPass::Append(DocumentBatch* batch) {
  if (!error_.ok()) return;
  for (size_t i = 0; i < batch->outcomes.size(); ++i) {
    const RawRecord& record = batch->raw->records[i];
    const DocumentBatch::Outcome& outcome = batch->outcomes[i];
    counts_.record_bytes += record.bytes.size();
    if (!outcome.reject_reason.empty()) {
      ++counts_.rejected;
      error_.Update(reject_(record, outcome.reject_reason));
      continue;
    }
    if (outcome.id_hash != 0) error_.Update(id_hashes_.Append({&outcome.id_hash, 1}));
    AppendDocument(reader_->store().Add(record), i, batch);
  }
  error_.Update(AppendBatch(batch));
  counts_.records += batch->outcomes.size();
  counts_.source_bytes += batch->raw->source_bytes;
  counts_.broken_sequences += batch->broken_sequences;
  if (progress_) progress_(counts_);
}

}  // namespace refrain
