// Writes a file of rows, one JSON object a line.
//
// Rows are made in parallel, a bounded number at a time, and written in order. Errors: those of the output folder.
#ifndef REFRAIN_PIPELINE_ROW_FILE_H_
#define REFRAIN_PIPELINE_ROW_FILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "refrain/io/output_dir.h"

namespace refrain {

// Rows that follow each other, which one thread makes.
class RowPiece {
 public:
  virtual ~RowPiece() = default;
  virtual absl::Status Make(std::string* rows) = 0;
};

// Writes pieces in the order in which `next` gives them, until it gives null. They are made by many threads, a few ahead
// of the one that is written.
absl::Status WritePieces(const std::function<std::unique_ptr<RowPiece>()>& next, OutputFile* file);

// `format` appends row i, without its line end; it is called by many threads.
absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, std::string*)>& format, OutputDir* dir);

// part / whole, 0 of nothing.
inline double ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_ROW_FILE_H_
