#include "refrain/io/spool.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {

absl::Status Spool::Make() {
  file_ = File(open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file_.open()) return absl::OkStatus();
  std::string name = folder_ + "/refrain-spool-XXXXXX";  // no O_TMPFILE on this file system
  file_ = File(mkostemp(name.data(), O_CLOEXEC));
  if (!file_.open()) {
    return absl::UnavailableError(
        absl::StrCat(folder_, ": no temporary file can be made: ", strerror(errno)));
  }
  unlink(name.c_str());
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> Spool::Append(std::string_view bytes) {
  REFRAIN_ASSIGN_OR_RETURN(const uint64_t position, Reserve(bytes.size()));
  REFRAIN_RETURN_IF_ERROR(Write(position, bytes));
  return position;
}

absl::StatusOr<uint64_t> Spool::Reserve(size_t size) {
  const std::lock_guard lock(mutex_);
  if (!file_.open()) REFRAIN_RETURN_IF_ERROR(Make());
  const uint64_t position = size_;
  size_ += size;
  return position;
}

uint64_t Spool::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

absl::Status Spool::Write(uint64_t position, std::string_view bytes) const {
  const int error = WriteAllAt(file_.fd(), position, bytes);
  if (error == 0) return absl::OkStatus();
  const std::string message = absl::StrCat(folder_, ": temporary file cannot be written at byte ",
                                           position, ": ", strerror(error));
  const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
  return full ? absl::ResourceExhaustedError(message) : absl::UnavailableError(message);
}

absl::Status Spool::Read(uint64_t position, char* out, size_t size) const {
  REFRAIN_ASSIGN_OR_RETURN(const size_t n, ReadAt(file_.fd(), position, out, size, folder_));
  return n == size ? absl::OkStatus() : ChangedError(folder_);
}

}  // namespace refrain
