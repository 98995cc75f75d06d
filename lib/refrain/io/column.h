// Tables that may outgrow memory: columns of plain rows, appended once and read again chunk by chunk.
//
// Input: rows of a trivially copyable type, in order. Output: the same rows, a chunk at a time, in any order of chunks.
// Memory: the columns of one ColumnSpace together keep chunks in memory up to its limit; beyond it, each column that fills
//   a chunk writes its last ones to the space's one temporary file, which has no name and goes when the process does. So
//   what is kept is read first, and given back before the rest takes memory. Without a space, or without a limit, all stay
//   in memory. A last chunk that is not full always does.
// Cost: a copy a row; a write and, each time it is read, a read of a whole chunk where it was spilled, or with Rows of
//   the rows alone.
// Threads: Append to a column by one thread at a time; then Chunk and Drop are concurrent-safe for different chunks, Rows
//   for any. Columns of a space may grow at once, each past the limit by a chunk.
// Errors: those of the temporary file (spool.h): ResourceExhausted naming the folder when it is full.
// Example:
//   Column<uint32_t> column(std::make_shared<ColumnSpace>("/tmp", 1 << 20));  // keeps at most 1 MiB
//   for (const uint32_t row : rows) REFRAIN_RETURN_IF_ERROR(column.Append({&row, 1}));
//   PageVector<uint32_t> buffer;
//   for (size_t i = 0; i < column.chunks(); ++i) {
//     REFRAIN_ASSIGN_OR_RETURN(const std::span<const uint32_t> chunk, column.Chunk(i, &buffer));
//     for (const uint32_t row : chunk) sum += row;
//   }
#ifndef REFRAIN_IO_COLUMN_H_
#define REFRAIN_IO_COLUMN_H_

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/base/page_vector.h"
#include "refrain/base/status_macros.h"

namespace refrain {

class Spool;

class ColumnSpace {
 public:
  static constexpr size_t kChunkBytes = size_t{1} << 19;

  explicit ColumnSpace(const std::string& temp_dir, uint64_t limit = UINT64_MAX,
                       size_t chunk_bytes = kChunkBytes);
  ~ColumnSpace();

  // The bytes that full chunks may keep; a lower limit is met as the columns go on growing.
  void set_limit(uint64_t limit) { limit_ = limit; }

  uint64_t kept() const { return kept_; }  // bytes of full chunks in memory
  uint64_t spilled() const;                // bytes ever written
  size_t chunk_bytes() const { return chunk_bytes_; }

 private:
  template <class T>
  friend class Column;
  bool Exceeded() const { return kept_ > limit_; }
  absl::StatusOr<uint64_t> Write(const void* bytes, size_t size);  // where it stands
  absl::Status Read(uint64_t place, void* bytes, size_t size) const;

  uint64_t limit_;
  size_t chunk_bytes_;
  std::atomic<uint64_t> kept_{0};
  std::unique_ptr<Spool> spool_;
};

template <class T>
class Column {
 public:
  explicit Column(std::shared_ptr<ColumnSpace> space = nullptr)
      : space_(std::move(space)),
        chunk_rows_((space_ == nullptr ? ColumnSpace::kChunkBytes : space_->chunk_bytes()) /
                    sizeof(T)) {}
  Column(Column&& other) noexcept = default;
  Column& operator=(Column&& other) noexcept {
    Column gone(std::move(*this));
    space_ = std::move(other.space_);
    chunk_rows_ = other.chunk_rows_;
    size_ = std::exchange(other.size_, 0);
    chunks_ = std::exchange(other.chunks_, {});
    kept_ = std::exchange(other.kept_, {});
    spare_ = std::exchange(other.spare_, {});
    return *this;
  }
  ~Column() {
    for (size_t i = 0; i < chunks_.size(); ++i) Drop(i);
  }

  size_t size() const { return size_; }
  size_t chunks() const { return chunks_.size(); }
  size_t chunk_rows() const { return chunk_rows_; }  // of every chunk but the last
  const std::shared_ptr<ColumnSpace>& space() const { return space_; }

