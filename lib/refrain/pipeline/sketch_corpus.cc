#include "refrain/pipeline/sketch_corpus.h"

#include <cmath>
#include <limits>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/document_sketcher.h"

namespace refrain {
namespace {

// What was computed of the records of one batch, in their order.
struct SketchBatch : DocumentBatch {
  struct Row {
    uint32_t tokens = 0;
    uint32_t shingles = 0;
    TextHash text_hash;
    double number = std::numeric_limits<double>::quiet_NaN();
  };
  std::vector<Row> rows;
  std::vector<OneBitSketch> sketches;  // of the sketched rows
  std::vector<uint32_t> keys;
  std::vector<uint32_t> short_keys;  // of all rows
  std::vector<OddSketch> odd_sketches;
  std::vector<uint64_t> bitmaps;  // of the sketched rows

  std::vector<TextHash> text_hashes;  // of its documents
};

struct Worker {
  Worker(const SketchOptions& options, const Tokenizer* tokenizer, const Shingler* shingler)
      : parser(options.document.fields), sketcher(options, tokenizer, shingler) {}
  RecordParser parser;
  DocumentSketcher sketcher;
};

class SketchPass : public DocumentPass {
 public:
  SketchPass(const std::vector<Source>& sources, const SketchOptions& options,
             const RejectSink& reject, const ProgressSink& progress,
             const std::atomic<bool>* cancelled, std::shared_ptr<ColumnSpace> space)
      : DocumentPass(sources, {options.reader, options.threads, space}, reject, progress,
                     cancelled),
        options_(options),
        space_(std::move(space)),
        tokenizer_(options.document.normalize),
        shingler_(options.document.ngram, options.document.seed),
        workers_([this] { return std::make_unique<Worker>(options_, &tokenizer_, &shingler_); }) {}

  absl::StatusOr<SketchedCorpus> Sketch() {
    table_ = SketchTable(workers_.Borrow()->sketcher.bands(), space_);
    table_.bitmaps = BitmapColumn(
        std::make_shared<ColumnSpace>(options_.reader.temp_dir, options_.memory.ForBitmaps()));
    REFRAIN_RETURN_IF_ERROR(Run());
    return SketchedCorpus{std::move(table_), std::move(space_), TakeStore(), counts()};
  }

 private:
  std::unique_ptr<DocumentBatch> NewBatch() const override {
    return std::make_unique<SketchBatch>();
  }

  void Read(DocumentBatch* document_batch) override {
    auto* const batch = static_cast<SketchBatch*>(document_batch);
    const auto worker = workers_.Borrow();
    batch->rows.resize(batch->raw->records.size());
    for (size_t i = 0; i < batch->rows.size(); ++i) ReadRecord(i, worker.get(), batch);
  }

  static bool CanBeListed(const Source& source) {
    return source.format != Format::kText || source.path.find('\n') == std::string::npos;
  }

  void ReadRecord(size_t i, Worker* worker, SketchBatch* batch) const {
    const RawRecord& record = batch->raw->records[i];
    SketchBatch::Outcome* const outcome = &batch->outcomes[i];
    RecordFields fields;
    if (!Parse(record, &worker->parser, &fields, outcome)) return;
    if (!CanBeListed(sources()[record.source])) {
      outcome->reject_reason =
          "the name of the file holds a line end, and kept.txt lists one path a line";
      return;
    }
    SketchText(fields, worker, batch, outcome, &batch->rows[i]);
  }

  void SketchText(const RecordFields& fields, Worker* worker, SketchBatch* batch,
                  SketchBatch::Outcome* outcome, SketchBatch::Row* row) const {
    const DocumentSketcher::Result result = worker->sketcher.Sketch(fields.text);
    if (result.tokens == 0 && options_.drop_empty) {
      outcome->reject_reason = "no tokens";
      return;
    }
    row->tokens = result.tokens;
    row->shingles = result.shingles;
    row->text_hash = result.text_hash;
    if (fields.number.has_value()) row->number = *fields.number;
    batch->broken_sequences += result.broken_sequences + fields.replaced;
    batch->short_keys.insert(batch->short_keys.end(), result.short_keys.begin(),
                             result.short_keys.end());
    if (!result.short_keys.empty()) batch->odd_sketches.push_back(result.odd_sketch);
    if (!result.sketched) return;
    batch->sketches.push_back(result.sketch);
    batch->bitmaps.insert(batch->bitmaps.end(), result.bitmap.begin(), result.bitmap.end());
    batch->keys.insert(batch->keys.end(), result.keys.begin(), result.keys.end());
  }

  void AppendDocument(DocId /*doc*/, size_t i, DocumentBatch* document_batch) override {
    auto* const batch = static_cast<SketchBatch*>(document_batch);
    const SketchBatch::Row& row = batch->rows[i];
    table_.tokens.push_back(row.tokens);
    table_.shingles.push_back(row.shingles);
    table_.bitmaps.AddDocument(row.shingles);
    batch->text_hashes.push_back(row.text_hash);
    if (!options_.document.fields.number.empty()) {
      table_.keep_numbers.push_back(row.number);
      if (std::isnan(row.number)) ++counts().without_number;
    }
  }

  absl::Status AppendBatch(DocumentBatch* document_batch) override {
    const auto& batch = *static_cast<SketchBatch*>(document_batch);
    REFRAIN_ASSIGN_OR_RETURN(const uint64_t limit,
                             options_.memory.ForColumns(table_.size(), table_.short_keys.size()));
    space_->set_limit(limit);
    REFRAIN_RETURN_IF_ERROR(table_.text_hashes.Append(batch.text_hashes));
    REFRAIN_RETURN_IF_ERROR(table_.sketches.Append(batch.sketches));
    std::vector<uint32_t> band_keys(batch.sketches.size());
    for (size_t band = 0; band < table_.keys.size(); ++band) {
      for (size_t i = 0; i < band_keys.size(); ++i) {
        band_keys[i] = batch.keys[i * table_.keys.size() + band];
      }
      REFRAIN_RETURN_IF_ERROR(table_.keys[band].Append(band_keys));
    }
    table_.bitmaps.Append(batch.bitmaps);
    REFRAIN_RETURN_IF_ERROR(table_.odd_sketches.Append(batch.odd_sketches));
    return table_.short_keys.Append(batch.short_keys);
  }

  const SketchOptions& options_;
  std::shared_ptr<ColumnSpace> space_;
  Tokenizer tokenizer_;
  Shingler shingler_;
  ScratchPool<Worker> workers_;
  SketchTable table_;
};

}  // namespace

absl::StatusOr<SketchedCorpus> SketchCorpus(const std::vector<Source>& sources,
                                            const SketchOptions& options, const RejectSink& reject,
                                            const ProgressSink& progress,
                                            const std::atomic<bool>* cancelled) {
  auto space = std::make_shared<ColumnSpace>(options.reader.temp_dir);
  return SketchPass(sources, options, reject, progress, cancelled, std::move(space)).Sketch();
}

}  // namespace refrain
