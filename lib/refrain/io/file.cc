#include "refrain/io/file.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"

namespace refrain {
namespace {

// The first part of which something is left, when bytes have been written from the part at `at` on.
size_t SkipWritten(size_t bytes, size_t at, std::vector<iovec>* parts) {
  for (; at < parts->size() && bytes >= (*parts)[at].iov_len; ++at) bytes -= (*parts)[at].iov_len;
  if (bytes == 0) return at;
  iovec& part = (*parts)[at];
  part = {static_cast<char*>(part.iov_base) + bytes, part.iov_len - bytes};
  return at;
}

}  // namespace

void File::Close() {
  if (fd_ > STDIN_FILENO) close(fd_);
  fd_ = -1;
}

FileState StateOf(const struct stat& st) {
  return {.size = static_cast<uint64_t>(st.st_size),
          .mtime_ns = int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec,
          .regular = S_ISREG(st.st_mode)};
}

absl::StatusOr<FileState> StateOf(int fd, const std::string& path) {
  struct stat st;
  if (fstat(fd, &st) != 0) return ReadError(path, 0, errno);
  if (S_ISDIR(st.st_mode)) return ReadError(path, 0, EISDIR);
  return StateOf(st);
}

absl::StatusOr<File> OpenToRead(const std::string& path, FileState* state) {
  if (path == "-") {
    *state = {};
    return File(STDIN_FILENO);
  }
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) {
    return absl::UnavailableError(absl::StrCat(path, ": cannot be opened: ", strerror(errno)));
  }
  absl::StatusOr<FileState> found = StateOf(file.fd(), path);
  if (!found.ok()) return found.status();
  *state = *found;
  return file;
}

absl::StatusOr<size_t> ReadAt(int fd, uint64_t offset, char* out, size_t size,
                              const std::string& path) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = pread(fd, out + done, size - done, static_cast<off_t>(offset + done));
    if (n == 0) break;
    if (n > 0) done += static_cast<size_t>(n);
    if (n < 0 && errno != EINTR) return ReadError(path, offset + done, errno);
  }
  return done;
}

absl::StatusOr<size_t> ReadSome(int fd, char* out, size_t size, const std::string& path) {
  while (true) {
    const ssize_t n = read(fd, out, size);
    if (n >= 0) return static_cast<size_t>(n);
    if (errno != EINTR) return absl::UnavailableError(absl::StrCat(path, ": ", strerror(errno)));
  }
}

int WriteAll(int fd, std::string_view bytes) { return WriteAll(fd, std::span(&bytes, 1)); }

int WriteAll(int fd, std::span<const std::string_view> parts) {
  std::vector<iovec> left;
  left.reserve(parts.size());
  for (const std::string_view part : parts) {
    if (!part.empty()) left.push_back({const_cast<char*>(part.data()), part.size()});
  }
  for (size_t at = 0; at < left.size();) {
    const int count = static_cast<int>(std::min<size_t>(left.size() - at, IOV_MAX));
    const ssize_t n = writev(fd, &left[at], count);
    if (n > 0) at = SkipWritten(static_cast<size_t>(n), at, &left);
    if (n == 0) return ENOSPC;
    if (n < 0 && errno != EINTR) return errno;
  }
  return 0;
}

int WriteAllAt(int fd, uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n > 0) {
      bytes.remove_prefix(static_cast<size_t>(n));
      offset += static_cast<uint64_t>(n);
    }
    if (n == 0) return ENOSPC;
    if (n < 0 && errno != EINTR) return errno;
  }
  return 0;
}

absl::Status ReadError(const std::string& path, uint64_t offset, int error) {
  return absl::UnavailableError(
      absl::StrCat(path, ": cannot be read at byte ", offset, ": ", strerror(error)));
}

absl::Status ChangedError(const std::string& path) {
  return absl::DataLossError(absl::StrCat(path, ": changed while it was read"));
}

}  // namespace refrain
