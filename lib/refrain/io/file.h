// File descriptors with an owner, and reads and writes that finish what they begin (EINTR, short
// counts).
//
// Errors name the path and the cause. Threads: plain functions.
#ifndef REFRAIN_IO_FILE_H_
#define REFRAIN_IO_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refrain {

// Owns a descriptor; standard input is borrowed, never closed.
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  ~File() { Close(); }
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void Close();
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

// What tells that a file is still the one that was read.
struct FileState {
  uint64_t size = 0;
  int64_t mtime_ns = 0;
  bool regular = false;

  bool operator==(const FileState&) const = default;
};

FileState StateOf(const struct stat& st);

// Opens for reading; "-" is standard input. Unavailable if it cannot be opened or is a directory.
absl::StatusOr<File> OpenToRead(const std::string& path, FileState* state);

absl::StatusOr<FileState> StateOf(int fd, const std::string& path);

// Reads until `size` bytes or the end of the file.
absl::StatusOr<size_t> ReadAt(int fd, uint64_t offset, char* out, size_t size,
                              const std::string& path);

// One read of a stream: 0 at its end.
absl::StatusOr<size_t> ReadSome(int fd, char* out, size_t size, const std::string& path);

// Returns 0 or the errno of the write that failed.
int WriteAll(int fd, std::string_view bytes);
int WriteAll(int fd, std::span<const std::string_view> parts);  // one after the other
int WriteAllAt(int fd, uint64_t offset, std::string_view bytes);

absl::Status ReadError(const std::string& path, uint64_t offset, int error);
absl::Status ChangedError(const std::string& path);

}  // namespace refrain

#endif  // REFRAIN_IO_FILE_H_
