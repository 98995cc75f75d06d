// Where each document's record stands, and its bytes again on demand. Text is never kept in memory.
//
// Memory: 8 bytes a document (a record's place, a text file's stamp), about 60 for each source of
//   records, and 16 for each stretch of lines between documents that are none (blank or rejected);
//   text files hold their path in the list of sources.
// Threads: everything const is concurrent-safe; Add is not.
// Errors: DataLoss naming the file when it has shrunk or changed since it was first read.
// Example:
//   REFRAIN_RETURN_IF_ERROR(store.Read(doc, &buffer));    // buffer.bytes is the record
//   const Location at = store.Locate(doc);                // source index, line
#ifndef REFRAIN_IO_RECORD_STORE_H_
#define REFRAIN_IO_RECORD_STORE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "refrain/base/doc_id.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/source.h"

namespace refrain {

struct Location {
  uint32_t source;
  uint64_t line;  // from 1
};

// Reused between reads. `bytes` is valid until the next read; kRecordPadding readable bytes follow
// it.
struct RecordBuffer {
  std::string storage;
  std::string_view bytes;
};

class RecordPiece;

class RecordStore {
 public:
  ~RecordStore();

  // Numbers a record as the next document. Calls are in input order.
  DocId Add(const RawRecord& record);

  size_t size() const;
  const std::vector<Source>& sources() const;
  Location Locate(DocId doc) const;
  absl::Status Read(DocId doc, RecordBuffer* buffer) const;

  // The same without a look at whether the file has changed, for many reads: what they bring counts only if
  // CheckUnchanged is called behind them and finds nothing.
  absl::Status ReadUnchecked(DocId doc, RecordBuffer* buffer) const;
  absl::Status CheckUnchanged() const;

  // The documents of a source: a half-open range, since they are numbered in input order.
  struct Range {
    DocId begin, end;
  };
  Range DocumentsOf(uint32_t source) const;

  // The head of a range that is good to read at once, for a pass from front to back: about 512 KiB, or one document.
  // REQUIRES: the range is not empty and in one source of records.
  Range FirstPiece(Range docs) const;

  // From the first document's record to the begin of the last one's, in bytes. REQUIRES: as above.
  uint64_t Extent(Range docs) const;

  // Reads documents with all that stands between them. REQUIRES: as above.
  absl::Status ReadPiece(Range docs, RecordPiece* piece) const;

  using Visit = std::function<absl::Status(DocId, std::string_view)>;

  // Calls visit(doc, bytes) for some documents of record sources, which ascend; what stands near to each other is read
  // together. Stops at the first error, its own or the visitor's. kRecordPadding readable bytes follow what is shown.
  absl::Status ReadEach(std::span<const DocId> docs, const Visit& visit) const;

 private:
  friend class RecordReader;
  struct Impl;
  explicit RecordStore(std::unique_ptr<Impl> impl);
  absl::Status ReadRecord(DocId doc, bool check, RecordBuffer* buffer) const;
  size_t RunLength(std::span<const DocId> docs) const;
  std::unique_ptr<Impl> impl_;
};

// Consecutive documents of a record source and their bytes. Where a line ends is known from where the next document
// begins; it is searched for only where lines that are no documents, or nothing at all, follow.
class RecordPiece {
 public:
  RecordStore::Range docs() const { return docs_; }

  // A document's record, without its line end. kRecordPadding readable bytes follow it.
  std::string_view Record(DocId doc) const;

  // Whether a document's line stands directly behind that of the document before it. REQUIRES: both are in the piece.
  bool Follows(DocId doc) const;

  // The lines of documents that follow each other, with their line ends; the last of a source may have none.
  std::string_view Lines(RecordStore::Range docs) const;

 private:
  friend class RecordStore;
  uint64_t LineEnd(DocId doc) const;

  RecordStore::Range docs_ = {};
  const uint64_t* places_ = nullptr;  // of all documents of the store
  std::vector<DocId> behind_skips_;   // those before which lines are skipped, ascending
  uint64_t end_ = 0;                  // where the last document's line ends
  ByteBuffer bytes_;                  // from the first document's place on
};

}  // namespace refrain

#endif  // REFRAIN_IO_RECORD_STORE_H_
