// A growing array of plain values that holds as much memory as it has values: mapped from the system, grown by moving
// pages and not by copying them, and given back at once.
//
// For tables with an entry a document. A std::vector holds its values twice while it grows, and what it frees stays with
// the allocator.
// Input: values of any trivially copyable type. Cost: as std::vector, but at least a page; new values are zero and cost
//   no memory until they are written. Threads: as std::vector. Errors: throws std::bad_alloc, as containers do.
// Example:
//   PageVector<uint32_t> sizes;
//   sizes.push_back(7);
//   sizes.resize(1'000'000'000);  // one page of memory
#ifndef REFRAIN_BASE_PAGE_VECTOR_H_
#define REFRAIN_BASE_PAGE_VECTOR_H_

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>

namespace refrain {

// Anonymous memory of the system, zero where it was never written. Growing may move it. `bytes` 0 is no memory at all.
void* MapPages(size_t bytes);
void* RemapPages(void* pages, size_t bytes, size_t new_bytes);
void UnmapPages(void* pages, size_t bytes);

template <class T>
class PageVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  PageVector() = default;
  PageVector(std::initializer_list<T> values) { append({values.begin(), values.size()}); }
  PageVector(PageVector&& other) noexcept { Swap(other); }
  PageVector& operator=(PageVector&& other) noexcept {
    PageVector gone(std::move(other));
    Swap(gone);
    return *this;
  }
  ~PageVector() { UnmapPages(data_, capacity_ * sizeof(T)); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](size_t i) { return data_[i]; }
  const T& operator[](size_t i) const { return data_[i]; }
  T* begin() { return data_; }
  T* end() { return data_ + size_; }
  const T* begin() const { return data_; }
  const T* end() const { return data_ + size_; }

  void push_back(T value) {
    if (size_ == capacity_) reserve(size_ + 1);
    data_[size_++] = value;
  }
  // REQUIRES: `values` are not the array's own.
  void append(std::span<const T> values) {
    reserve(size_ + values.size());
    if (!values.empty()) std::memcpy(data_ + size_, values.data(), values.size_bytes());
    size_ += values.size();
  }
  // Keeps the memory, for values that are appended.
  void clear() { size_ = 0; }
  // REQUIRES: size is not below what it is, and nothing was cleared. New values are zero.
  void resize(size_t size) {
    reserve(size);
    size_ = size;
  }
  void reserve(size_t size) {
    if (size <= capacity_) return;
    const size_t capacity = std::max({size, capacity_ * 2, kLeastBytes / sizeof(T)});
    data_ = static_cast<T*>(capacity_ == 0
                                ? MapPages(capacity * sizeof(T))
                                : RemapPages(data_, capacity_ * sizeof(T), capacity * sizeof(T)));
    capacity_ = capacity;
  }

 private:
  static constexpr size_t kLeastBytes = 1 << 16;

  void Swap(PageVector& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_BASE_PAGE_VECTOR_H_
