#include "refrain/io/line_window.h"

#include <algorithm>
#include <cstring>

#include "refrain/base/status_macros.h"
#include "refrain/io/file.h"

namespace refrain {

constexpr size_t kPiece = 1 << 18;

absl::Status LineWindow::Line(uint64_t offset, std::string_view* line) {
  if (offset > view_.size()) return absl::InternalError("a place beyond the end of its source");
  if (offset >= begin_ + buffer_.size()) {
    begin_ = offset;
    buffer_.Resize(0);
  }
  size_t begin = offset - begin_;
  size_t scanned = begin;
  while (true) {
    const char* const data = buffer_.data();
    const void* newline = std::memchr(data + scanned, '\n', buffer_.size() - scanned);
    if (newline != nullptr || begin_ + buffer_.size() == view_.size()) {
      const char* const end =
          newline != nullptr ? static_cast<const char*>(newline) : data + buffer_.size();
      *line = {data + begin, static_cast<size_t>(end - data) - begin};
      return absl::OkStatus();
    }
    scanned = buffer_.size() - begin;
    REFRAIN_RETURN_IF_ERROR(ReadMore(begin));
    begin = 0;
  }
}

// Keeps what begins at `from` and reads at least as much again behind it.
absl::Status LineWindow::ReadMore(size_t from) {
  const size_t kept = buffer_.size() - from;
  std::memmove(buffer_.data(), buffer_.data() + from, kept);
  begin_ += from;
  const uint64_t left = view_.size() - (begin_ + kept);
  const size_t more = static_cast<size_t>(std::min<uint64_t>(left, std::max(kPiece, kept)));
  buffer_.Reserve(kept <= kPiece ? 2 * kPiece : kept + more);
  buffer_.Resize(kept + more);
  return view_.Read(begin_ + kept, buffer_.data() + kept, more);
}

}  // namespace refrain
