// What the reader and the store share: the reader fills `files`, the store everything else.
#ifndef REFRAIN_IO_RECORD_STORE_IMPL_H_
#define REFRAIN_IO_RECORD_STORE_IMPL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "refrain/base/doc_id.h"
#include "refrain/io/record_store.h"
#include "refrain/io/source_files.h"

namespace refrain {

// A vector that grows by chunks, so that it never holds its contents twice.
class Places {
 public:
  size_t size() const { return size_; }
  uint64_t operator[](size_t i) const { return chunks_[i / kChunk][i % kChunk]; }
  void push_back(uint64_t place) {
    if (size_ % kChunk == 0) chunks_.push_back(std::make_unique_for_overwrite<uint64_t[]>(kChunk));
    chunks_.back()[size_++ % kChunk] = place;
  }

 private:
  static constexpr size_t kChunk = 1 << 13;
  std::vector<std::unique_ptr<uint64_t[]>> chunks_;
  size_t size_ = 0;
};

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
  Places places;  // records: the byte offset in the source; text files: the stamp
  std::vector<Stretch> stretches;
  std::vector<Skip> skips;
};

}  // namespace refrain

#endif  // REFRAIN_IO_RECORD_STORE_IMPL_H_
