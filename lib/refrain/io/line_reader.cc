#include "refrain/io/line_reader.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr size_t kMinRecordsPerBatch = 64;
constexpr uint64_t kBytesPerListedRecord = 64;  // bounds the list where lines are very short

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string_view::npos;
}

// The part of a line that is record: all but a byte order mark at the head of the source.
std::string_view WithoutMark(std::string_view line, uint64_t offset) {
  if (offset == 0 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  return line;
}

}  // namespace

void LineReader::Begin(RecordBatch* batch) {
  batch_ = batch;
  const size_t left_over = tail_.size();
  batch->buffer.Reserve(std::max<size_t>(options_.batch_bytes, left_over + 1));
  if (left_over > 0) std::memcpy(data(), tail_.data(), left_over);
  batch->records.reserve(records_before_);
  tail_ = ByteBuffer();
  used_ = left_over;
  line_begin_ = scanned_ = 0;
  full_ = false;
  if (open()) SplitLines();
}

absl::Status LineReader::Open(uint32_t source) {
  source_ = source;
  lines_ = line_offset_ = 0;
  skipping_ = false;
  read_ahead_ = ahead_.Open(source);
  if (!read_ahead_) REFRAIN_RETURN_IF_ERROR(OpenInline());
  open_ = true;
  return absl::OkStatus();
}

absl::Status LineReader::OpenInline() {
  REFRAIN_ASSIGN_OR_RETURN(file_, OpenToRead(sources_[source_].path, &state_));
  const Compression compression = sources_[source_].compression;
  spooled_ = compression != Compression::kNone || !state_.regular;
  pieces_ = {};
  if (state_.regular) posix_fadvise(file_.fd(), 0, 0, POSIX_FADV_SEQUENTIAL);
  stream_ = MakeByteStream(file_.fd(), sources_[source_].path, compression);
  return absl::OkStatus();
}

absl::Status LineReader::Fill() {
  while (open() && !full_) {
    if (used_ == batch_->buffer.capacity()) {
      MakeRoom();
    } else {
      REFRAIN_RETURN_IF_ERROR(ReadMore());
    }
  }
  return absl::OkStatus();
}

absl::Status LineReader::ReadMore() {
  const uint64_t stored_before = StoredBytes();
  char* const end = data() + used_;
  const size_t room = batch_->buffer.capacity() - used_;
  REFRAIN_ASSIGN_OR_RETURN(const size_t n, read_ahead_ ? ahead_.Read(end, room, &batch_->to_spool)
                                                       : ReadInline(end, room));
  batch_->source_bytes += StoredBytes() - stored_before;
  if (n == 0) return CloseSource();
  used_ += n;
  SplitLines();
  return absl::OkStatus();
}

absl::StatusOr<size_t> LineReader::ReadInline(char* out, size_t size) {
  REFRAIN_ASSIGN_OR_RETURN(const size_t n, stream_->Read(out, size));
  if (spooled_) REFRAIN_RETURN_IF_ERROR(AppendTo(&files_->spool(), {out, n}, &pieces_));
  return n;
}

uint64_t LineReader::StoredBytes() const {
  return read_ahead_ ? ahead_.stored_bytes() : stream_->stored_bytes();
}

void LineReader::SplitLines() {
  const size_t most =
      std::max<size_t>(kMinRecordsPerBatch, options_.batch_bytes / kBytesPerListedRecord);
  while (scanned_ < used_) {
    const void* newline = std::memchr(data() + scanned_, '\n', used_ - scanned_);
    if (newline == nullptr) break;
    if (batch_->records.size() >= most) {
      full_ = true;
      return;
    }
    const size_t end = static_cast<size_t>(static_cast<const char*>(newline) - data());
    EndLine(end);
    line_offset_ += end + 1 - line_begin_;
    line_begin_ = scanned_ = end + 1;
  }
  scanned_ = used_;
  DropLongLine();
}

// A line that is known to be too long before its end is seen is listed and then read past, without
// keeping it.
void LineReader::DropLongLine() {
  const std::string_view line(data() + line_begin_, used_ - line_begin_);
  const std::string_view record = WithoutMark(line, line_offset_);
  const bool may_be_mark = line_offset_ == 0 && line.size() <= kByteOrderMark.size();
  if (!skipping_ && (may_be_mark || record.size() <= options_.max_record)) return;
  if (!skipping_) {
    batch_->records.push_back({.bytes = {},
                               .source = source_,
                               .line = lines_ + 1,
                               .offset = line_offset_ + (line.size() - record.size()),
                               .too_long = true});
  }
  skipping_ = true;
  line_offset_ += line.size();
  used_ = scanned_ = line_begin_;
}

void LineReader::EndLine(size_t end) {
  ++lines_;
  const bool listed_already = std::exchange(skipping_, false);
  if (listed_already) return;
  const std::string_view line(data() + line_begin_, end - line_begin_);
  const std::string_view record = WithoutMark(line, line_offset_);
  const bool too_long = record.size() > options_.max_record;
  if (!too_long && IsBlank(record)) return;
  batch_->records.push_back({.bytes = too_long ? std::string_view() : record,
                             .source = source_,
                             .line = lines_,
                             .offset = line_offset_ + (line.size() - record.size()),
                             .too_long = too_long});
}

void LineReader::MakeRoom() {
  ByteBuffer& buffer = batch_->buffer;
  if (!batch_->records.empty()) {
    full_ = true;
  } else if (line_begin_ > 0) {
    std::memmove(data(), data() + line_begin_, used_ - line_begin_);
    used_ -= line_begin_;
    scanned_ -= line_begin_;
    line_begin_ = 0;
  } else {
    // DropLongLine has seen to it that what is held is no longer than a record may be.
    const uint64_t enough = options_.max_record + kByteOrderMark.size() + 1;
    const uint64_t doubled = 2 * uint64_t{buffer.capacity()};
    buffer.Reserve(std::max<size_t>(std::min(doubled, enough), buffer.capacity() + 1));
  }
}

absl::Status LineReader::CloseSource() {
  if (line_begin_ < used_) EndLine(used_);
  line_begin_ = scanned_ = used_;
  skipping_ = open_ = false;
  stream_ = nullptr;
  if (read_ahead_ || spooled_) {
    files_->AddSpooled(source_, read_ahead_ ? ahead_.pieces() : pieces_);
    file_.Close();
    return absl::OkStatus();
  }
  REFRAIN_ASSIGN_OR_RETURN(const FileState now, StateOf(file_.fd(), sources_[source_].path));
  if (now != state_) return ChangedError(sources_[source_].path);
  files_->AddPlain(source_, state_, std::move(file_));
  file_ = File();
  return absl::OkStatus();
}

void LineReader::End() {
  if (line_begin_ < used_) tail_.Append({data() + line_begin_, used_ - line_begin_});
  batch_->buffer.Resize(line_begin_);
  records_before_ = batch_->records.size();
  batch_ = nullptr;
}

}  // namespace refrain
