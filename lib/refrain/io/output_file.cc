#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/output_file_impl.h"

namespace refrain {
namespace {

constexpr size_t kBufferBytes = 1 << 18;

}  // namespace

absl::Status WriteError(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": cannot be written: ", strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EMFILE) {
    return absl::ResourceExhaustedError(message);
  }
  if (error == EACCES || error == EPERM || error == EROFS) {
    return absl::PermissionDeniedError(message);
  }
  return absl::UnavailableError(message);
}

absl::Status OutputFile::Impl::Fail(absl::Status error) {
  status = std::move(error);
  return status;
}

absl::Status OutputFile::Impl::WriteDirectly(std::string_view bytes) {
  const int error = WriteAll(file.fd(), bytes);
  return error == 0 ? absl::OkStatus() : Fail(WriteError(shown_path, error));
}

absl::Status OutputFile::Impl::Flush() {
  REFRAIN_RETURN_IF_ERROR(WriteDirectly(buffer));
  buffer.clear();
  return absl::OkStatus();
}

absl::Status OutputFile::Impl::Write(std::string_view bytes) {
  REFRAIN_RETURN_IF_ERROR(status);
  if (closed) return absl::FailedPreconditionError(absl::StrCat(shown_path, ": closed already"));
  if (buffer.capacity() < kBufferBytes) buffer.reserve(kBufferBytes);
  bytes_written += bytes.size();
  while (encoder != nullptr && !bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kBufferBytes);
    bytes.remove_prefix(piece.size());
    if (!encoder->Encode(piece, false, &buffer)) return Fail(WriteError(shown_path, ENOMEM));
    if (buffer.size() >= kBufferBytes / 2) REFRAIN_RETURN_IF_ERROR(Flush());
  }
  if (buffer.size() + bytes.size() > kBufferBytes) REFRAIN_RETURN_IF_ERROR(Flush());
  if (bytes.size() >= kBufferBytes) return WriteDirectly(bytes);
  buffer.append(bytes);
  return absl::OkStatus();
}

absl::Status OutputFile::Impl::Close() {
  REFRAIN_RETURN_IF_ERROR(status);
  if (closed) return absl::OkStatus();
  if (encoder != nullptr && !encoder->Encode({}, true, &buffer)) {
    return Fail(WriteError(shown_path, ENOMEM));
  }
  REFRAIN_RETURN_IF_ERROR(Flush());
  closed = true;
  buffer = std::string();
  encoder = nullptr;
  if (hidden_name.empty()) return absl::OkStatus();  // the descriptor is all there is of it
  const int fd = std::exchange(file, File()).Release();
  return close(fd) == 0 ? absl::OkStatus() : Fail(WriteError(shown_path, errno));
}

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::~OutputFile() = default;
absl::Status OutputFile::Write(std::string_view bytes) { return impl_->Write(bytes); }
absl::Status OutputFile::Close() { return impl_->Close(); }
uint64_t OutputFile::bytes_written() const { return impl_->bytes_written; }

}  // namespace refrain
