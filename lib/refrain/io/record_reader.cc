#include "refrain/io/record_reader.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/byte_stream.h"
#include "refrain/io/file.h"
#include "refrain/io/line_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/io/record_store_impl.h"
#include "refrain/io/text_file.h"

namespace refrain {
namespace {

constexpr size_t kMaxFilesPerBatch = 1024;
constexpr uint64_t kExpansion = 4;  // of compressed text, for the size of a batch

struct TextFileSize {
  uint64_t bytes = 0;
  bool regular = false;
};

absl::StatusOr<TextFileSize> SizeOf(const Source& source) {
  if (source.path == "-") return TextFileSize{};
  struct stat st;
  if (stat(source.path.c_str(), &st) != 0) {
    return absl::UnavailableError(
        absl::StrCat(source.path, ": cannot be opened: ", strerror(errno)));
  }
  if (S_ISDIR(st.st_mode)) return ReadError(source.path, 0, EISDIR);
  const uint64_t factor = source.compression == Compression::kNone ? 1 : kExpansion;
  return TextFileSize{factor * static_cast<uint64_t>(st.st_size), S_ISREG(st.st_mode)};
}

// Keeps sums with the limits from overflowing.
ReaderOptions Bounded(ReaderOptions options) {
  options.max_record = std::min(options.max_record, uint64_t{1} << 60);
  options.batch_bytes = std::min(options.batch_bytes, uint64_t{1} << 40);
  return options;
}

// Passes a stream on and copies it to the spool.
class SpoolingStream : public ByteStream {
 public:
  SpoolingStream(ByteStream* from, Spool* spool) : from_(from), spool_(spool) {}
  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    REFRAIN_ASSIGN_OR_RETURN(const size_t n, from_->Read(out, size));
    REFRAIN_RETURN_IF_ERROR(AppendTo(spool_, {out, n}, &pieces_));
    return n;
  }
  uint64_t stored_bytes() const override { return from_->stored_bytes(); }
  const SpooledPieces& pieces() const { return pieces_; }

 private:
  ByteStream* from_;
  Spool* spool_;
  SpooledPieces pieces_;
};

absl::Status WriteSpooled(const Spool& spool, RecordBatch* batch) {
  for (const SpoolWrite& write : batch->to_spool) {
    REFRAIN_RETURN_IF_ERROR(spool.Write(write.position, write.bytes->view()));
  }
  batch->to_spool = {};
  return absl::OkStatus();
}

}  // namespace

struct RecordReader::Impl {
  Impl(const std::vector<Source>& all, const ReaderOptions& given)
      : sources(all),
        options(Bounded(given)),
        store(new RecordStore(std::make_unique<RecordStore::Impl>(all, given.temp_dir))),
        files(&store->impl_->files),
        lines(sources, options, files) {}

  bool NextIsText() const { return next < sources.size() && sources[next].format == Format::kText; }
  absl::Status FillWithLines(RecordBatch* batch);
  absl::Status FillWithTextFiles(RecordBatch* batch);
  absl::Status ReadTextStream(RecordBatch* batch);

  const std::vector<Source>& sources;
  const ReaderOptions options;
  std::unique_ptr<RecordStore> store;
  SourceFiles* files;
  LineReader lines;
  uint32_t next = 0;  // source
};

absl::Status RecordReader::Impl::FillWithLines(RecordBatch* batch) {
  batch->loaded = true;
  lines.Begin(batch);
  while (!lines.full()) {
    if (!lines.open()) {
      if (next == sources.size() || NextIsText()) break;
      REFRAIN_RETURN_IF_ERROR(lines.Open(next++));
    }
    REFRAIN_RETURN_IF_ERROR(lines.Fill());
  }
  lines.End();
  return absl::OkStatus();
}

