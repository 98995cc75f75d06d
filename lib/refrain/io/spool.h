// One unlinked temporary file that takes the bytes of whatever cannot be read twice.
//
// Errors: ResourceExhausted naming the folder when it is full; Unavailable when no file can be made
//   there.
// Threads: Append by one thread; the descriptor may be pread by any. The file goes when the process
//   does.
#ifndef REFRAIN_IO_SPOOL_H_
#define REFRAIN_IO_SPOOL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "refrain/io/file.h"

namespace refrain {

class Spool {
 public:
  explicit Spool(std::string folder) : folder_(std::move(folder)) {}

  // Makes the file at the first call.
  absl::Status Append(std::string_view bytes);

  uint64_t size() const { return size_; }
  int fd() const { return file_.fd(); }
  const std::string& folder() const { return folder_; }

 private:
  absl::Status Make();

  std::string folder_;
  File file_;
  uint64_t size_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_IO_SPOOL_H_
