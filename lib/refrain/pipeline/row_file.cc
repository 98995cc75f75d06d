#include "refrain/pipeline/row_file.h"

#include <algorithm>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr size_t kPiecesOfAThread = 2;

struct MadePiece : Batch {
  explicit MadePiece(std::unique_ptr<RowPiece> p) : piece(std::move(p)) {}
  const std::unique_ptr<RowPiece> piece;
  std::string rows;
};

// Some rows of a file whose rows are alike.
class FormattedRows : public RowPiece {
 public:
  FormattedRows(size_t begin, size_t end, const std::function<void(size_t, std::string*)>& format)
      : begin_(begin), end_(end), format_(format) {}

  absl::Status Make(std::string* rows) override {
    for (size_t row = begin_; row < end_; ++row) {
      format_(row, rows);
      *rows += '\n';
    }
    return absl::OkStatus();
  }

 private:
  const size_t begin_, end_;
  const std::function<void(size_t, std::string*)>& format_;
};

}  // namespace

absl::Status WritePieces(const std::function<std::unique_ptr<RowPiece>()>& next, OutputFile* file) {
  FirstError error;
  RunPipeline(
      kPiecesOfAThread * static_cast<size_t>(ThreadsAllowed()),
      [&]() -> std::unique_ptr<Batch> {
        std::unique_ptr<RowPiece> piece = error.ok() ? next() : nullptr;
        return piece == nullptr ? nullptr : std::make_unique<MadePiece>(std::move(piece));
      },
      [&](Batch& batch) {
        auto& made = static_cast<MadePiece&>(batch);
        error.Update(made.piece->Make(&made.rows));
      },
      [&](Batch& batch) {
        if (error.ok()) error.Update(file->Write(static_cast<MadePiece&>(batch).rows));
      });
  return error.status();
}

absl::Status WriteRowFile(const char* name, size_t n,
                          const std::function<void(size_t, std::string*)>& format, OutputDir* dir) {
  constexpr size_t kRowsOfAPiece = 256;
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  size_t begin = 0;
  const auto next = [&]() -> std::unique_ptr<RowPiece> {
    if (begin == n) return nullptr;
    const size_t first = std::exchange(begin, std::min(n, begin + kRowsOfAPiece));
    return std::make_unique<FormattedRows>(first, begin, format);
  };
  REFRAIN_RETURN_IF_ERROR(WritePieces(next, file));
  return file->Close();
}

}  // namespace refrain
