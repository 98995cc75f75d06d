#include "refrain/pipeline/sketch_corpus.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/document_sketcher.h"

namespace refrain {
namespace {

// What was computed of the records of one batch, in their order.
struct SketchBatch : Batch {
  struct Row {
    uint32_t tokens;
    uint32_t shingles;
    TextHash text_hash;
    uint64_t id_hash;  // 0: no id
    double number;
    bool sketched;
    std::string reject_reason;  // empty: a document
  };
  std::unique_ptr<RecordBatch> raw;
  std::vector<Row> rows;
  std::vector<OneBitSketch> sketches;  // of the sketched rows
  std::vector<uint32_t> keys;
  uint64_t broken_sequences = 0;
};

struct Worker {
  Worker(const SketchOptions& options, const Tokenizer* tokenizer, const Shingler* shingler)
      : parser(options.document.fields), sketcher(options, tokenizer, shingler) {}
  RecordParser parser;
  DocumentSketcher sketcher;
};

class Front {
 public:
  Front(const std::vector<Source>& sources, const SketchOptions& options, const RejectSink& reject,
        const ProgressSink& progress, const std::atomic<bool>* cancelled)
      : sources_(sources),
        options_(options),
        reject_(reject),
        progress_(progress),
        cancelled_(cancelled),
        tokenizer_(options.document.normalize),
        shingler_(options.document.ngram, options.document.seed),
        workers_([this] { return std::make_unique<Worker>(options_, &tokenizer_, &shingler_); }) {}

  absl::StatusOr<SketchedCorpus> Run() {
    REFRAIN_ASSIGN_OR_RETURN(reader_, RecordReader::Open(sources_, options_.reader));
    store_ = &reader_->store();
    corpus_.table.bands = workers_.Borrow()->sketcher.bands();
    RunPipeline(
        static_cast<size_t>(4 * options_.threads), [this] { return Produce(); },
        [this](Batch& batch) { Work(static_cast<SketchBatch*>(&batch)); },
        [this](Batch& batch) { Append(static_cast<SketchBatch*>(&batch)); });
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
    auto batch = std::make_unique<SketchBatch>();
    batch->raw = *std::move(raw);
    return batch;
  }

  void Work(SketchBatch* batch) {
    if (!error_.ok()) return;
    const absl::Status loaded = reader_->Load(batch->raw.get());
    error_.Update(loaded);
    if (!loaded.ok()) return;
    const auto worker = workers_.Borrow();
    batch->rows.reserve(batch->raw->records.size());
    for (const RawRecord& record : batch->raw->records) SketchRecord(record, worker.get(), batch);
  }

  static bool CanBeListed(const Source& source) {
    return source.format != Format::kText || source.path.find('\n') == std::string::npos;
  }

  void SketchRecord(const RawRecord& record, Worker* worker, SketchBatch* batch) const {
    SketchBatch::Row& row = batch->rows.emplace_back();
    row.number = std::numeric_limits<double>::quiet_NaN();
    if (record.too_long) {
      row.reject_reason =
          absl::StrCat("longer than --max-record ", options_.reader.max_record, " bytes");
      return;
    }
    if (!CanBeListed(sources_[record.source])) {
      row.reject_reason =
          "the name of the file holds a line end, and kept.txt lists one path a line";
      return;
    }
    RecordFields fields;
    const absl::Status parsed =
        ParseDocument(sources_[record.source], record.bytes, &worker->parser, &fields);
    if (!parsed.ok()) {
      row.reject_reason = std::string(parsed.message());
      return;
    }
    const DocumentSketcher::Result result = worker->sketcher.Sketch(fields.text);
    if (result.tokens == 0 && options_.drop_empty) {
      row.reject_reason = "no tokens";
      return;
    }
    row.tokens = result.tokens;
    row.shingles = result.shingles;
    row.text_hash = result.text_hash;
    row.id_hash = fields.has_id ? XXH3_64bits(fields.id.data(), fields.id.size()) | 1 : 0;
    if (fields.number.has_value()) row.number = *fields.number;
    row.sketched = result.sketched;
    batch->broken_sequences += result.broken_sequences + fields.replaced;
    if (!result.sketched) return;
    batch->sketches.push_back(result.sketch);
    batch->keys.insert(batch->keys.end(), result.keys.begin(), result.keys.end());
  }

  void Append(SketchBatch* batch) {
    if (!error_.ok()) return;
    SketchTable& table = corpus_.table;
    size_t sketched = 0;
    for (size_t i = 0; i < batch->rows.size(); ++i) {
      const RawRecord& record = batch->raw->records[i];
      const SketchBatch::Row& row = batch->rows[i];
      corpus_.counts.record_bytes += record.bytes.size();
      if (!row.reject_reason.empty()) {
        ++corpus_.counts.rejected;
        error_.Update(reject_(record, row.reject_reason));
        continue;
      }
      const DocId doc = store_->Add(record);
      table.tokens.push_back(row.tokens);
      table.shingles.push_back(row.shingles);
      table.text_hashes.push_back(row.text_hash);
      if (row.id_hash != 0) id_hashes_.push_back(row.id_hash);
      if (!options_.document.fields.number.empty()) {
        table.keep_numbers.push_back(row.number);
        if (std::isnan(row.number)) ++corpus_.counts.without_number;
      }
      if (row.sketched) {
        table.sketched.push_back(doc);
        table.sketches.push_back(batch->sketches[sketched++]);
      }
    }
    table.keys.insert(table.keys.end(), batch->keys.begin(), batch->keys.end());
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
  const SketchOptions& options_;
  const RejectSink& reject_;
  const ProgressSink& progress_;
  const std::atomic<bool>* cancelled_;
  Tokenizer tokenizer_;
  Shingler shingler_;
  ScratchPool<Worker> workers_;
  std::unique_ptr<RecordReader> reader_;
  RecordStore* store_ = nullptr;
  FirstError error_;
  std::vector<uint64_t> id_hashes_;
  SketchedCorpus corpus_;
};

}  // namespace

absl::StatusOr<SketchedCorpus> SketchCorpus(const std::vector<Source>& sources,
                                            const SketchOptions& options, const RejectSink& reject,
                                            const ProgressSink& progress,
                                            const std::atomic<bool>* cancelled) {
  return Front(sources, options, reject, progress, cancelled).Run();
}

}  // namespace refrain
