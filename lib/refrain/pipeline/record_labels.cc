#include "refrain/pipeline/record_labels.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/row_file.h"

namespace refrain {
namespace {

constexpr size_t kDocumentsOfAPiece = 1 << 13;
constexpr size_t kDocumentsOfATask = 2048;

// Ids that are not at hand: read, or made of source and line where the record has none.
class IdReader {
 public:
  explicit IdReader(const LabelSource& source) : source_(source), parser_(source.names) {}

  // `docs` ascend.
  absl::Status Read(std::span<const DocId> docs, std::string* ids) {
    std::vector<DocId> records;
    std::vector<std::string*> of_records;
    for (size_t i = 0; i < docs.size(); ++i) {
      ids[i] = WithoutId(docs[i]);
      if (source_.ids != nullptr && source_.ids->Find(docs[i]).known) continue;  // to have none
      records.push_back(docs[i]);
      of_records.push_back(&ids[i]);
    }
    auto id = of_records.begin();
    return source_.store.ReadEach(
        records, [&](DocId, std::string_view bytes) { return ParseId(bytes, *id++); });
  }

 private:
  std::string WithoutId(DocId doc) const {
    const Location at = source_.store.Locate(doc);
    return absl::StrCat(source_.store.sources()[at.source].path, ":", at.line);
  }

  absl::Status ParseId(std::string_view bytes, std::string* id) {
    RecordFields fields;
    REFRAIN_RETURN_IF_ERROR(parser_.ParseId(bytes, &fields));
    if (fields.has_id) *id = fields.id;
    return absl::OkStatus();
  }

  const LabelSource& source_;
  RecordParser parser_;
};

bool AtHand(DocId doc, const LabelSource& source) {
  if (source.ids != nullptr && source.ids->Holds(doc)) return true;
  return source.store.sources()[source.store.Locate(doc).source].format == Format::kText;
}

}  // namespace

absl::StatusOr<Labels> Labels::Of(std::vector<DocId> docs, const LabelSource& source) {
  Labels labels(source);
  std::erase_if(docs, [&](DocId doc) { return AtHand(doc, source); });
  std::ranges::sort(docs);
  docs.erase(std::unique(docs.begin(), docs.end()), docs.end());
  labels.docs_ = std::move(docs);
  labels.own_ids_.resize(labels.docs_.size());
  FirstError error;
  ParallelFor(0, labels.docs_.size(), kDocumentsOfATask, [&](size_t begin, size_t end) {
    if (!error.ok()) return;
    error.Update(IdReader(source).Read(std::span(labels.docs_).subspan(begin, end - begin),
                                       labels.own_ids_.data() + begin));
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return labels;
}

Label Labels::operator[](DocId doc) const {
  const Location at = store_->Locate(doc);
  const Source& source = store_->sources()[at.source];
  return {IdOf(doc, source), &source.path, at.line};
}

std::string_view Labels::IdOf(DocId doc, const Source& source) const {
  if (source.format == Format::kText) return source.path;
  if (ids_ != nullptr && ids_->Holds(doc)) return *ids_->Find(doc).id;
  return own_ids_[static_cast<size_t>(std::ranges::lower_bound(docs_, doc) - docs_.begin())];
}

absl::Status WriteRows(size_t n, const LabelSource& source,
                       const std::function<void(size_t, std::vector<DocId>*)>& list,
                       const std::function<void(size_t, const Labels&, std::string*)>& format,
                       OutputFile* file) {
  size_t end = 0;
  const auto next = [&]() -> MakeRows {
    if (end == n) return nullptr;
    const size_t begin = end;
    std::vector<DocId> docs;
    while (end < n && docs.size() < kDocumentsOfAPiece) list(end++, &docs);
    return
        [begin, end, docs = std::move(docs), &source, &format](std::string* rows) -> absl::Status {
          REFRAIN_ASSIGN_OR_RETURN(const Labels labels, Labels::Of(docs, source));
          const auto of_labels = [&](size_t row, std::string* out) { format(row, labels, out); };
          AppendRows(begin, end, of_labels, rows);
          return absl::OkStatus();
        };
  };
  return WritePieces(next, file);
}

void WriteLabel(const Label& label, JsonWriter* json) {
  json->Key("id")
      .String(label.id)
      .Key("source")
      .String(*label.source)
      .Key("line")
      .Number(label.line);
}

}  // namespace refrain
