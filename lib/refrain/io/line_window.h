// A window that slides over a source and shows its lines, for one pass from front to back.
//
// Memory: about 2 MiB, more only for a longer line. Cost: large reads; a line is copied only when
//   it crosses the end of the window. One thread.
#ifndef REFRAIN_IO_LINE_WINDOW_H_
#define REFRAIN_IO_LINE_WINDOW_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "refrain/io/byte_buffer.h"
#include "refrain/io/source_files.h"

namespace refrain {

class LineWindow {
 public:
  // `view` must outlive the window.
  explicit LineWindow(const SourceView& view) : view_(view) {}

  // The line that begins at `offset`, without \n, valid until the next call. REQUIRES: offsets
  // rise.
  absl::Status Line(uint64_t offset, std::string_view* line);

 private:
  absl::Status ReadMore(size_t from);

  const SourceView& view_;
  ByteBuffer buffer_;
  uint64_t begin_ = 0;  // offset of the buffer's first byte
};

}  // namespace refrain

#endif  // REFRAIN_IO_LINE_WINDOW_H_
