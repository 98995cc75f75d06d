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

absl::Status Spool::Append(std::string_view bytes) {
  if (!file_.open()) REFRAIN_RETURN_IF_ERROR(Make());
  if (const int error = WriteAll(file_.fd(), bytes); error != 0) {
    const std::string message = absl::StrCat(folder_, ": temporary file cannot be written after ",
                                             size_, " bytes: ", strerror(error));
    const bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return full ? absl::ResourceExhaustedError(message) : absl::UnavailableError(message);
  }
  size_ += bytes.size();
  return absl::OkStatus();
}

}  // namespace refrain
