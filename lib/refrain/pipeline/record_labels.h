// What a row of output says of a document: its id, source and line.
//
// Cost: one record read, near ones together, and its id parsed for each label whose id is not at hand; text files cost
//   nothing. Threads: Labels::Of uses all that are allowed. Errors: those of RecordStore::ReadEach.
#ifndef REFRAIN_PIPELINE_RECORD_LABELS_H_
#define REFRAIN_PIPELINE_RECORD_LABELS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/base/doc_id.h"
#include "refrain/io/json_record.h"
#include "refrain/io/json_writer.h"
#include "refrain/io/output_dir.h"
#include "refrain/io/record_store.h"
#include "refrain/pipeline/id_cache.h"

namespace refrain {

// Views of what the labels, the cache and the sources hold.
struct Label {
  std::string_view id;  // "source:line" for a record without one
  const std::string* source;
  uint64_t line;
};

// Where labels come from: the records, and those of their ids that are at hand.
struct LabelSource {
  const RecordStore& store;
  const FieldNames& names;
  const IdCache* ids = nullptr;
};

// Labels of some documents, looked up by document.
class Labels {
 public:
  // `docs` in any order, with repeats.
  static absl::StatusOr<Labels> Of(std::vector<DocId> docs, const LabelSource& source);
  Label operator[](DocId doc) const;  // REQUIRES: it was asked for

 private:
  explicit Labels(const LabelSource& source) : store_(&source.store), ids_(source.ids) {}
  std::string_view IdOf(DocId doc, const Source& source) const;

  const RecordStore* store_;
  const IdCache* ids_;
  std::vector<DocId> docs_;           // those whose id had to be read or made
  std::vector<std::string> own_ids_;  // of docs_
};

// Writes n rows in order: `list(i, docs)` appends the documents that row i names, `format(i, labels, out)` appends its
// line, which gets a newline. Rows are made in pieces, in parallel: memory holds a few of them.
absl::Status WriteRows(size_t n, const LabelSource& source,
                       const std::function<void(size_t, std::vector<DocId>*)>& list,
                       const std::function<void(size_t, const Labels&, std::string*)>& format,
                       OutputFile* file);

// Appends the members "id", "source", "line" to the object that the writer is in.
void WriteLabel(const Label& label, JsonWriter* json);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_RECORD_LABELS_H_
