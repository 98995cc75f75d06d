#include <algorithm>
#include <cstring>
#include <vector>

#include "refrain/base/status_macros.h"
#include "refrain/io/record_store.h"
#include "refrain/io/record_store_impl.h"

namespace refrain {
namespace {

constexpr uint64_t kGuess = 1 << 16;  // of a line's length, when it is not known

// Appends bytes of a source that stand directly behind those at hand.
absl::Status ReadTo(uint64_t end, const SourceView& view, uint64_t begin, ByteBuffer* bytes) {
  const size_t have = bytes->size();
  bytes->Resize(static_cast<size_t>(end - begin));
  return view.Read(begin + have, bytes->data() + have, bytes->size() - have);
}

// Reads on until the end of the line at `last` is in sight, or `most`, and returns it.
absl::StatusOr<uint64_t> ReadToLineEnd(uint64_t last, uint64_t most, const SourceView& view,
                                       uint64_t begin, ByteBuffer* bytes) {
  size_t scanned = static_cast<size_t>(last - begin);
  for (uint64_t guess = kGuess;; guess *= 2) {
    const uint64_t end = std::min(most, last + guess);
    REFRAIN_RETURN_IF_ERROR(ReadTo(end, view, begin, bytes));
    const void* newline = std::memchr(bytes->data() + scanned, '\n', bytes->size() - scanned);
    if (newline != nullptr) {
      return begin + static_cast<size_t>(static_cast<const char*>(newline) - bytes->data()) + 1;
    }
    if (end == most) return most;
    scanned = bytes->size();
  }
}

// Lists those of the documents, but for the first, before which lines are skipped. Are some behind the last?
bool TakeSkips(const auto& skips, RecordStore::Range docs, std::vector<DocId>* behind) {
  behind->clear();
  auto skip = std::upper_bound(skips.begin(), skips.end(), docs.begin,
                               [](DocId doc, const auto& s) { return doc < s.doc; });
  for (; skip != skips.end() && skip->doc < docs.end; ++skip) behind->push_back(skip->doc);
  return skip != skips.end() && skip->doc == docs.end;
}

}  // namespace

absl::Status RecordStore::ReadPiece(Range docs, RecordPiece* piece) const {
  const uint32_t source = Locate(docs.begin).source;
  REFRAIN_ASSIGN_OR_RETURN(const SourceView view, impl_->files.Open(source));
  const PageVector<uint64_t>& places = impl_->places;
  const uint64_t begin = places[docs.begin];
  const bool last = docs.end == DocumentsOf(source).end;
  const uint64_t next = last ? view.size() : places[docs.end];
  if (next < begin) return absl::InternalError("a place beyond the end of its source");
  piece->docs_ = docs;
  piece->places_ = places.data();
  const bool skips_behind = TakeSkips(impl_->skips, docs, &piece->behind_skips_);
  piece->end_ = next;
  piece->bytes_.Resize(0);
  if (!last && !skips_behind) {
    REFRAIN_RETURN_IF_ERROR(ReadTo(next, view, begin, &piece->bytes_));
  } else {
    REFRAIN_ASSIGN_OR_RETURN(
        piece->end_, ReadToLineEnd(places[docs.end - 1], next, view, begin, &piece->bytes_));
  }
  return view.CheckUnchanged();
}

bool RecordPiece::Follows(DocId doc) const {
  return behind_skips_.empty() || !std::ranges::binary_search(behind_skips_, doc);
}

uint64_t RecordPiece::LineEnd(DocId doc) const {
  if (doc + 1 == docs_.end) return end_;
  const uint64_t next = places_[doc + 1];
  if (Follows(doc + 1)) return next;
  const uint64_t begin = places_[docs_.begin];
  const char* const line = bytes_.data() + (places_[doc] - begin);
  const void* newline = std::memchr(line, '\n', next - places_[doc]);
  if (newline == nullptr) return next;
  return begin + static_cast<size_t>(static_cast<const char*>(newline) - bytes_.data()) + 1;
}

std::string_view RecordPiece::Lines(RecordStore::Range docs) const {
  const uint64_t begin = places_[docs.begin];
  return bytes_.view().substr(begin - places_[docs_.begin], LineEnd(docs.end - 1) - begin);
}

std::string_view RecordPiece::Record(DocId doc) const {
  const std::string_view line = Lines({doc, doc + 1});
  return line.ends_with('\n') ? line.substr(0, line.size() - 1) : line;
}

}  // namespace refrain
