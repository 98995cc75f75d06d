#include "refrain/pipeline/record_labels.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/row_file.h"

namespace refrain {
namespace {

constexpr size_t kChunkDocuments = 1 << 16;

absl::Status ReadLabel(DocId doc, const RecordStore& store, RecordParser* parser,
                       RecordBuffer* buffer, Label* label) {
  const Location at = store.Locate(doc);
  const Source& source = store.sources()[at.source];
  label->source = &source.path;
  label->line = at.line;
  if (source.format == Format::kText) {
    label->id = source.path;
    return absl::OkStatus();
  }
  RecordFields fields;
  REFRAIN_RETURN_IF_ERROR(store.Read(doc, buffer));
  REFRAIN_RETURN_IF_ERROR(parser->ParseId(buffer->bytes, &fields));
  label->id = fields.has_id ? std::string(fields.id) : absl::StrCat(source.path, ":", at.line);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Labels> Labels::Of(std::vector<DocId> docs, const RecordStore& store,
                                  const FieldNames& names) {
  Labels labels;
  std::ranges::sort(docs);
  docs.erase(std::unique(docs.begin(), docs.end()), docs.end());
  labels.docs_ = std::move(docs);
  labels.labels_.resize(labels.docs_.size());
  FirstError error;
  ParallelFor(0, labels.docs_.size(), 256, [&](size_t begin, size_t end) {
    RecordParser parser(names);
    RecordBuffer buffer;
    for (size_t i = begin; i < end && error.ok(); ++i) {
      error.Update(ReadLabel(labels.docs_[i], store, &parser, &buffer, &labels.labels_[i]));
    }
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
