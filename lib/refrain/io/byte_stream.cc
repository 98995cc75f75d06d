#include "refrain/io/byte_stream.h"

#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/file.h"

namespace refrain {
namespace {

constexpr size_t kStoredBytes = 1 << 16;
constexpr size_t kWholeStored = size_t{2} << 20;  // a gzip member that is decoded at once
constexpr size_t kWholeMember = size_t{4} << 20;

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
  StoredBytes(int fd, std::string path, std::optional<StoredRange> range)
      : fd_(fd), path_(std::move(path)), range_(range) {
    if (range.has_value()) begin_ = range->begin;
  }

  bool at_head() const { return begin_ == 0; }

  // Makes left() nonzero unless there is no more. `inside`: a frame has begun and not ended, so that the end of the
  // range cannot be its end.
  absl::Status Refill(bool inside) {
    return position_ == size_ ? Gather(kStoredBytes, inside) : absl::OkStatus();
  }
  // Makes left() at least `size` unless there is no more.
  absl::Status Gather(size_t size, bool inside) {
    if (left() >= size || !HasMore(inside)) return absl::OkStatus();
    if (position_ > 0) std::memmove(buffer_.data(), data(), left());
    size_ = left();
    position_ = 0;
    buffer_.Reserve(size);
    while (size_ < size && HasMore(inside)) {
      REFRAIN_ASSIGN_OR_RETURN(const size_t n, ReadMore(buffer_.data() + size_, size - size_));
      size_ += n;
      read_ += n;
      at_end_ = n == 0;
    }
    return absl::OkStatus();
  }

  char* data() { return buffer_.data() + position_; }
  size_t left() const { return size_ - position_; }
  void Take(size_t n) { position_ += n; }
  uint64_t read() const { return read_; }
  bool overran() const { return overran_; }

  absl::Status Truncated() const {
    return absl::DataLossError(
        absl::StrCat(path_, ": ends in the middle of its compressed data, at byte ", Offset()));
  }
  absl::Status Corrupt(absl::string_view reason) const {
    return absl::DataLossError(
        absl::StrCat(path_, ": broken compressed data at byte ", Offset(), ": ", reason));
  }

 private:
  uint64_t Offset() const { return begin_ + read_ - left(); }

  // Finds out that the range does not end where it should.
  bool HasMore(bool inside) {
    if (at_end_) return false;
    if (!range_.has_value() || begin_ + read_ < range_->end) return true;
    if (!inside) return false;
    overran_ = true;
    range_->end = kToTheEnd;
    return true;
  }

  absl::StatusOr<size_t> ReadMore(char* out, size_t most) {
    if (range_.has_value()) {
      const uint64_t room = range_->end - (begin_ + read_);
      return ReadAt(fd_, begin_ + read_, out, std::min<uint64_t>(most, room), path_);
    }
    absl::StatusOr<size_t> n = ReadSome(fd_, out, most, path_);
    if (n.ok()) return n;
    return absl::UnavailableError(
        absl::StrCat(absl::string_view(n.status().message()), " at byte ", read_));
  }

  int fd_;
  std::string path_;
  std::optional<StoredRange> range_;  // none: read from where the file stands
  uint64_t begin_ = 0;
  uint64_t read_ = 0;
  ByteBuffer buffer_;
  size_t position_ = 0;
  size_t size_ = 0;
  bool at_end_ = false;
  bool overran_ = false;
};

// Decodes members at once that are small enough, for as long as they are.
class WholeMembers {
 public:
  // Decodes the member at the head of `stored`; the bytes that it takes there, or 0 if it is not all there, too long
  // or broken, which is then for zlib to find out.
  size_t Decode(std::string_view stored) {
    constexpr size_t kFlags = 3;
    constexpr char kHeaderChecksum = 2;  // which libdeflate does not check
    if (stored.size() <= kFlags || (stored[kFlags] & kHeaderChecksum) != 0) return 0;
    if (decoder_ == nullptr) decoder_.reset(libdeflate_alloc_decompressor());
    if (decoder_ == nullptr) return 0;
    out_.Reserve(kWholeMember);
    size_t taken = 0;
    const libdeflate_result result = libdeflate_gzip_decompress_ex(
        decoder_.get(), stored.data(), stored.size(), out_.data(), out_.capacity(), &taken, &size_);
    given_ = 0;
    if (result == LIBDEFLATE_SUCCESS) return taken;
    size_ = 0;
    out_ = ByteBuffer();
    return 0;
  }

  // Moves decoded bytes on.
  size_t Give(char* out, size_t size) {
    const size_t n = std::min(size, size_ - given_);
    if (n > 0) std::memcpy(out, out_.data() + given_, n);
    given_ += n;
    return n;
  }

