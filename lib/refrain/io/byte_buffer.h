// Growable raw bytes that are not zeroed first: for buffers that a read fills at once.
//
// Growth is by realloc, so a record of hundreds of megabytes grows by remapping pages, not by
// copying them.
// kRecordPadding bytes beyond size() may always be read. Throws std::bad_alloc as containers do.
#ifndef REFRAIN_IO_BYTE_BUFFER_H_
#define REFRAIN_IO_BYTE_BUFFER_H_

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace refrain {

// Bytes that may be read (not written) beyond the end of every record handed out, as simdjson
// wants.
inline constexpr size_t kRecordPadding = 64;

class ByteBuffer {
 public:
  ByteBuffer() = default;
  ByteBuffer(ByteBuffer&& other) noexcept { Swap(other); }
  ByteBuffer& operator=(ByteBuffer&& other) noexcept {
    Swap(other);
    return *this;
  }

  char* data() { return bytes_.get(); }
  const char* data() const { return bytes_.get(); }
  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  std::string_view view() const { return {bytes_.get(), size_}; }

  // Keeps the contents; new bytes have no defined value, except that the padding behind them is
  // zero.
  void Resize(size_t size) {
    if (size > capacity_ || bytes_ == nullptr) Reserve(size);
    size_ = size;
    std::memset(bytes_.get() + size, 0, kRecordPadding);
  }

  // Makes room for exactly `capacity` bytes (and the padding); never shrinks.
  void Reserve(size_t capacity) {
    if (capacity <= capacity_ && bytes_ != nullptr) return;
    void* grown = std::realloc(bytes_.get(), capacity + kRecordPadding);
    if (grown == nullptr) throw std::bad_alloc();
    (void)bytes_.release();
    bytes_.reset(static_cast<char*>(grown));
    capacity_ = capacity;
  }

  void Append(std::string_view bytes) {
    const size_t old_size = size_;
    if (old_size + bytes.size() > capacity_) Reserve(2 * (old_size + bytes.size()));
    Resize(old_size + bytes.size());
    if (!bytes.empty()) std::memcpy(bytes_.get() + old_size, bytes.data(), bytes.size());
  }

 private:
  struct Free {
    void operator()(char* bytes) const { std::free(bytes); }
  };

  void Swap(ByteBuffer& other) noexcept {
    bytes_.swap(other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  std::unique_ptr<char, Free> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_IO_BYTE_BUFFER_H_
