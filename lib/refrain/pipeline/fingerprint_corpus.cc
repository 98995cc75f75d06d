#include "refrain/pipeline/fingerprint_corpus.h"

#include <iterator>
#include <string>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {
namespace {

// What was computed of the records of one batch, in their order.
struct FingerprintBatch : DocumentBatch {
  struct Row {
    uint32_t tokens = 0;
    uint32_t anchors = 0;
    uint32_t windows = 0;
    uint32_t units = 0;
    bool marked = false;
  };
  std::vector<Row> rows;
  std::vector<TextUnit> units;
  AnchorBatch anchors;
};

struct Worker {
  Worker(const FingerprintOptions& options, const Tokenizer* tokenizer)
      : text(options.text, tokenizer), winnower(options.shape) {}
  ReuseText text;
  Winnower winnower;
  TokenList tokens;
};

class FingerprintPass : public DocumentPass {
 public:
  FingerprintPass(const std::vector<Source>& sources, const FingerprintOptions& options,
                  const RejectSink& reject, const ProgressSink& progress,
                  const std::atomic<bool>* cancelled)
      : DocumentPass(sources, {options.reader, options.threads, nullptr}, reject, progress,
                     cancelled),
        options_(options),
        tokenizer_(options.text.document.normalize),
        workers_([this] { return std::make_unique<Worker>(options_, &tokenizer_); }) {}

  absl::StatusOr<FingerprintedCorpus> Fingerprint() {
    REFRAIN_RETURN_IF_ERROR(Run());
    corpus_.store = TakeStore();
    corpus_.counts = counts();
    return std::move(corpus_);
  }

 private:
  std::unique_ptr<DocumentBatch> NewBatch() const override {
    return std::make_unique<FingerprintBatch>();
  }

  void Read(DocumentBatch* document_batch) override {
    auto* const batch = static_cast<FingerprintBatch*>(document_batch);
    const auto worker = workers_.Borrow();
    batch->rows.resize(batch->raw->records.size());
    for (size_t i = 0; i < batch->rows.size(); ++i) ReadRecord(i, worker.get(), batch);
  }

  void ReadRecord(size_t i, Worker* worker, FingerprintBatch* batch) const {
    const RawRecord& record = batch->raw->records[i];
    FingerprintBatch::Outcome* const outcome = &batch->outcomes[i];
    RecordFields fields;
    if (!Parse(record, worker->text.parser(), &fields, outcome)) return;
    ReadText(sources()[record.source].format, fields, worker, batch, outcome, &batch->rows[i]);
  }

  void ReadText(Format format, const RecordFields& fields, Worker* worker, FingerprintBatch* batch,
                FingerprintBatch::Outcome* outcome, FingerprintBatch::Row* row) const {
    const size_t units_before = batch->units.size();
    row->marked = worker->text.TokenizeUnits(format, fields.text, &worker->tokens, &batch->units);
    const std::span<const uint64_t> ids = worker->tokens.ids;
    if (ids.size() >= UINT32_MAX) {
      outcome->reject_reason = "more than 4,294,967,294 tokens";
      batch->units.resize(units_before);
      return;
    }
    row->units = static_cast<uint32_t>(batch->units.size() - units_before);
    row->tokens = static_cast<uint32_t>(ids.size());
    batch->broken_sequences += worker->tokens.broken_sequences + fields.replaced;
    const size_t anchors_before = batch->anchors.anchors.size();
    worker->winnower.Select(ids, &batch->anchors.anchors);
    row->anchors = static_cast<uint32_t>(batch->anchors.anchors.size() - anchors_before);
    const uint32_t run = options_.shape.Run();
    row->windows = row->tokens >= run ? row->tokens - run + 1 : 0;
  }

  void AppendDocument(DocId doc, size_t i, DocumentBatch* document_batch) override {
    auto* const batch = static_cast<FingerprintBatch*>(document_batch);
    const FingerprintBatch::Row& row = batch->rows[i];
    corpus_.tokens.push_back(row.tokens);
    corpus_.marked.push_back(row.marked);
    corpus_.units.begins.push_back(corpus_.units.begins.back() + row.units);
    if (row.anchors > 0) batch->anchors.documents.push_back({doc, row.anchors, row.windows});
  }

  absl::Status AppendBatch(DocumentBatch* document_batch) override {
    auto* const batch = static_cast<FingerprintBatch*>(document_batch);
    corpus_.units.units.insert(corpus_.units.units.end(),
                               std::make_move_iterator(batch->units.begin()),
                               std::make_move_iterator(batch->units.end()));
    batch->anchors.anchors.shrink_to_fit();
    corpus_.anchors.Append(std::move(batch->anchors));
    return absl::OkStatus();
  }

  const FingerprintOptions& options_;
  Tokenizer tokenizer_;
  ScratchPool<Worker> workers_;
  FingerprintedCorpus corpus_;
};

}  // namespace

absl::StatusOr<FingerprintedCorpus> FingerprintCorpus(const std::vector<Source>& sources,
                                                      const FingerprintOptions& options,
                                                      const RejectSink& reject,
                                                      const ProgressSink& progress,
                                                      const std::atomic<bool>* cancelled) {
  return FingerprintPass(sources, options, reject, progress, cancelled).Fingerprint();
}

}  // namespace refrain
