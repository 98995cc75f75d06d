#include "refrain/io/encoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <climits>

namespace refrain {
namespace {

constexpr int kGzipLevel = 6;
constexpr int kZstdLevel = 3;
constexpr size_t kPiece = 1 << 16;

class GzipEncoder : public Encoder {
 public:
  GzipEncoder() {
    ready_ = deflateInit2(&z_, kGzipLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK;
  }
  ~GzipEncoder() override { deflateEnd(&z_); }
  GzipEncoder(const GzipEncoder&) = delete;
  GzipEncoder& operator=(const GzipEncoder&) = delete;

  bool Encode(std::string_view bytes, bool last, std::string* out) override {
    if (!ready_) return false;
    do {
      const std::string_view piece = bytes.substr(0, INT_MAX);
      bytes.remove_prefix(piece.size());
      z_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // zlib reads only
      z_.avail_in = static_cast<uInt>(piece.size());
      if (!Drain(last && bytes.empty() ? Z_FINISH : Z_NO_FLUSH, out)) return false;
    } while (!bytes.empty());
    return true;
  }

 private:
  bool Drain(int flush, std::string* out) {
    do {
      z_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      z_.avail_out = static_cast<uInt>(buffer_.size());
      if (deflate(&z_, flush) == Z_STREAM_ERROR) return false;
      out->append(buffer_.data(), buffer_.size() - z_.avail_out);
    } while (z_.avail_out == 0);
    return true;
  }

  z_stream z_{};
  bool ready_ = false;
  std::array<char, kPiece> buffer_;
};

class ZstdEncoder : public Encoder {
 public:
  ZstdEncoder() : context_(ZSTD_createCCtx(), &ZSTD_freeCCtx) {
    if (context_ == nullptr) return;
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kZstdLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  bool Encode(std::string_view bytes, bool last, std::string* out) override {
    if (context_ == nullptr) return false;
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    while (true) {
      ZSTD_outBuffer to{buffer_.data(), buffer_.size(), 0};
      const size_t left =
          ZSTD_compressStream2(context_.get(), &to, &in, last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(left)) return false;
      out->append(buffer_.data(), to.pos);
      if (last ? left == 0 : in.pos == in.size) return true;
    }
  }

 private:
  std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context_;
  std::array<char, kPiece> buffer_;
};

}  // namespace

std::unique_ptr<Encoder> MakeEncoder(Compression compression) {
  if (compression == Compression::kGzip) return std::make_unique<GzipEncoder>();
  if (compression == Compression::kZstd) return std::make_unique<ZstdEncoder>();
  return nullptr;
}

}  // namespace refrain