  absl::Status Append(std::span<const T> rows) {
    while (!rows.empty()) {
      if (size_ == chunks_.size() * chunk_rows_) AddChunk();
      PageVector<T>& last = chunks_.back().rows;
      const size_t taken = std::min(rows.size(), chunk_rows_ - last.size());
      last.append(rows.first(taken));
      rows = rows.subspan(taken);
      size_ += taken;
      if (last.size() == chunk_rows_ && space_ != nullptr) REFRAIN_RETURN_IF_ERROR(KeepOrSpill());
    }
    return absl::OkStatus();
  }

  // The rows of a chunk, where they are in memory, or read into *buffer. REQUIRES: it was not dropped.
  absl::StatusOr<std::span<const T>> Chunk(size_t i, PageVector<T>* buffer) const {
    const Piece& piece = chunks_[i];
    if (!piece.spilled) return std::span<const T>(piece.rows.data(), piece.rows.size());
    buffer->reserve(chunk_rows_);
    REFRAIN_RETURN_IF_ERROR(space_->Read(piece.place, buffer->data(), chunk_rows_ * sizeof(T)));
    return std::span<const T>(buffer->data(), chunk_rows_);
  }

  // `count` rows from number `begin` on: where they are, if they stand together in memory, else copied to *buffer. REQUIRES:
  // no chunk of theirs was dropped.
  absl::StatusOr<std::span<const T>> Rows(size_t begin, size_t count,
                                          std::vector<T>* buffer) const {
    const Piece& first = chunks_[begin / chunk_rows_];
    const size_t at = begin % chunk_rows_;
    if (!first.spilled && at + count <= chunk_rows_) {
      return std::span<const T>(first.rows.data() + at, count);
    }
    buffer->resize(count);
    REFRAIN_RETURN_IF_ERROR(Copy(begin, *buffer));
    return std::span<const T>(*buffer);
  }

  // Gives back the memory of a chunk, which is not read again.
  void Drop(size_t i) {
    Piece& piece = chunks_[i];
    if (piece.kept) space_->kept_ -= space_->chunk_bytes();
    piece.kept = false;
    piece.rows = {};
  }

 private:
  struct Piece {
    PageVector<T> rows;
    uint64_t place = 0;
    bool kept = false;  // counted by the space
    bool spilled = false;
  };

  absl::Status Copy(size_t begin, std::span<T> rows) const {
    while (!rows.empty()) {
      const Piece& piece = chunks_[begin / chunk_rows_];
      const size_t at = begin % chunk_rows_;
      const std::span<T> some = rows.first(std::min(rows.size(), chunk_rows_ - at));
      if (piece.spilled) {
        REFRAIN_RETURN_IF_ERROR(
            space_->Read(piece.place + at * sizeof(T), some.data(), some.size_bytes()));
      } else {
        std::copy_n(piece.rows.data() + at, some.size(), some.data());
      }
      begin += some.size();
      rows = rows.subspan(some.size());
    }
    return absl::OkStatus();
  }

  void AddChunk() {
    chunks_.emplace_back();
    chunks_.back().rows = std::exchange(spare_, {});
    chunks_.back().rows.reserve(chunk_rows_);
  }

  absl::Status KeepOrSpill() {
    chunks_.back().kept = true;
    space_->kept_ += space_->chunk_bytes();
    kept_.push_back(chunks_.size() - 1);
    for (; space_->Exceeded() && !kept_.empty(); kept_.pop_back()) {
      Piece& piece = chunks_[kept_.back()];
      REFRAIN_ASSIGN_OR_RETURN(piece.place,
                               space_->Write(piece.rows.data(), chunk_rows_ * sizeof(T)));
      piece.spilled = true;
      spare_ = std::move(piece.rows);
      spare_.clear();
      Drop(kept_.back());
    }
    return absl::OkStatus();
  }

  std::shared_ptr<ColumnSpace> space_;
  size_t chunk_rows_;
  size_t size_ = 0;
  std::vector<Piece> chunks_;
  std::vector<size_t> kept_;  // full chunks that were not spilled, ascending
  PageVector<T> spare_;       // the memory of one that was, for the next
};

}  // namespace refrain

#endif  // REFRAIN_IO_COLUMN_H_
