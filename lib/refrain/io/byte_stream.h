// The decompressed bytes of a source, front to back: plain, gzip (all members) or zstd (all
// frames).
//
// Errors: DataLoss naming the path and the byte offset in the file as stored, for a file that is
//   truncated or corrupt; Unavailable when reading fails. Memory: 64 KiB and the decoder's window
//   (zstd: at most 128 MiB).
// Threads: one thread a stream. Cost: plain files are read straight into the caller's buffer.
#ifndef REFRAIN_IO_BYTE_STREAM_H_
#define REFRAIN_IO_BYTE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "refrain/io/source.h"

namespace refrain {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Up to `size` bytes, 0 only at the end. REQUIRES: size > 0.
  virtual absl::StatusOr<size_t> Read(char* out, size_t size) = 0;

  // Bytes taken from the file so far, as stored.
  virtual uint64_t stored_bytes() const = 0;
};

// `fd` must stay open while the stream lives; reading begins where it stands. `path` is for
// messages.
std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path,
                                           Compression compression);

}  // namespace refrain

#endif  // REFRAIN_IO_BYTE_STREAM_H_
