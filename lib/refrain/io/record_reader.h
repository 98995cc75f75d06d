// Reads sources into batches of raw records, and remembers where each record stands.
//
// A record is a line of a JSONL source (split on \n alone; a \r before it belongs to the record;
// blank lines are none; a BOM at the head of a file is not part of the first record) or a whole
// text file.
// Calls must match: (Next Load)* ; Next is called by one thread, in order; Load by any thread, once
//   a batch.
// Memory: one batch holds about `batch_bytes`, more only when one record is longer. Nothing else is
//   held.
// What cannot be read twice or by place (standard input, pipes, .gz and .zst records) is copied,
// decompressed, to one unlinked file in temp_dir, from which the RecordStore reads.
// Errors: Unavailable/DataLoss naming file and byte offset for a file that cannot be read or is
//   truncated; ResourceExhausted when temp_dir is full. A record longer than max_record is not an
//   error: it comes with `too_long` set and no bytes.
#ifndef REFRAIN_IO_RECORD_READER_H_
#define REFRAIN_IO_RECORD_READER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/source.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

struct RawRecord {
  std::string_view
      bytes;  // without the final \n; kRecordPadding (byte_buffer.h) readable bytes follow
  uint32_t source = 0;  // index in the list of sources
  uint64_t line = 0;    // from 1; 1 for a text file
  uint64_t offset = 0;  // byte offset in the decompressed source, BOM included
  bool too_long = false;
  uint64_t stamp = 0;  // text files: tells whether the file changes; for the store
};

struct RecordBatch : Batch {
  std::vector<RawRecord> records;
  ByteBuffer buffer;          // owns the bytes
  uint64_t source_bytes = 0;  // read for this batch, as stored (compressed)
  bool loaded = false;  // false: text files, still without bytes, too_long, stamp and source_bytes
};

struct ReaderOptions {
  uint64_t batch_bytes = uint64_t{1} << 20;
  uint64_t max_record = uint64_t{1} << 30;
  std::string temp_dir = "/tmp";
};

class RecordStore;

class RecordReader {
 public:
  // `sources` must outlive the reader and its store.
  static absl::StatusOr<std::unique_ptr<RecordReader>> Open(const std::vector<Source>& sources,
                                                            const ReaderOptions& options);
  ~RecordReader();

  // The next batch, in input order; null at the end.
  absl::StatusOr<std::unique_ptr<RecordBatch>> Next();

  // Reads the text files of a batch (a batch that is `loaded` is complete already).
  absl::Status Load(RecordBatch* batch) const;

  // Where documents are added while reading goes on: Add may run beside Next and Load; reading from
  // the store begins after TakeStore. Records that are too_long are never added.
  RecordStore& store();

  // Ends reading: the store over all documents added to it (see record_store.h).
  std::unique_ptr<RecordStore> TakeStore() &&;

 private:
  struct Impl;
  explicit RecordReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_RECORD_READER_H_