// Lists files until they fill a batch. One that can be read only once makes a batch of its own.
absl::Status RecordReader::Impl::FillWithTextFiles(RecordBatch* batch) {
  batch->loaded = false;
  uint64_t bytes = 0;
  while (NextIsText() && bytes < options.batch_bytes && batch->records.size() < kMaxFilesPerBatch) {
    REFRAIN_ASSIGN_OR_RETURN(const TextFileSize size, SizeOf(sources[next]));
    const bool fits = batch->records.empty() || bytes + size.bytes <= options.batch_bytes;
    if (!size.regular && batch->records.empty()) return ReadTextStream(batch);
    if (!size.regular || !fits) break;
    bytes += size.bytes;
    batch->records.push_back({.bytes = {}, .source = next++, .line = 1});
  }
  return absl::OkStatus();
}

absl::Status RecordReader::Impl::ReadTextStream(RecordBatch* batch) {
  const Source& source = sources[next];
  FileState state;
  REFRAIN_ASSIGN_OR_RETURN(const File file, OpenToRead(source.path, &state));
  const auto stream = MakeByteStream(file.fd(), source.path, source.compression);
  SpoolingStream spooling(stream.get(), &files->spool());
  REFRAIN_ASSIGN_OR_RETURN(const bool complete, AppendStream(&spooling, options.max_record,
                                                             options.batch_bytes, &batch->buffer));
  files->AddSpooled(next, spooling.pieces());
  batch->source_bytes = stream->stored_bytes();
  batch->loaded = true;
  batch->records.push_back({.bytes = complete ? batch->buffer.view() : std::string_view(),
                            .source = next++,
                            .line = 1,
                            .too_long = !complete});
  return absl::OkStatus();
}

RecordReader::RecordReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordReader::~RecordReader() = default;

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::vector<Source>& sources,
                                                                 const ReaderOptions& options) {
  if (options.batch_bytes == 0) return absl::InvalidArgumentError("batch_bytes is 0");
  return std::unique_ptr<RecordReader>(new RecordReader(std::make_unique<Impl>(sources, options)));
}

absl::StatusOr<std::unique_ptr<RecordBatch>> RecordReader::Next() {
  auto batch = std::make_unique<RecordBatch>();
  if (impl_->lines.open() || !impl_->NextIsText()) {
    REFRAIN_RETURN_IF_ERROR(impl_->FillWithLines(batch.get()));
  }
  if (batch->records.empty() && impl_->NextIsText()) {
    REFRAIN_RETURN_IF_ERROR(impl_->FillWithTextFiles(batch.get()));
  }
  if (!batch->records.empty()) return batch;
  REFRAIN_RETURN_IF_ERROR(WriteSpooled(impl_->files->spool(), batch.get()));
  return nullptr;
}

absl::Status RecordReader::Load(RecordBatch* batch) const {
  REFRAIN_RETURN_IF_ERROR(WriteSpooled(impl_->files->spool(), batch));
  if (batch->loaded) return absl::OkStatus();
  std::vector<size_t> ends;
  batch->buffer.Resize(0);
  for (RawRecord& record : batch->records) {
    REFRAIN_ASSIGN_OR_RETURN(
        const TextFileRead read,
        AppendTextFile(impl_->sources[record.source], impl_->options.max_record, &batch->buffer));
    record.too_long = read.too_long;
    record.stamp = read.stamp;
    batch->source_bytes += read.stored_bytes;
    ends.push_back(batch->buffer.size());
  }
  size_t begin = 0;  // only now: the buffer does not move any more
  for (size_t i = 0; i < ends.size(); begin = ends[i++]) {
    if (batch->records[i].too_long) continue;
    batch->records[i].bytes = batch->buffer.view().substr(begin, ends[i] - begin);
  }
  batch->loaded = true;
  return absl::OkStatus();
}

RecordStore& RecordReader::store() { return *impl_->store; }

std::unique_ptr<RecordStore> RecordReader::TakeStore() && { return std::move(impl_->store); }

}  // namespace refrain
