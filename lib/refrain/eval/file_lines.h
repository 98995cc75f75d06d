// Reads a file line by line: plain, .gz, .zst (by extension), or "-" for standard input.
//
// Lines are split on \n alone; the \n is not part of a line. Memory: one line and 64 KiB to 256 KiB
// of buffers. Errors: NotFound or Unavailable naming the file; DataLoss for a compressed file that
// is broken or ends early. Threads: one.
#ifndef REFRAIN_EVAL_FILE_LINES_H_
#define REFRAIN_EVAL_FILE_LINES_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace refrain {

class FileLines {
 public:
  static absl::StatusOr<FileLines> Open(const std::string& path);
  ~FileLines();
  FileLines(FileLines&&) noexcept;

  // False at the end.
  absl::StatusOr<bool> Next(std::string* line);

  // Of the line last read, from 1.
  uint64_t line_number() const { return line_number_; }

 private:
  struct Input;
  explicit FileLines(std::unique_ptr<Input> input);

  std::unique_ptr<Input> input_;
  std::string block_;
  size_t position_ = 0;
  uint64_t line_number_ = 0;
};

}  // namespace refrain

#endif  // REFRAIN_EVAL_FILE_LINES_H_
