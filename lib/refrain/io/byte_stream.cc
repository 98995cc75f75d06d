#include "refrain/io/byte_stream.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/file.h"

namespace refrain {
namespace {

constexpr size_t kStoredBytes = 1 << 16;

class PlainStream : public ByteStream {
 public:
  PlainStream(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    absl::StatusOr<size_t> n = ReadSome(fd_, out, size, path_);
    if (!n.ok()) {
      return absl::UnavailableError(
          absl::StrCat(absl::string_view(n.status().message()), " at byte ", done_));
    }
    done_ += *n;
    return n;
  }
  uint64_t stored_bytes() const override { return done_; }

 private:
  int fd_;
  std::string path_;
  uint64_t done_ = 0;
};

// The stored bytes that a decoder has not taken yet.
class StoredBytes {
 public:
  StoredBytes(int fd, std::string path) : stream_(fd, path), path_(std::move(path)) {}

  // Makes left() nonzero unless the file is at its end.
  absl::Status Refill() {
    if (position_ < end_ || at_end_) return absl::OkStatus();
    if (buffer_.empty()) buffer_.resize(kStoredBytes);
    REFRAIN_ASSIGN_OR_RETURN(end_, stream_.Read(buffer_.data(), buffer_.size()));
    position_ = 0;
    at_end_ = end_ == 0;
    return absl::OkStatus();
  }
  char* data() { return buffer_.data() + position_; }
  size_t left() const { return end_ - position_; }
  void Take(size_t n) { position_ += n; }
  uint64_t read() const { return stream_.stored_bytes(); }

  absl::Status Truncated() const {
    return absl::DataLossError(
        absl::StrCat(path_, ": ends in the middle of its compressed data, at byte ", Offset()));
  }
  absl::Status Corrupt(absl::string_view reason) const {
    return absl::DataLossError(
        absl::StrCat(path_, ": broken compressed data at byte ", Offset(), ": ", reason));
  }

 private:
  uint64_t Offset() const { return stream_.stored_bytes() - left(); }

  PlainStream stream_;
  std::string path_;
  std::string buffer_;
  size_t position_ = 0;
  size_t end_ = 0;
  bool at_end_ = false;
};

class GzipStream : public ByteStream {
 public:
  GzipStream(int fd, const std::string& path) : stored_(fd, path) {
    ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;  // 16: the gzip format only
  }
  ~GzipStream() override { inflateEnd(&z_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (!ready_) return absl::ResourceExhaustedError("no memory for gzip");
    while (true) {
      REFRAIN_RETURN_IF_ERROR(stored_.Refill());
      if (between_members_ && !SkipPadding()) return 0;
      if (between_members_ && stored_.left() == 0) continue;
      between_members_ = false;
      REFRAIN_ASSIGN_OR_RETURN(const size_t n, Inflate(out, size));
      if (n > 0) return n;
    }
  }
  uint64_t stored_bytes() const override { return stored_.read(); }

 private:
  // Zeros after a member are padding (tapes, block devices). False at the end of the file.
  bool SkipPadding() {
    if (stored_.left() == 0) return false;
    while (seen_member_ && stored_.left() > 0 && *stored_.data() == '\0') stored_.Take(1);
    return true;
  }

  absl::StatusOr<size_t> Inflate(char* out, size_t size) {
    const bool at_end = stored_.left() == 0;
    z_.next_in = reinterpret_cast<Bytef*>(stored_.data());
    z_.avail_in = static_cast<uInt>(stored_.left());
    z_.next_out = reinterpret_cast<Bytef*>(out);
    const uInt room = static_cast<uInt>(std::min<size_t>(size, INT_MAX));
    z_.avail_out = room;
    const int result = inflate(&z_, Z_NO_FLUSH);
    stored_.Take(stored_.left() - z_.avail_in);
    if (result == Z_STREAM_END) {
      between_members_ = seen_member_ = true;
      inflateReset(&z_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      return stored_.Corrupt(z_.msg != nullptr ? z_.msg : "not in gzip format");
    } else if (at_end && z_.avail_out == room) {
      return stored_.Truncated();
    }
    return size_t{room - z_.avail_out};
  }

  StoredBytes stored_;
  z_stream z_{};
  bool ready_ = false;
  bool between_members_ = false;  // false at first: an empty file is a truncated one
  bool seen_member_ = false;
};

class ZstdStream : public ByteStream {
 public:
  ZstdStream(int fd, const std::string& path)
      : stored_(fd, path), decoder_(ZSTD_createDStream(), &ZSTD_freeDStream) {}

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (decoder_ == nullptr) return absl::ResourceExhaustedError("no memory for zstd");
    while (true) {
      if (!more_inside_) REFRAIN_RETURN_IF_ERROR(stored_.Refill());
      const bool at_end = !more_inside_ && stored_.left() == 0;
      if (at_end && frame_done_) return 0;
      REFRAIN_ASSIGN_OR_RETURN(const size_t n, Decompress(out, size));
      if (n > 0) return n;
      if (at_end && !frame_done_) return stored_.Truncated();
    }
  }
  uint64_t stored_bytes() const override { return stored_.read(); }

 private:
  absl::StatusOr<size_t> Decompress(char* out, size_t size) {
    ZSTD_inBuffer in{stored_.left() > 0 ? stored_.data() : nullptr, stored_.left(), 0};
    ZSTD_outBuffer to{out, size, 0};
    const size_t result = ZSTD_decompressStream(decoder_.get(), &to, &in);
    stored_.Take(in.pos);
    if (ZSTD_isError(result)) return stored_.Corrupt(ZSTD_getErrorName(result));
    frame_done_ = result == 0;
    more_inside_ = to.pos == to.size && !frame_done_;  // it may hold output back
    return to.pos;
  }

  StoredBytes stored_;
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> decoder_;
  bool frame_done_ = false;  // false at first: an empty file is a truncated one
  bool more_inside_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path,
                                           Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<GzipStream>(fd, path);
    case Compression::kZstd:
      return std::make_unique<ZstdStream>(fd, path);
    case Compression::kNone:
      break;
  }
  return std::make_unique<PlainStream>(fd, path);
}

}  // namespace refrain
