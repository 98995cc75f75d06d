#include "refrain/synth/corpus_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;

absl::Status WriteError(const std::string& path, int error) {
  const std::string message = absl::StrCat("cannot write ", path == "-" ? "standard output" : path,
                                           ": ", std::strerror(error));
  if (error == ENOSPC || error == EDQUOT || error == EFBIG)
    return absl::ResourceExhaustedError(message);
  if (error == EACCES || error == EPERM || error == EROFS)
    return absl::PermissionDeniedError(message);
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(message);
  return absl::UnavailableError(message);
}

// A compressor that takes bytes and hands blocks of output to a sink.
class Encoder {
 public:
  using Sink = absl::Status (*)(void* file, std::string_view bytes);
  virtual ~Encoder() = default;
  virtual absl::Status Encode(std::string_view bytes, bool end, Sink sink, void* file) = 0;
};

class PlainEncoder : public Encoder {
 public:
  absl::Status Encode(std::string_view bytes, bool, Sink sink, void* file) override {
    return sink(file, bytes);
  }
};

class GzipEncoder : public Encoder {
 public:
  GzipEncoder() : out_(kBufferBytes) {
    constexpr int kGzipWindow = 15 + 16, kMemory = 8;
    ready_ = deflateInit2(&stream_, kGzipLevel, Z_DEFLATED, kGzipWindow, kMemory,
                          Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() override { deflateEnd(&stream_); }

  absl::Status Encode(std::string_view bytes, bool end, Sink sink, void* file) override {
    if (!ready_) return absl::ResourceExhaustedError("no memory for gzip");
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
      stream_.avail_out = static_cast<uInt>(out_.size());
      deflate(&stream_, end ? Z_FINISH : Z_NO_FLUSH);
      REFRAIN_RETURN_IF_ERROR(sink(file, {out_.data(), out_.size() - stream_.avail_out}));
    } while (stream_.avail_out == 0);
    return absl::OkStatus();
  }

 private:
  z_stream stream_{};
  std::vector<char> out_;
  bool ready_ = false;
};

class ZstdEncoder : public Encoder {
 public:
  ZstdEncoder() : stream_(ZSTD_createCStream()), out_(ZSTD_CStreamOutSize()) {
    if (stream_ != nullptr) ZSTD_initCStream(stream_, kZstdLevel);
  }
  ~ZstdEncoder() override { ZSTD_freeCStream(stream_); }

  absl::Status Encode(std::string_view bytes, bool end, Sink sink, void* file) override {
    if (stream_ == nullptr) return absl::ResourceExhaustedError("no memory for zstd");
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    size_t left;
    do {
      ZSTD_outBuffer out{out_.data(), out_.size(), 0};
      left = ZSTD_compressStream2(stream_, &out, &in, end ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left)) return absl::InternalError(ZSTD_getErrorName(left));
      REFRAIN_RETURN_IF_ERROR(sink(file, {out_.data(), out.pos}));
    } while (in.pos < in.size || (end && left > 0));
    return absl::OkStatus();
  }

 private:
  ZSTD_CStream* stream_;
  std::vector<char> out_;
};

std::unique_ptr<Encoder> EncoderFor(const std::string& path) {
  if (absl::EndsWith(path, ".gz")) return std::make_unique<GzipEncoder>();
  if (absl::EndsWith(path, ".zst")) return std::make_unique<ZstdEncoder>();
  return std::make_unique<PlainEncoder>();
}

std::string TemporaryName(const std::string& path) {
  const size_t name = path.rfind('/') + 1;  // npos + 1 is 0
  return absl::StrCat(path.substr(0, name), ".", path.substr(name), ".", getpid(), ".tmp");
}

}  // namespace

struct CorpusFile::Impl {
  std::string path;
  std::string temporary;  // "": written directly
  int fd = -1;
  std::unique_ptr<Encoder> encoder;
  std::string buffer;

  ~Impl() {
    if (fd >= 0 && path != "-") close(fd);
    if (!temporary.empty()) unlink(temporary.c_str());
  }

  absl::Status WriteAll(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return WriteError(path, errno);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return absl::OkStatus();
  }

  absl::Status Flush(bool end) {
    const auto sink = [](void* file, std::string_view bytes) {
      return static_cast<Impl*>(file)->WriteAll(bytes);
    };
    REFRAIN_RETURN_IF_ERROR(encoder->Encode(buffer, end, sink, this));
    buffer.clear();
    return absl::OkStatus();
  }
};

CorpusFile::CorpusFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
CorpusFile::~CorpusFile() = default;

absl::StatusOr<std::unique_ptr<CorpusFile>> CorpusFile::Open(const std::string& path) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->encoder = EncoderFor(path);
  impl->buffer.reserve(kBufferBytes + (kBufferBytes >> 2));
  if (path == "-") {
    impl->fd = STDOUT_FILENO;
  } else if (IsReplaceableFile(path)) {
    const std::string temporary = TemporaryName(path);
    impl->fd = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (impl->fd >= 0) impl->temporary = temporary;
  } else {
    impl->fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  }
  if (impl->fd < 0) return WriteError(path, errno);
  return std::unique_ptr<CorpusFile>(new CorpusFile(std::move(impl)));
}

absl::Status CorpusFile::Write(std::string_view bytes) {
  impl_->buffer.append(bytes);
  return impl_->buffer.size() < kBufferBytes ? absl::OkStatus() : impl_->Flush(false);
}

absl::Status CorpusFile::Close() {
  REFRAIN_RETURN_IF_ERROR(impl_->Flush(true));
  if (impl_->path == "-") return absl::OkStatus();
  if (close(std::exchange(impl_->fd, -1)) != 0) return WriteError(impl_->path, errno);
  if (impl_->temporary.empty()) return absl::OkStatus();
  if (rename(impl_->temporary.c_str(), impl_->path.c_str()) != 0)
    return WriteError(impl_->path, errno);
  impl_->temporary.clear();
  return absl::OkStatus();
}

bool IsReplaceableFile(const std::string& path) {
  if (path == "-") return false;
  struct stat status;
  if (stat(path.c_str(), &status) != 0) return true;
  return S_ISREG(status.st_mode) || S_ISDIR(status.st_mode);
}

}  // namespace refrain
