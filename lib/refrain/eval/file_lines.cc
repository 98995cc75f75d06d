#include "refrain/eval/file_lines.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

constexpr size_t kBlockBytes = size_t{1} << 16;

absl::Status ReadError(const std::string& path, std::string_view reason) {
  return absl::DataLossError(absl::StrCat("cannot read ", path, ": ", ToAbsl(reason)));
}

}  // namespace

// Decompressed bytes of one file, a block at a time. gzip's reader also passes plain files through.
struct FileLines::Input {
  std::string path;
  int fd = -1;
  gzFile gzip = nullptr;
  ZSTD_DStream* zstd = nullptr;
  std::string raw;
  ZSTD_inBuffer in{nullptr, 0, 0};
  size_t frame_left = 0;  // not 0: inside a zstd frame

  ~Input() {
    if (gzip != nullptr) {
      gzclose(gzip);
    } else if (fd >= 0) {
      close(fd);
    }
    ZSTD_freeDStream(zstd);
  }

  // An empty block is the end.
  absl::Status ReadBlock(std::string* block) {
    return zstd != nullptr ? ReadZstd(block) : ReadGzip(block);
  }

  absl::Status ReadGzip(std::string* block) {
    block->resize(kBlockBytes);
    const int got = gzread(gzip, block->data(), static_cast<unsigned>(block->size()));
    int error = Z_OK;
    const char* reason = gzerror(gzip, &error);
    if (error == Z_ERRNO) return ReadError(path, std::strerror(errno));
    if (got < 0 || error != Z_OK) return ReadError(path, reason);
    block->resize(static_cast<size_t>(got));
    return absl::OkStatus();
  }

  absl::Status ReadZstd(std::string* block) {
    block->resize(kBlockBytes);
    ZSTD_outBuffer out{block->data(), block->size(), 0};
    while (out.pos == 0) {
      if (in.pos == in.size) {
        REFRAIN_RETURN_IF_ERROR(FillRaw());
        if (in.size == 0 && frame_left != 0) return ReadError(path, "the file ends early");
        if (in.size == 0) break;
      }
      frame_left = ZSTD_decompressStream(zstd, &out, &in);
      if (ZSTD_isError(frame_left)) return ReadError(path, ZSTD_getErrorName(frame_left));
    }
    block->resize(out.pos);
    return absl::OkStatus();
  }

  absl::Status FillRaw() {
    raw.resize(kBlockBytes);
    ssize_t got;
    do got = read(fd, raw.data(), raw.size());
    while (got < 0 && errno == EINTR);
    if (got < 0) return ReadError(path, std::strerror(errno));
    in = {raw.data(), static_cast<size_t>(got), 0};
    return absl::OkStatus();
  }
};

FileLines::FileLines(std::unique_ptr<Input> input) : input_(std::move(input)) {}
FileLines::~FileLines() = default;
FileLines::FileLines(FileLines&&) noexcept = default;

absl::StatusOr<FileLines> FileLines::Open(const std::string& path) {
  auto input = std::make_unique<Input>();
  input->path = path;
  input->fd = path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (input->fd < 0) {
    const std::string message = absl::StrCat("cannot open ", path, ": ", std::strerror(errno));
    return errno == ENOENT ? absl::NotFoundError(message) : absl::UnavailableError(message);
  }
  if (absl::EndsWith(path, ".zst")) {
    input->zstd = ZSTD_createDStream();
    if (input->zstd == nullptr) return absl::ResourceExhaustedError("no memory for zstd");
  } else {
    input->gzip = gzdopen(input->fd, "rb");
    if (input->gzip == nullptr) return absl::ResourceExhaustedError("no memory for gzip");
  }
  return FileLines(std::move(input));
}

absl::StatusOr<bool> FileLines::Next(std::string* line) {
  line->clear();
  bool any = false;
  while (true) {
    if (position_ == block_.size()) {
      REFRAIN_RETURN_IF_ERROR(input_->ReadBlock(&block_));
      position_ = 0;
      if (block_.empty()) break;
    }
    any = true;
    const size_t end = block_.find('\n', position_);
    const size_t stop = end == std::string::npos ? block_.size() : end;
    line->append(block_, position_, stop - position_);
    position_ = end == std::string::npos ? stop : stop + 1;
    if (end != std::string::npos) break;
  }
  line_number_ += any;
  return any;
}

}  // namespace refrain
