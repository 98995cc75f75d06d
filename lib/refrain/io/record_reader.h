// Reads sources into batches of raw records, and remembers where each record stands.
//
// A record is a line of a JSONL source (split on \n alone; a \r before it belongs to the record;
// blank lines are none; a BOM at the head of a file is not part of the first record) or a whole
// text file.
// Calls must match: (Next Load)* ; Next is called by one thread, in order; Load by any thread, once
//   a batch.
// Memory: one batch holds about `batch_bytes`, more only when one record is longer; of compressed records
//   twice that, and what is decompressed ahead: 4 MiB and 4 MiB a thread, and a decoder a thread.
// What cannot be read twice or by place (standard input, pipes, .gz and .zst records) is copied,
// decompressed, to one unlinked file in temp_dir, from which the RecordStore reads.
// Compressed records are decompressed by idle threads ahead of Next: several frames or files at one
//   time (io/read_ahead.h), on as many threads as are allowed when the reader is opened.
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

// Bytes that have their place in the spool and are still to be written there.
struct SpoolWrite {
  std::shared_ptr<const ByteBuffer> bytes;
  uint64_t position = 0;
};

struct RecordBatch : Batch {
  std::vector<RawRecord> records;
  ByteBuffer buffer;          // owns the bytes
  uint64_t source_bytes = 0;  // read for this batch, as stored (compressed)
  bool loaded = false;  // false: text files, still without bytes, too_long, stamp and source_bytes
  std::vector<SpoolWrite> to_spool;  // by Load
};

struct ReaderOptions {
  uint64_t batch_bytes = uint64_t{1} << 18;  // which the nearest large cache holds
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

  // Reads the text files of a batch (a batch that is `loaded` has its records already) and writes what the batch has
  // for the spool.
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
