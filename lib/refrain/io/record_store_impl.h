// What the reader and the store share: the reader fills `files`, the store everything else.
#ifndef REFRAIN_IO_RECORD_STORE_IMPL_H_
#define REFRAIN_IO_RECORD_STORE_IMPL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/base/page_vector.h"
#include "refrain/io/record_store.h"
#include "refrain/io/source_files.h"

namespace refrain {

struct RecordStore::Impl {
  // Consecutive documents of one record source, or of consecutive text files (one each).
  struct Stretch {
    DocId first;
    uint32_t source;  // of the first document
    bool text;
  };
  // From document `doc` on, up to the next entry or source, a document's line is this much larger
  // than its rank among the source's documents.
  struct Skip {
    DocId doc;
    uint64_t lines;
  };

  Impl(const std::vector<Source>& all, const std::string& temp_dir)
      : sources(all), files(all, temp_dir) {}

  const std::vector<Source>& sources;
  SourceFiles files;
  PageVector<uint64_t> places;  // records: the byte offset in the source; text files: the stamp
  std::vector<Stretch> stretches;
  std::vector<Skip> skips;
};

}  // namespace refrain

#endif  // REFRAIN_IO_RECORD_STORE_IMPL_H_
