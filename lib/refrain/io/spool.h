// One unlinked temporary file that takes the bytes of whatever cannot be read twice.
//
// Errors: ResourceExhausted naming the folder when it is full; Unavailable when no file can be made
//   there.
// Threads: all members are concurrent-safe. The file goes when the process does.
#ifndef REFRAIN_IO_SPOOL_H_
#define REFRAIN_IO_SPOOL_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/file.h"

namespace refrain {

class Spool {
 public:
  explicit Spool(std::string folder) : folder_(std::move(folder)) {}

  // Writes behind all that was set aside, and returns where.
  absl::StatusOr<uint64_t> Append(std::string_view bytes);

  // Sets aside the next `size` bytes of the file, which is made at the first call, and returns where they begin.
  absl::StatusOr<uint64_t> Reserve(size_t size);

  // Fills what Reserve set aside, at any time before it is read.
  absl::Status Write(uint64_t position, std::string_view bytes) const;

  // Exactly `size` bytes that were written.
  absl::Status Read(uint64_t position, char* out, size_t size) const;

  uint64_t size() const;  // set aside so far
  int fd() const { return file_.fd(); }
  const std::string& folder() const { return folder_; }

 private:
  absl::Status Make();

  std::string folder_;
  mutable std::mutex mutex_;  // of the rest; `file_` does not change any more once it is open
  File file_;
  uint64_t size_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_IO_SPOOL_H_
