#include "refrain/io/source_files.h"

#include <sys/resource.h>

#include <algorithm>
#include <iterator>

#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

// A quarter of what the process may open: the rest belongs to the outputs and to the caller.
size_t DescriptorsToKeep() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
  return static_cast<size_t>(std::min<rlim_t>(256, limit.rlim_cur / 4));
}

}  // namespace

void SpooledPieces::Add(uint64_t position, uint64_t size) {
  if (size == 0) return;
  const bool follows =
      !pieces_.empty() && position - pieces_.back().position == size_ - pieces_.back().offset;
  if (!follows) pieces_.push_back({size_, position});
  size_ += size;
}

absl::Status AppendTo(Spool* spool, std::string_view bytes, SpooledPieces* pieces) {
  REFRAIN_ASSIGN_OR_RETURN(const uint64_t position, spool->Append(bytes));
  pieces->Add(position, bytes.size());
  return absl::OkStatus();
}

absl::Status SourceView::Read(uint64_t offset, char* out, size_t size) const {
  if (pieces_.empty()) return ReadPiece(offset, out, size);
  auto piece = std::prev(
      std::upper_bound(pieces_.begin(), pieces_.end(), offset,
                       [](uint64_t o, const SpooledPieces::Piece& p) { return o < p.offset; }));
  while (size > 0) {
    const auto next = std::next(piece);
    const uint64_t end = next == pieces_.end() ? size_ : next->offset;
    const size_t n = static_cast<size_t>(std::min<uint64_t>(size, end - offset));
    REFRAIN_RETURN_IF_ERROR(ReadPiece(piece->position + (offset - piece->offset), out, n));
    offset += n;
    out += n;
    size -= n;
    piece = next;
  }
  return absl::OkStatus();
}

absl::Status SourceView::ReadPiece(uint64_t offset, char* out, size_t size) const {
  REFRAIN_ASSIGN_OR_RETURN(const size_t n, ReadAt(fd_, offset, out, size, *path_));
  return n == size ? absl::OkStatus() : ChangedError(*path_);
}

absl::Status SourceView::CheckUnchanged() const {
  if (expected_ == nullptr) return absl::OkStatus();
  REFRAIN_ASSIGN_OR_RETURN(const FileState now, StateOf(fd_, *path_));
  return now == *expected_ ? absl::OkStatus() : ChangedError(*path_);
}

SourceFiles::SourceFiles(const std::vector<Source>& sources, const std::string& temp_dir)
    : sources_(sources), spool_(temp_dir), may_keep_(DescriptorsToKeep()) {}

void SourceFiles::AddPlain(uint32_t source, const FileState& state, File file) {
  Entry entry{.source = source, .state = state};
  if (may_keep_ > 0) {
    --may_keep_;
    entry.kept = std::move(file);
  }
  entries_.push_back(std::move(entry));
}

void SourceFiles::AddSpooled(uint32_t source, const SpooledPieces& spooled) {
  Entry entry{.source = source, .spooled = true, .first_piece = pieces_.size()};
  entry.pieces = spooled.pieces().size();
  entry.state.size = spooled.size();
  pieces_.insert(pieces_.end(), spooled.pieces().begin(), spooled.pieces().end());
  entries_.push_back(std::move(entry));
}

const SourceFiles::Entry* SourceFiles::Find(uint32_t source) const {
  const auto found = std::lower_bound(entries_.begin(), entries_.end(), source,
                                      [](const Entry& e, uint32_t s) { return e.source < s; });
  return found != entries_.end() && found->source == source ? &*found : nullptr;
}

absl::StatusOr<SourceView> SourceFiles::Open(uint32_t source) const {
  const Entry* entry = Find(source);
  if (entry == nullptr) return absl::InternalError("a source that was not read to its end");
  SourceView view;
  view.path_ = entry->spooled ? &spool_.folder() : &sources_[source].path;
  view.pieces_ = std::span(pieces_).subspan(entry->first_piece, entry->pieces);
  view.size_ = entry->state.size;
  view.fd_ = entry->spooled ? spool_.fd() : entry->kept.fd();
  if (!entry->spooled) view.expected_ = &entry->state;
  if (!entry->spooled && !entry->kept.open()) {
    FileState now;
    REFRAIN_ASSIGN_OR_RETURN(view.owned_, OpenToRead(sources_[source].path, &now));
    view.fd_ = view.owned_.fd();
  }
  return view;
}

absl::Status SourceFiles::CheckKept() const {
  for (const Entry& entry : entries_) {
    if (!entry.kept.open()) continue;
    const std::string& path = sources_[entry.source].path;
    REFRAIN_ASSIGN_OR_RETURN(const FileState now, StateOf(entry.kept.fd(), path));
    if (now != entry.state) return ChangedError(path);
  }
  return absl::OkStatus();
}

}  // namespace refrain
