#include "refrain/pipeline/row_file.h"

#include <algorithm>
#include <vector>

#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"

namespace refrain {

absl::Status WriteRowsOf(size_t begin, size_t end,
                         const std::function<void(size_t, std::string*)>& format,
                         OutputFile* file) {
  constexpr size_t kPiece = 256;
  std::vector<std::string> pieces((end - begin + kPiece - 1) / kPiece);
  ParallelFor(0, pieces.size(), 1, [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      const size_t first = begin + i * kPiece;
      for (size_t row = first; row < std::min(end, first + kPiece); ++row) {
        format(row, &pieces[i]);
        pieces[i] += '\n';
      }
    }
  });
  for (const std::string& piece : pieces) REFRAIN_RETURN_IF_ERROR(file->Write(piece));
  return absl::OkStatus();
}

absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, std::string*)>& format, OutputDir* dir) {
  constexpr size_t kAtOnce = size_t{1} << 16;
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  for (size_t begin = 0; begin < n; begin += kAtOnce) {
    REFRAIN_RETURN_IF_ERROR(WriteRowsOf(begin, std::min(n, begin + kAtOnce), format, file));
  }
  return file->Close();
}

}  // namespace refrain
