// Decompresses the record sources of a run, in order and ahead of who reads them: several frames or files at one time.
//
// A source is cut into stretches (StoredRange) whose ends are known: whole zstd frames and BGZF blocks of half a MiB or
// more; any other file is one stretch. A stretch is decompressed front to back in chunks, by one thread at a time;
// idle threads take stretches in input order, and who reads takes the next chunk or, if there is none, makes it.
// Output: the bytes of each source in order, whatever the threads do; an error comes where its bytes would.
// Spool: each chunk has its place in the spool file. The reader's batch takes it along, and the parallel stage writes
//   it (RecordReader::Load).
// Memory: at most 4 chunks a thread, the same again for the stretch that is being read, and a decoder a
//   thread. What is decompressed further ahead, while that stretch is slower than its reader, is written to the spool
//   at once and read back: at most 512 MiB a thread.
// Open files: about one a thread. Threads: all members by one thread; works with ThreadsAllowed() as of the constructor.
#ifndef REFRAIN_IO_READ_AHEAD_H_
#define REFRAIN_IO_READ_AHEAD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/source.h"
#include "refrain/io/source_files.h"
#include "refrain/io/spool.h"

namespace refrain {

class ReadAhead {
 public:
  // Chunks are of `chunk_bytes`, at most 1 MiB. All must outlive this.
  ReadAhead(const std::vector<Source>& sources, uint64_t chunk_bytes, Spool* spool);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  // Goes on to a source behind the last one. False if it is not a compressed regular file of records: then it is for
  // the caller to read.
  bool Open(uint32_t source);

  // Up to `size` bytes of the open source, 0 only at its end. Chunks still to be written go to *to_spool.
  absl::StatusOr<size_t> Read(char* out, size_t size, std::vector<SpoolWrite>* to_spool);

  // Of the open source: bytes taken from the file so far, as stored; and where its bytes are in the spool.
  uint64_t stored_bytes() const;
  const SpooledPieces& pieces() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;  // shared with what idle threads were offered
};

}  // namespace refrain

#endif  // REFRAIN_IO_READ_AHEAD_H_
