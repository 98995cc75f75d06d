#include "refrain/pipeline/row_file.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kPiecesOfAThread = 2;

struct Piece : Batch {
  explicit Piece(MakeRows m) : make(std::move(m)) {}
  const MakeRows make;
  std::string rows;
};

}  // namespace

absl::Status WritePieces(const std::function<MakeRows()>& next, OutputFile* file) {
  FirstError error;
  RunPipeline(
      kPiecesOfAThread * static_cast<size_t>(ThreadsAllowed()),
      [&]() -> std::unique_ptr<Batch> {
        MakeRows make = error.ok() ? next() : nullptr;
        return make == nullptr ? nullptr : std::make_unique<Piece>(std::move(make));
      },
      [&](Batch& batch) {
        auto& piece = static_cast<Piece&>(batch);
        error.Update(piece.make(&piece.rows));
      },
      [&](Batch& batch) {
        if (error.ok()) error.Update(file->Write(static_cast<Piece&>(batch).rows));
      });
  return error.status();
}

void AppendRows(size_t begin, size_t end, const std::function<void(size_t, std::string*)>& format,
                std::string* rows) {
  for (size_t row = begin; row < end; ++row) {
    format(row, rows);
    *rows += '\n';
  }
}

absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, std::string*)>& format, OutputDir* dir) {
  constexpr size_t kRowsOfAPiece = 256;
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  size_t end = 0;
  const auto next = [&]() -> MakeRows {
    if (end == n) return nullptr;
    const size_t begin = std::exchange(end, std::min(n, end + kRowsOfAPiece));
    return [begin, end, &format](std::string* rows) {
      AppendRows(begin, end, format, rows);
      return absl::OkStatus();
    };
  };
  REFRAIN_RETURN_IF_ERROR(WritePieces(next, file));
  return file->Close();
}

}  // namespace refrain
