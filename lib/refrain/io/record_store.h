// Where each document's record stands, and its bytes again on demand. Text is never kept in memory.
//
// Memory: 8 bytes a document (a record's place, a text file's stamp), about 60 for each source of
//   records, and 16 for each stretch of lines between documents that are none (blank or rejected);
//   text files hold their path in the list of sources.
// Threads: Read, Locate and the walk are const and concurrent-safe; Add is not.
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

  using Visit = std::function<absl::Status(DocId, std::string_view)>;

  // Calls visit(doc, bytes) for some documents, which ascend; records that stand near to each other are read together.
  // Stops at the first error, its own or the visitor's. kRecordPadding readable bytes follow what is shown.
  absl::Status ReadEach(std::span<const DocId> docs, RecordBuffer* buffer,
                        const Visit& visit) const;

  // The documents of a source: a half-open range, since they are numbered in input order.
  struct Range {
    DocId begin, end;
  };
  Range DocumentsOf(uint32_t source) const;

  // Calls visit(doc, bytes) for each document of a record source, in order, reading it once from
  // end to end in large pieces; stops at the first error, its own or the visitor's. Bytes are
  // without the final \n.
  absl::Status Walk(uint32_t source, const Visit& visit) const;

 private:
  friend class RecordReader;
  struct Impl;
  explicit RecordStore(std::unique_ptr<Impl> impl);
  absl::Status ReadRecord(DocId doc, bool check, RecordBuffer* buffer) const;
  size_t RunLength(std::span<const DocId> docs) const;
  absl::Status ReadRun(std::span<const DocId> docs, RecordBuffer* buffer, const Visit& visit) const;
  std::unique_ptr<Impl> impl_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_RECORD_STORE_H_
