// The decompressed bytes of a source, front to back: plain, gzip (all members) or zstd (all
// frames).
//
// Errors: DataLoss naming the path and the byte offset in the file as stored, for a file that is
//   truncated or corrupt; Unavailable when reading fails. Memory: 64 KiB and the decoder's window
//   (zstd: at most 128 MiB); gzip: up to 6 MiB while members are small.
// Threads: one thread a stream. Cost: plain files are read straight into the caller's buffer; gzip
//   members of up to 2 MiB as stored and 4 MiB decompressed are decoded as a whole, two to three
//   times as fast as longer ones.
#ifndef REFRAIN_IO_BYTE_STREAM_H_
#define REFRAIN_IO_BYTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "refrain/io/source.h"

namespace refrain {

inline constexpr uint64_t kToTheEnd = UINT64_MAX;

// Stored bytes of a file that begin with a frame or member (or with what follows the last one).
struct StoredRange {
  uint64_t begin = 0;
  uint64_t end = kToTheEnd;  // where a frame or member ends, it is believed
};

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Up to `size` bytes, 0 only at the end. REQUIRES: size > 0.
  virtual absl::StatusOr<size_t> Read(char* out, size_t size) = 0;

  // Bytes taken from the file so far, as stored.
  virtual uint64_t stored_bytes() const = 0;

  // Whether no frame or member ended where the range does: the stream has then gone on to the end of the file.
  virtual bool overran() const { return false; }
};

// `fd` must stay open while the stream lives; reading begins where it stands. `path` is for
// messages.
std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path,
                                           Compression compression);

// A stretch of a regular file, by place, so that several streams can share `fd`. REQUIRES: a compression.
std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path, Compression compression,
                                           const StoredRange& range);

}  // namespace refrain

#endif  // REFRAIN_IO_BYTE_STREAM_H_
