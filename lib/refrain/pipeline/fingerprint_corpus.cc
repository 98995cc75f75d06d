#include "refrain/pipeline/fingerprint_corpus.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {
namespace {

// What was computed of the records of one batch, in their order.
struct FingerprintBatch : Batch {
  struct Row {
    uint32_t tokens = 0;
    uint64_t id_hash = 0;  // 0: no id
    std::string reject_reason;
    uint32_t anchors = 0;
    uint32_t windows = 0;
    uint32_t units = 0;
    bool marked = false;
  };
  std::unique_ptr<RecordBatch> raw;
  std::vector<Row> rows;
  std::vector<Anchor> anchors;
  std::vector<TextUnit> units;
  uint64_t broken_sequences = 0;
};

struct Worker {
  Worker(const FingerprintOptions& options, const Tokenizer* tokenizer)
      : text(options.text, tokenizer), winnower(options.shape) {}
  ReuseText text;
  Winnower winnower;
  TokenList tokens;
};

class FirstPass {
 public:
  FirstPass(const std::vector<Source>& sources, const FingerprintOptions& options,
            const RejectSink& reject, const ProgressSink& progress,
            const std::atomic<bool>* cancelled)
      : sources_(sources),
        options_(options),
        reject_(reject),
        progress_(progress),
        cancelled_(cancelled),
        tokenizer_(options.text.document.normalize),
        workers_([this] { return std::make_unique<Worker>(options_, &tokenizer_); }) {}

  absl::StatusOr<FingerprintedCorpus> Run() {
    REFRAIN_ASSIGN_OR_RETURN(reader_, RecordReader::Open(sources_, options_.reader));
    store_ = &reader_->store();
    RunPipeline(
        static_cast<size_t>(4 * options_.threads), [this] { return Produce(); },
        [this](Batch& batch) { Work(static_cast<FingerprintBatch*>(&batch)); },
        [this](Batch& batch) { Append(static_cast<FingerprintBatch*>(&batch)); });
    REFRAIN_RETURN_IF_ERROR(error_.status());
    corpus_.counts.duplicate_ids = CountDuplicates();
    corpus_.store = std::move(*reader_).TakeStore();
    return std::move(corpus_);
  }

 private:
  std::unique_ptr<Batch> Produce() {
    if (cancelled_ != nullptr && *cancelled_) error_.Update(absl::CancelledError("interrupted"));
    if (!error_.ok()) return nullptr;
    absl::StatusOr<std::unique_ptr<RecordBatch>> raw = reader_->Next();
    error_.Update(raw.status());
    if (!raw.ok() || *raw == nullptr) return nullptr;
    auto batch = std::make_unique<FingerprintBatch>();
    batch->raw = *std::move(raw);
    return batch;
  }

  void Work(FingerprintBatch* batch) {
    if (!error_.ok()) return;
    const absl::Status loaded = reader_->Load(batch->raw.get());
    error_.Update(loaded);
    if (!loaded.ok()) return;
    const auto worker = workers_.Borrow();
    for (const RawRecord& record : batch->raw->records) {
      ReadRecord(record, worker.get(), batch, &batch->rows.emplace_back());
    }
  }

  void ReadRecord(const RawRecord& record, Worker* worker, FingerprintBatch* batch,
                  FingerprintBatch::Row* row) const {
    if (record.too_long) {
      row->reject_reason =
          absl::StrCat("longer than --max-record ", options_.reader.max_record, " bytes");
      return;
    }
    RecordFields fields;
    const absl::Status parsed = worker->text.Parse(sources_[record.source], record.bytes, &fields);
    if (!parsed.ok()) {
      row->reject_reason = std::string(parsed.message());
      return;
    }
    const size_t units_before = batch->units.size();
    row->marked = worker->text.TokenizeUnits(sources_[record.source].format, fields.text,
                                             &worker->tokens, &batch->units);
    row->units = static_cast<uint32_t>(batch->units.size() - units_before);
    const std::vector<uint64_t>& ids = worker->tokens.ids;
    if (ids.size() >= UINT32_MAX) {
      row->reject_reason = "more than 4,294,967,294 tokens";
      batch->units.resize(units_before);
      return;
    }
    row->tokens = static_cast<uint32_t>(ids.size());
    row->id_hash = fields.has_id ? XXH3_64bits(fields.id.data(), fields.id.size()) | 1 : 0;
    batch->broken_sequences += worker->tokens.broken_sequences + fields.replaced;
    const size_t before = batch->anchors.size();
    worker->winnower.Select(ids, &batch->anchors);
    row->anchors = static_cast<uint32_t>(batch->anchors.size() - before);
    const uint32_t run = options_.shape.Run();
    row->windows = row->tokens >= run ? row->tokens - run + 1 : 0;
  }

  void Append(FingerprintBatch* batch) {
    if (!error_.ok()) return;
    AnchorBatch anchors;
    UnitTable& units = corpus_.units;
    for (size_t i = 0; i < batch->rows.size(); ++i) {
      const RawRecord& record = batch->raw->records[i];
      const FingerprintBatch::Row& row = batch->rows[i];
      corpus_.counts.record_bytes += record.bytes.size();
      if (!row.reject_reason.empty()) {
        ++corpus_.counts.rejected;
        error_.Update(reject_(record, row.reject_reason));
        continue;
      }
      const DocId doc = store_->Add(record);
      corpus_.tokens.push_back(row.tokens);
      corpus_.marked.push_back(row.marked);
      units.begins.push_back(units.begins.back() + row.units);
      if (row.id_hash != 0) id_hashes_.push_back(row.id_hash);
      if (row.anchors > 0) anchors.documents.push_back({doc, row.anchors, row.windows});
    }
    units.units.insert(units.units.end(), std::make_move_iterator(batch->units.begin()),
                       std::make_move_iterator(batch->units.end()));
    anchors.anchors = std::move(batch->anchors);
    anchors.anchors.shrink_to_fit();
    corpus_.anchors.Append(std::move(anchors));
    corpus_.counts.records += batch->rows.size();
    corpus_.counts.source_bytes += batch->raw->source_bytes;
    corpus_.counts.broken_sequences += batch->broken_sequences;
    if (progress_) progress_(corpus_.counts);
  }

  uint64_t CountDuplicates() {
    std::ranges::sort(id_hashes_);
    const auto unique = std::unique(id_hashes_.begin(), id_hashes_.end()) - id_hashes_.begin();
    const uint64_t duplicates = id_hashes_.size() - static_cast<uint64_t>(unique);
    id_hashes_ = {};
    return duplicates;
  }

  const std::vector<Source>& sources_;
  const FingerprintOptions& options_;
  const RejectSink& reject_;
  const ProgressSink& progress_;
  const std::atomic<bool>* cancelled_;
  Tokenizer tokenizer_;
  ScratchPool<Worker> workers_;
  std::unique_ptr<RecordReader> reader_;
  RecordStore* store_ = nullptr;
  FirstError error_;
  std::vector<uint64_t> id_hashes_;
  FingerprintedCorpus corpus_;
};

}  // namespace

absl::StatusOr<FingerprintedCorpus> FingerprintCorpus(const std::vector<Source>& sources,
                                                      const FingerprintOptions& options,
                                                      const RejectSink& reject,
                                                      const ProgressSink& progress,
                                                      const std::atomic<bool>* cancelled) {
  return FirstPass(sources, options, reject, progress, cancelled).Run();
}

}  // namespace refrain