 private:
  struct Free {
    void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
  };
  std::unique_ptr<libdeflate_decompressor, Free> decoder_;
  ByteBuffer out_;
  size_t size_ = 0;
  size_t given_ = 0;
};

class GzipStream : public ByteStream {
 public:
  GzipStream(int fd, const std::string& path, std::optional<StoredRange> range)
      : stored_(fd, path, range) {
    ready_ = inflateInit2(&z_, 15 + 16) == Z_OK;  // 16: the gzip format only
    between_members_ = seen_member_ = !stored_.at_head();
  }
  ~GzipStream() override { inflateEnd(&z_); }
  GzipStream(const GzipStream&) = delete;
  GzipStream& operator=(const GzipStream&) = delete;

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (!ready_) return absl::ResourceExhaustedError("no memory for gzip");
    while (true) {
      if (const size_t n = whole_.Give(out, size); n > 0) return n;
      REFRAIN_RETURN_IF_ERROR(stored_.Refill(!between_members_));
      if (between_members_ && !SkipPadding()) return 0;
      if (between_members_ && stored_.left() == 0) continue;
      REFRAIN_ASSIGN_OR_RETURN(const bool decoded, DecodeWhole());
      if (decoded) continue;
      REFRAIN_ASSIGN_OR_RETURN(const size_t n, Inflate(out, size));
      if (n > 0) return n;
    }
  }
  uint64_t stored_bytes() const override { return stored_.read(); }
  bool overran() const override { return stored_.overran(); }

 private:
  // Zeros after a member are padding (tapes, block devices). False at the end of the file.
  bool SkipPadding() {
    if (stored_.left() == 0) return false;
    while (seen_member_ && stored_.left() > 0 && *stored_.data() == '\0') stored_.Take(1);
    return true;
  }

  // At the begin of a member. The first one that is too long or broken is the last that is tried.
  absl::StatusOr<bool> DecodeWhole() {
    if (!try_whole_) return false;
    // Half as much will often do, and moves fewer bytes to the head of the buffer.
    REFRAIN_RETURN_IF_ERROR(stored_.Gather(kWholeStored / 2, false));
    size_t taken = whole_.Decode({stored_.data(), stored_.left()});
    if (taken == 0) {
      REFRAIN_RETURN_IF_ERROR(stored_.Gather(kWholeStored, false));
      taken = whole_.Decode({stored_.data(), stored_.left()});
    }
    stored_.Take(taken);
    try_whole_ = taken > 0;
    if (taken > 0) between_members_ = seen_member_ = true;
    return taken > 0;
  }

  absl::StatusOr<size_t> Inflate(char* out, size_t size) {
    const bool at_end = stored_.left() == 0;
    z_.next_in = reinterpret_cast<Bytef*>(stored_.data());
    z_.avail_in = static_cast<uInt>(stored_.left());
    z_.next_out = reinterpret_cast<Bytef*>(out);
    const uInt room = static_cast<uInt>(std::min<size_t>(size, INT_MAX));
    z_.avail_out = room;
    between_members_ = false;
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
  WholeMembers whole_;
  z_stream z_{};
  bool ready_ = false;
  bool try_whole_ = true;
  bool between_members_;  // false at the head of a file: an empty file is a truncated one
  bool seen_member_;
};

class ZstdStream : public ByteStream {
 public:
  ZstdStream(int fd, const std::string& path, std::optional<StoredRange> range)
      : stored_(fd, path, range),
        decoder_(ZSTD_createDStream(), &ZSTD_freeDStream),
        frame_done_(!stored_.at_head()) {}

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (decoder_ == nullptr) return absl::ResourceExhaustedError("no memory for zstd");
    while (true) {
      if (!more_inside_) REFRAIN_RETURN_IF_ERROR(stored_.Refill(!frame_done_));
      const bool at_end = !more_inside_ && stored_.left() == 0;
      if (at_end && frame_done_) return 0;
      REFRAIN_ASSIGN_OR_RETURN(const size_t n, Decompress(out, size));
      if (n > 0) return n;
      if (at_end && !frame_done_) return stored_.Truncated();
    }
  }
  uint64_t stored_bytes() const override { return stored_.read(); }
  bool overran() const override { return stored_.overran(); }

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
  bool frame_done_;  // false at the head of a file: an empty file is a truncated one
  bool more_inside_ = false;
};

std::unique_ptr<ByteStream> MakeDecoder(int fd, const std::string& path, Compression compression,
                                        std::optional<StoredRange> range) {
  if (compression == Compression::kGzip) return std::make_unique<GzipStream>(fd, path, range);
  return std::make_unique<ZstdStream>(fd, path, range);
}

}  // namespace

std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path,
                                           Compression compression) {
  if (compression == Compression::kNone) return std::make_unique<PlainStream>(fd, path);
  return MakeDecoder(fd, path, compression, std::nullopt);
}

std::unique_ptr<ByteStream> MakeByteStream(int fd, const std::string& path, Compression compression,
                                           const StoredRange& range) {
  return MakeDecoder(fd, path, compression, range);
}

}  // namespace refrain
