// The files of the record sources, to be read again by place: plain files where they stand, the
// rest in the spool.
//
// Keeps at most 256 descriptors open (fewer under a low limit of the process); the others are
// opened for each use.
// Threads: Add* by the thread that reads; everything const is concurrent-safe once reading has
//   ended.
#ifndef REFRAIN_IO_SOURCE_FILES_H_
#define REFRAIN_IO_SOURCE_FILES_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/file.h"
#include "refrain/io/source.h"
#include "refrain/io/spool.h"

namespace refrain {

// Where the bytes of a spooled source stand: pieces in the order of the source. Pieces that follow each other in the
// spool are one, so most sources have a single one.
class SpooledPieces {
 public:
  struct Piece {
    uint64_t offset;    // in the source
    uint64_t position;  // in the spool
  };

  void Add(uint64_t position, uint64_t size);
  uint64_t size() const { return size_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::vector<Piece> pieces_;
  uint64_t size_ = 0;
};

// Writes the next bytes of a source to the spool.
absl::Status AppendTo(Spool* spool, std::string_view bytes, SpooledPieces* pieces);

// One source, opened: offsets count from its own beginning.
class SourceView {
 public:
  uint64_t size() const { return size_; }
  // Exactly `size` bytes. DataLoss if the file has shrunk. REQUIRES: offset + size <= size().
  absl::Status Read(uint64_t offset, char* out, size_t size) const;
  // DataLoss if the file is not what it was when it was first read.
  absl::Status CheckUnchanged() const;
  bool kept() const { return !owned_.open(); }  // its descriptor stays open

 private:
  friend class SourceFiles;
  absl::Status ReadPiece(uint64_t offset, char* out, size_t size) const;

  int fd_ = -1;
  File owned_;                                      // when the descriptor is not kept
  std::span<const SpooledPieces::Piece> pieces_{};  // none: the file itself
  uint64_t size_ = 0;
  const FileState* expected_ = nullptr;  // none for the spool
  const std::string* path_ = nullptr;
};

class SourceFiles {
 public:
  // `sources` must outlive this.
  SourceFiles(const std::vector<Source>& sources, const std::string& temp_dir);

  Spool& spool() { return spool_; }

  // Calls are in the order of the sources.
  void AddPlain(uint32_t source, const FileState& state, File file);
  void AddSpooled(uint32_t source, const SpooledPieces& spooled);

  bool Has(uint32_t source) const { return Find(source) != nullptr; }
  absl::StatusOr<SourceView> Open(uint32_t source) const;

  // DataLoss if one of the plain files that are kept open is not what it was.
  absl::Status CheckKept() const;

 private:
  struct Entry {
    uint32_t source;
    bool spooled = false;
    size_t first_piece = 0;  // in pieces_
    size_t pieces = 0;
    FileState state = {};
    File kept = {};
  };
  const Entry* Find(uint32_t source) const;

  const std::vector<Source>& sources_;
  Spool spool_;
  std::vector<Entry> entries_;
  std::vector<SpooledPieces::Piece> pieces_;
  size_t may_keep_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_SOURCE_FILES_H_
