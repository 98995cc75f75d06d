// A file of the output folder while it has no name yet.
#ifndef REFRAIN_IO_OUTPUT_FILE_IMPL_H_
#define REFRAIN_IO_OUTPUT_FILE_IMPL_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "refrain/io/encoder.h"
#include "refrain/io/file.h"
#include "refrain/io/output_dir.h"

namespace refrain {

// "PATH: cannot be written: CAUSE", as ResourceExhausted, PermissionDenied or Unavailable.
absl::Status WriteError(const std::string& path, int error);

struct OutputFile::Impl {
  ~Impl();
  void Expect(uint64_t bytes);
  absl::Status Write(std::span<const std::string_view> parts);
  absl::Status Close();
  absl::Status Flush();
  absl::Status Append(std::string_view bytes);
  absl::Status Encode(std::string_view bytes);
  absl::Status WriteNow(std::span<const std::string_view> parts);
  absl::Status FinishPiece();
  absl::Status Fail(absl::Status status);

  std::string name;        // in the output folder
  std::string shown_path;  // for messages
  std::string
      hidden_name;  // in the output folder; empty: the file has no name, only its descriptor
  File file;
  std::unique_ptr<Encoder> encoder;  // null: none
  std::string buffer;                // waits to be written
  struct Piece;
  std::shared_ptr<Piece> piece;  // a full buffer on its way to the file, before `buffer`; or null
  std::string spare;             // the next buffer
  uint64_t bytes_written = 0;
  bool has_spare_room = false;  // behind the end of the file
  bool closed = false;
  absl::Status status;  // the first error stays
};

}  // namespace refrain

#endif  // REFRAIN_IO_OUTPUT_FILE_IMPL_H_
