// Reads one whole text file, decompressed, behind the bytes that a buffer holds already.
//
// Errors: as ByteStream; DataLoss when the file changes meanwhile. Threads: plain functions.
#ifndef REFRAIN_IO_TEXT_FILE_H_
#define REFRAIN_IO_TEXT_FILE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/byte_stream.h"
#include "refrain/io/source.h"

namespace refrain {

struct TextFileRead {
  bool too_long = false;  // nothing was appended then
  uint64_t stamp = 0;     // changes when the file's size or time does
  uint64_t stored_bytes = 0;
};

absl::StatusOr<TextFileRead> AppendTextFile(const Source& source, uint64_t max_bytes,
                                            ByteBuffer* out);

// Appends a stream to its end, or until more than max_bytes came: then false, and nothing is
// appended.
absl::StatusOr<bool> AppendStream(ByteStream* stream, uint64_t max_bytes, uint64_t expected_bytes,
                                  ByteBuffer* out);

}  // namespace refrain

#endif  // REFRAIN_IO_TEXT_FILE_H_
