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

constexpr size_t kChunkDocuments = 1 << 16;
constexpr size_t kDocumentsOfATask = 2048;

// Reads labels of documents, a run of neighbours at a time.
class LabelReader {
 public:
  LabelReader(const RecordStore& store, const FieldNames& names) : store_(store), parser_(names) {}

  // `docs` ascend.
  absl::Status Read(std::span<const DocId> docs, Label* labels) {
    std::vector<DocId> records;
    std::vector<Label*> of_records;
    for (size_t i = 0; i < docs.size(); ++i) {
      if (!Place(docs[i], &labels[i])) continue;
      records.push_back(docs[i]);
      of_records.push_back(&labels[i]);
    }
    auto label = of_records.begin();
    return store_.ReadEach(records, &buffer_,
                           [&](DocId, std::string_view bytes) { return ParseId(bytes, *label++); });
  }

 private:
  // False if the id is known without a look into the record.
  bool Place(DocId doc, Label* label) const {
    const Location at = store_.Locate(doc);
    const Source& source = store_.sources()[at.source];
    label->source = &source.path;
    label->line = at.line;
    if (source.format == Format::kText) label->id = source.path;
    return source.format != Format::kText;
  }

  absl::Status ParseId(std::string_view bytes, Label* label) {
    RecordFields fields;
    REFRAIN_RETURN_IF_ERROR(parser_.ParseId(bytes, &fields));
    label->id =
        fields.has_id ? std::string(fields.id) : absl::StrCat(*label->source, ":", label->line);
    return absl::OkStatus();
  }

  const RecordStore& store_;
  RecordParser parser_;
  RecordBuffer buffer_;
};

}  // namespace

absl::StatusOr<Labels> Labels::Of(std::vector<DocId> docs, const RecordStore& store,
                                  const FieldNames& names) {
  Labels labels;
  std::ranges::sort(docs);
  docs.erase(std::unique(docs.begin(), docs.end()), docs.end());
  labels.docs_ = std::move(docs);
  labels.labels_.resize(labels.docs_.size());
  FirstError error;
  ParallelFor(0, labels.docs_.size(), kDocumentsOfATask, [&](size_t begin, size_t end) {
    if (!error.ok()) return;
    LabelReader reader(store, names);
    error.Update(reader.Read(std::span(labels.docs_).subspan(begin, end - begin),
                             labels.labels_.data() + begin));
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return labels;
}

const Label& Labels::operator[](DocId doc) const {
  return labels_[static_cast<size_t>(std::ranges::lower_bound(docs_, doc) - docs_.begin())];
}

absl::Status WriteRows(size_t n, const RecordStore& store, const FieldNames& names,
                       const std::function<void(size_t, std::vector<DocId>*)>& list,
                       const std::function<void(size_t, const Labels&, std::string*)>& format,
                       OutputFile* file) {
  for (size_t begin = 0, end = 0; begin < n; begin = end) {
    std::vector<DocId> docs;
    while (end < n && docs.size() < kChunkDocuments) list(end++, &docs);
    REFRAIN_ASSIGN_OR_RETURN(const Labels labels, Labels::Of(std::move(docs), store, names));
    REFRAIN_RETURN_IF_ERROR(WriteRowsOf(
        begin, end, [&](size_t row, std::string* out) { format(row, labels, out); }, file));
  }
  return absl::OkStatus();
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
