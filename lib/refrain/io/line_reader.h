// Cuts the record sources into batches of whole lines, one source after the other.
//
// Calls must match: (Begin (Open? Fill)* End)* ; see RecordReader::Next. One thread.
// A batch's buffer grows only while it has no record: a record's bytes never move once it is
// listed.
#ifndef REFRAIN_IO_LINE_READER_H_
#define REFRAIN_IO_LINE_READER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/byte_stream.h"
#include "refrain/io/file.h"
#include "refrain/io/read_ahead.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/source.h"
#include "refrain/io/source_files.h"

namespace refrain {

class LineReader {
 public:
  LineReader(const std::vector<Source>& sources, const ReaderOptions& options, SourceFiles* files)
      : sources_(sources),
        options_(options),
        files_(files),
        ahead_(sources, options.batch_bytes, &files->spool()) {}

  bool open() const { return open_; }
  bool full() const { return full_; }

  void Begin(RecordBatch* batch);
  absl::Status Open(uint32_t source);
  // Adds lines until the batch is full or the source ends (which closes it).
  absl::Status Fill();
  void End();

 private:
  absl::Status OpenInline();
  absl::Status ReadMore();
  absl::StatusOr<size_t> ReadInline(char* out, size_t size);
  uint64_t StoredBytes() const;
  void SplitLines();
  void MakeRoom();
  void EndLine(size_t end);
  void DropLongLine();
  absl::Status CloseSource();
  char* data() { return batch_->buffer.data(); }

  const std::vector<Source>& sources_;
  const ReaderOptions& options_;
  SourceFiles* files_;
  ReadAhead ahead_;

  // The open source: read ahead, or here (plain files, pipes).
  bool open_ = false;
  uint32_t source_ = 0;
  bool read_ahead_ = false;
  File file_;
  FileState state_;
  bool spooled_ = false;
  SpooledPieces pieces_;
  std::unique_ptr<ByteStream> stream_;
  uint64_t lines_ = 0;        // ended so far
  uint64_t line_offset_ = 0;  // of the line in progress
  bool skipping_ = false;     // the rest of a line that is too long

  // The batch in progress. [line_begin_, used_) is the line in progress, and after a full list of
  // records also whole lines behind it.
  RecordBatch* batch_ = nullptr;
  size_t used_ = 0;
  size_t line_begin_ = 0;
  size_t scanned_ = 0;  // no newline in [line_begin_, scanned_)
  bool full_ = false;
  size_t records_before_ = 0;  // of the last batch: a guess for this one
  ByteBuffer tail_;            // what the last batch left over
};

}  // namespace refrain

#endif  // REFRAIN_IO_LINE_READER_H_
