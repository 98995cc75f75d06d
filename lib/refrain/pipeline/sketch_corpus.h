// The front half of the dedup lane: reads the sources once and turns every record into a row of the SketchTable.
//
// Input: sources of any size, streamed. Output: what is known of each document, and where its text is to be read again.
// Cost: one pass, fused per document (parse, normalise, tokenise, hash, shingle, sketch) on all threads; the memory of a
//   few batches plus the table, of which the columns keep in memory what options.memory allows. Texts without tokens are documents too (with no shingles), unless drop_empty.
// Errors: those of the reader; Cancelled when *cancelled becomes true; what `reject` returns. A bad record is no error:
//   it is given to `reject`, in input order, and is no document. ResourceExhausted where there are more documents than
//   options.memory has room for, or no room for the columns in temp_dir.
// Determinism: the same table for any thread count, batch size and memory.
#ifndef REFRAIN_PIPELINE_SKETCH_CORPUS_H_
#define REFRAIN_PIPELINE_SKETCH_CORPUS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/bucket/band_tuner.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/pipeline/document_pass.h"
#include "refrain/pipeline/memory_plan.h"
#include "refrain/proof/shingle_source.h"
#include "refrain/sketch/min_hash.h"

namespace refrain {

enum class Method { kMinHash, kSimHash };

struct SketchOptions {
  DocumentOptions document;
  Method method = Method::kMinHash;
  SketchAlgorithm algorithm = SketchAlgorithm::kFast;
  int num_hashes = 128;
  Bands bands{16, 6};
  double threshold = 0.8;  // which pairs the short keys have to find
  int hamming = 3;         // SimHash
  bool drop_empty = false;
  bool exact_sizes = false;  // SketchTable::shingles counts those of long documents exactly too
  ReaderOptions reader;
  int threads = 1;
  MemoryPlan memory;
};

struct SketchedCorpus {
  SketchTable table;
  std::shared_ptr<ColumnSpace> space;  // of its columns
  std::unique_ptr<RecordStore> store;
  ReadCounts counts;
};

// `sources` must outlive the result.
absl::StatusOr<SketchedCorpus> SketchCorpus(const std::vector<Source>& sources,
                                            const SketchOptions& options, const RejectSink& reject,
                                            const ProgressSink& progress,
                                            const std::atomic<bool>* cancelled);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_SKETCH_CORPUS_H_
