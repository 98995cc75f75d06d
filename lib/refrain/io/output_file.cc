#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/output_file_impl.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kBufferBytes = 1 << 18;
constexpr uint64_t kLeastExpected = 1 << 22;  // that is worth three more calls of the system

// Whether to set room aside is worth it and harmless: on ext4 each page that is written needs no search for room then;
// others are as fast without, or would keep files uncompressed that they might compress.
bool MaySetAside(int fd, uint64_t bytes) {
  struct statfs fs;
  return bytes >= kLeastExpected && fstatfs(fd, &fs) == 0 && fs.f_type == EXT4_SUPER_MAGIC &&
         bytes / static_cast<uint64_t>(fs.f_bsize) <= fs.f_bavail / 2;
}

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

// Written by another thread, if one has nothing else to do, while this one fills the next.
struct OutputFile::Impl::Piece : SharedTask {
  void Do() override { error = WriteAll(fd, bytes); }

  int fd;
  std::string bytes;
  int error = 0;
};

// A thread that writes must not find the descriptor closed, or another file's.
OutputFile::Impl::~Impl() {
  if (piece != nullptr) piece->Finish();
}

absl::Status OutputFile::Impl::FinishPiece() {
  if (piece == nullptr) return absl::OkStatus();
  piece->Finish();
  const std::shared_ptr<Piece> done = std::exchange(piece, nullptr);
  spare = std::move(done->bytes);
  spare.clear();
  return done->error == 0 ? absl::OkStatus() : Fail(WriteError(shown_path, done->error));
}

// With what waits in the buffer, which comes before it.
absl::Status OutputFile::Impl::WriteNow(std::span<const std::string_view> parts) {
  REFRAIN_RETURN_IF_ERROR(FinishPiece());
  std::vector<std::string_view> all = {buffer};
  all.insert(all.end(), parts.begin(), parts.end());
  const int error = WriteAll(file.fd(), all);
  buffer.clear();
  return error == 0 ? absl::OkStatus() : Fail(WriteError(shown_path, error));
}

absl::Status OutputFile::Impl::Flush() {
  REFRAIN_RETURN_IF_ERROR(FinishPiece());
  piece = std::make_shared<Piece>();
  piece->fd = file.fd();
  piece->bytes = std::exchange(buffer, std::exchange(spare, {}));
  Offer(piece);
  return absl::OkStatus();
}

absl::Status OutputFile::Impl::Append(std::string_view bytes) {
  if (buffer.capacity() < kBufferBytes) buffer.reserve(kBufferBytes);
  if (buffer.size() + bytes.size() > kBufferBytes) REFRAIN_RETURN_IF_ERROR(Flush());
  buffer.append(bytes);
  return absl::OkStatus();
}

absl::Status OutputFile::Impl::Encode(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, kBufferBytes);
    bytes.remove_prefix(part.size());
    if (!encoder->Encode(part, false, &buffer)) return Fail(WriteError(shown_path, ENOMEM));
    if (buffer.size() >= kBufferBytes / 2) REFRAIN_RETURN_IF_ERROR(Flush());
  }
  return absl::OkStatus();
}

void OutputFile::Impl::Expect(uint64_t bytes) {
  if (encoder != nullptr || !MaySetAside(file.fd(), bytes)) return;
  // Also if it fails, as it may have begun.
  has_spare_room = true;
  (void)fallocate(file.fd(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes));
}

absl::Status OutputFile::Impl::Write(std::span<const std::string_view> parts) {
  REFRAIN_RETURN_IF_ERROR(status);
  if (closed) return absl::FailedPreconditionError(absl::StrCat(shown_path, ": closed already"));
  size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  bytes_written += size;
  if (encoder == nullptr && size >= kBufferBytes) return WriteNow(parts);
  for (const std::string_view part : parts) {
    REFRAIN_RETURN_IF_ERROR(encoder != nullptr ? Encode(part) : Append(part));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Impl::Close() {
  REFRAIN_RETURN_IF_ERROR(status);
  if (closed) return absl::OkStatus();
  if (encoder != nullptr && !encoder->Encode({}, true, &buffer)) {
    return Fail(WriteError(shown_path, ENOMEM));
  }
  REFRAIN_RETURN_IF_ERROR(WriteNow({}));
  if (has_spare_room && ftruncate(file.fd(), static_cast<off_t>(bytes_written)) != 0) {
    return Fail(WriteError(shown_path, errno));
  }
  closed = true;
  buffer = spare = std::string();
  encoder = nullptr;
  if (hidden_name.empty()) return absl::OkStatus();  // the descriptor is all there is of it
  const int fd = std::exchange(file, File()).Release();
  return close(fd) == 0 ? absl::OkStatus() : Fail(WriteError(shown_path, errno));
}

OutputFile::OutputFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputFile::~OutputFile() = default;
void OutputFile::Expect(uint64_t bytes) { impl_->Expect(bytes); }
absl::Status OutputFile::Write(std::string_view bytes) {
  return impl_->Write(std::span(&bytes, 1));
}
absl::Status OutputFile::Write(std::span<const std::string_view> parts) {
  return impl_->Write(parts);
}
absl::Status OutputFile::Close() { return impl_->Close(); }
uint64_t OutputFile::bytes_written() const { return impl_->bytes_written; }

}  // namespace refrain
