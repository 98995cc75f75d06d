// One pass over the sources, as both lanes make it: batches are read in order, their records worked on by all threads,
// and what was made of them appended in input order.
//
// A lane derives from DocumentPass: it says what a batch holds (a DocumentBatch of its own), what is made of a record
// (on any thread) and how that is appended (one thread, in order). Reading, rejecting, counting, progress and
// cancelling are the same for all.
// Output: where each document's record stands, and counts. Memory: a few batches, and 8 bytes for each id, which may be
//   spilled.
// Errors: those of the reader; Cancelled when *cancelled becomes true; what `reject` returns. A bad record is no error:
//   it is given to `reject`, in input order, and is no document.
// Determinism: documents are numbered in input order, for any thread count and batch size.
#ifndef REFRAIN_PIPELINE_DOCUMENT_PASS_H_
#define REFRAIN_PIPELINE_DOCUMENT_PASS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/doc_id.h"
#include "refrain/base/first_error.h"
#include "refrain/io/column.h"
#include "refrain/io/json_record.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

struct ReadCounts {
  uint64_t records = 0;
  uint64_t rejected = 0;
  uint64_t source_bytes = 0;      // as stored
  uint64_t record_bytes = 0;      // decompressed
  uint64_t duplicate_ids = 0;     // documents whose id an earlier one has
  uint64_t broken_sequences = 0;  // read as U+FFFD
  uint64_t without_number = 0;    // documents without the field of --keep max: or min:
};

using RejectSink = std::function<absl::Status(const RawRecord& record, std::string_view reason)>;
using ProgressSink = std::function<void(const ReadCounts& so_far)>;

struct DocumentBatch : Batch {
  struct Outcome {
    uint64_t id_hash = 0;       // 0: no id
    std::string reject_reason;  // empty: a document
  };
  std::unique_ptr<RecordBatch> raw;
  std::vector<Outcome> outcomes;  // of the records
  uint64_t broken_sequences = 0;
};

struct PassOptions {
  ReaderOptions reader;
  int threads = 1;
  std::shared_ptr<ColumnSpace> space;  // of the ids; none: they stay in memory
};

class DocumentPass {
 public:
  // All must outlive the pass; `sources` its store too.
  DocumentPass(const std::vector<Source>& sources, const PassOptions& options,
               const RejectSink& reject, const ProgressSink& progress,
               const std::atomic<bool>* cancelled);
  virtual ~DocumentPass();

 protected:
  absl::Status Run();

  // What the pass leaves, after Run.
  std::unique_ptr<RecordStore> TakeStore() { return std::move(*reader_).TakeStore(); }
  ReadCounts& counts() { return counts_; }
  const std::vector<Source>& sources() const { return sources_; }

  virtual std::unique_ptr<DocumentBatch> NewBatch() const = 0;

  // Reads the records of the batch, on any thread: calls Parse for each, and rejects what the lane cannot take.
  virtual void Read(DocumentBatch* batch) = 0;
  // The fields of a record; false if it is rejected, with the reason in the outcome.
  bool Parse(const RawRecord& record, RecordParser* parser, RecordFields* fields,
             DocumentBatch::Outcome* outcome) const;

  // Takes the i-th record of the batch, now a document; then the batch as a whole. One thread, in order.
  virtual void AppendDocument(DocId doc, size_t i, DocumentBatch* batch) = 0;
  virtual absl::Status AppendBatch(DocumentBatch* batch) = 0;

 private:
  std::unique_ptr<Batch> Produce();
  void Work(DocumentBatch* batch);
  void Append(DocumentBatch* batch);

  const std::vector<Source>& sources_;
  const PassOptions options_;
  const RejectSink& reject_;
  const ProgressSink& progress_;
  const std::atomic<bool>* cancelled_;
  std::unique_ptr<RecordReader> reader_;
  FirstError error_;
  Column<uint64_t> id_hashes_;
  ReadCounts counts_;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_DOCUMENT_PASS_H_
