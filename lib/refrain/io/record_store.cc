#include "refrain/io/record_store.h"

#include <algorithm>
#include <cstring>

#include "refrain/base/status_macros.h"
#include "refrain/io/file.h"
#include "refrain/io/record_store_impl.h"
#include "refrain/io/text_file.h"

namespace refrain {
namespace {

constexpr uint64_t kFirstGuess = 1 << 16;    // of a record's length, when nothing is known
constexpr uint64_t kLargestGuess = 1 << 20;  // what stands between two documents may be long

constexpr uint64_t kPiece = 1 << 19;  // of a source that is read from end to end

// Records are read together that stand so near to each other that the bytes between them cost less than another read.
constexpr uint64_t kNear = 4096;
constexpr uint64_t kLongestRun = 1 << 17;

// The stretch that holds a document.
const auto& StretchOf(const auto& stretches, DocId doc) {
  return *std::prev(std::upper_bound(stretches.begin(), stretches.end(), doc,
                                     [](DocId d, const auto& s) { return d < s.first; }));
}

// Room for `size` bytes and the padding, zeroed only when it grows.
char* RoomIn(RecordBuffer* buffer, size_t size) {
  if (buffer->storage.size() < size + kRecordPadding) {
    buffer->storage.resize(std::max(size + kRecordPadding, buffer->storage.size() * 3 / 2));
  }
  return buffer->storage.data();
}

// Reads the line at `offset`: first as many bytes as it probably has, then ever more until its end
// is in sight.
absl::Status ReadLine(const SourceView& view, uint64_t offset, uint64_t guess,
                      RecordBuffer* buffer) {
  if (offset > view.size()) return absl::InternalError("a place beyond the end of its source");
  const uint64_t most = view.size() - offset;
  size_t have = 0;
  while (true) {
    const size_t want = static_cast<size_t>(std::min(most, std::max<uint64_t>(guess, 2 * have)));
    char* const data = RoomIn(buffer, want);
    REFRAIN_RETURN_IF_ERROR(view.Read(offset + have, data + have, want - have));
    const void* newline = std::memchr(data + have, '\n', want - have);
    if (newline == nullptr && want < most) {
      have = want;
      continue;
    }
    const char* const end = newline != nullptr ? static_cast<const char*>(newline) : data + want;
    buffer->bytes = {data, static_cast<size_t>(end - data)};
    return absl::OkStatus();
  }
}

absl::Status ReadTextFile(const Source& source, uint64_t stamp, RecordBuffer* buffer) {
  ByteBuffer bytes;
  REFRAIN_ASSIGN_OR_RETURN(const TextFileRead read, AppendTextFile(source, UINT64_MAX, &bytes));
  if (read.stamp != stamp) return ChangedError(source.path);
  char* const data = RoomIn(buffer, bytes.size());
  std::memcpy(data, bytes.data(), bytes.size());
  buffer->bytes = {data, bytes.size()};
  return absl::OkStatus();
}

absl::Status ReadSpooledText(const SourceView& view, RecordBuffer* buffer) {
  char* const data = RoomIn(buffer, view.size());
  buffer->bytes = {data, view.size()};
  return view.Read(0, data, view.size());
}

}  // namespace

RecordStore::RecordStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
RecordStore::~RecordStore() = default;

size_t RecordStore::size() const { return impl_->places.size(); }
const std::vector<Source>& RecordStore::sources() const { return impl_->sources; }

DocId RecordStore::Add(const RawRecord& record) {
  const DocId doc = static_cast<DocId>(impl_->places.size());
  const bool text = impl_->sources[record.source].format == Format::kText;
  const Impl::Stretch* last = impl_->stretches.empty() ? nullptr : &impl_->stretches.back();
  const bool continues = last != nullptr && last->text == text &&
                         record.source - last->source == (text ? doc - last->first : 0);
  if (!continues) impl_->stretches.push_back({doc, record.source, text});
  impl_->places.push_back(text ? record.stamp : record.offset);
  if (!text && record.line != Locate(doc).line) {
    const DocId first = impl_->stretches.back().first;
    impl_->skips.push_back({doc, record.line - 1 - (doc - first)});
  }
  return doc;
}

Location RecordStore::Locate(DocId doc) const {
  const Impl::Stretch& stretch = StretchOf(impl_->stretches, doc);
  if (stretch.text) return {stretch.source + (doc - stretch.first), 1};
  const auto after = std::upper_bound(impl_->skips.begin(), impl_->skips.end(), doc,
                                      [](DocId d, const Impl::Skip& s) { return d < s.doc; });
  const bool any = after != impl_->skips.begin() && std::prev(after)->doc >= stretch.first;
  const uint64_t skipped = any ? std::prev(after)->lines : 0;
  return {stretch.source, uint64_t{doc - stretch.first} + 1 + skipped};
}

RecordStore::Range RecordStore::DocumentsOf(uint32_t source) const {
  const auto& stretches = impl_->stretches;
  const auto after = std::upper_bound(stretches.begin(), stretches.end(), source,
                                      [](uint32_t s, const auto& st) { return s < st.source; });
  const DocId end = after == stretches.end() ? static_cast<DocId>(size()) : after->first;
  if (after == stretches.begin()) return {end, end};
  const Impl::Stretch& stretch = *std::prev(after);
  if (!stretch.text) return stretch.source == source ? Range{stretch.first, end} : Range{end, end};
  const uint64_t doc = uint64_t{stretch.first} + (source - stretch.source);
  if (doc >= end) return {end, end};
  return {static_cast<DocId>(doc), static_cast<DocId>(doc + 1)};
}

absl::Status RecordStore::Read(DocId doc, RecordBuffer* buffer) const {
  return ReadRecord(doc, /*check=*/true, buffer);
}

absl::Status RecordStore::ReadUnchecked(DocId doc, RecordBuffer* buffer) const {
  return ReadRecord(doc, /*check=*/false, buffer);
}

absl::Status RecordStore::CheckUnchanged() const { return impl_->files.CheckKept(); }

absl::Status RecordStore::ReadRecord(DocId doc, bool check, RecordBuffer* buffer) const {
  const uint32_t source = Locate(doc).source;
  const uint64_t place = impl_->places[doc];
  const bool text = impl_->sources[source].format == Format::kText;
  if (text && !impl_->files.Has(source)) {
    return ReadTextFile(impl_->sources[source], place, buffer);
  }
  REFRAIN_ASSIGN_OR_RETURN(const SourceView view, impl_->files.Open(source));
  if (text) return ReadSpooledText(view, buffer);
  uint64_t guess = kFirstGuess;
  if (doc + 1 < DocumentsOf(source).end) {
    const uint64_t distance = impl_->places[doc + 1] - place;
    if (distance <= kLargestGuess) guess = distance;
  }
  REFRAIN_RETURN_IF_ERROR(ReadLine(view, place, guess, buffer));
  return check || !view.kept() ? view.CheckUnchanged() : absl::OkStatus();
}

uint64_t RecordStore::Extent(Range docs) const {
  return impl_->places[docs.end - 1] - impl_->places[docs.begin];
}

RecordStore::Range RecordStore::FirstPiece(Range docs) const {
  const uint64_t* const places = impl_->places.begin();
  const uint64_t* const beyond =
      std::lower_bound(places + docs.begin + 1, places + docs.end, places[docs.begin] + kPiece);
  return {docs.begin, static_cast<DocId>(beyond - places)};
}

absl::Status RecordStore::ReadEach(std::span<const DocId> docs, const Visit& visit) const {
  RecordPiece piece;
  while (!docs.empty()) {
    const std::span<const DocId> run = docs.first(RunLength(docs));
    REFRAIN_RETURN_IF_ERROR(ReadPiece({run.front(), run.back() + 1}, &piece));
    for (const DocId doc : run) REFRAIN_RETURN_IF_ERROR(visit(doc, piece.Record(doc)));
    docs = docs.subspan(run.size());
  }
  return absl::OkStatus();
}

// How many of the documents one read is to bring.
size_t RecordStore::RunLength(std::span<const DocId> docs) const {
  const PageVector<uint64_t>& places = impl_->places;
  const DocId end = DocumentsOf(Locate(docs.front()).source).end;
  const uint64_t begin = places[docs.front()];
  size_t run = 1;
  while (run < docs.size() && docs[run] < end &&
         places[docs[run]] - places[docs[run - 1] + 1] <= kNear &&
         places[docs[run]] - begin <= kLongestRun) {
    ++run;
  }
  return run;
}

}  // namespace refrain
