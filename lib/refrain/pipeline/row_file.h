// Writes a file of rows, one JSON object a line.
//
// Rows are made in parallel, a bounded number at a time, and written in order. Errors: those of the output folder.
#ifndef REFRAIN_PIPELINE_ROW_FILE_H_
#define REFRAIN_PIPELINE_ROW_FILE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "refrain/io/output_dir.h"

namespace refrain {

// Appends some rows that follow each other.
using MakeRows = std::function<absl::Status(std::string*)>;

// Writes rows in the order in which `next` gives those who make them, until it gives none. They are made by many threads,
// a few pieces ahead of the one that is written.
absl::Status WritePieces(const std::function<MakeRows()>& next, OutputFile* file);

// Appends rows [begin, end). `format` as below.
void AppendRows(size_t begin, size_t end, const std::function<void(size_t, std::string*)>& format,
                std::string* rows);

// `format` appends row i, without its line end; it is called by many threads.
absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, std::string*)>& format, OutputDir* dir);

// part / whole, 0 of nothing.
inline double ShareOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_ROW_FILE_H_
