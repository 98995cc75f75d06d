// The first pass of the reuse lane: reads the sources once and collects the anchors of every document.
//
// Input: sources of any size, streamed. Output: anchors, token counts and units, and where each text is to be read again.
// Cost: one pass, fused per document (parse, normalise, tokenise, hash, winnow) on all threads; the memory of a few
//   batches plus about 5 bytes a token of anchors.
// Errors, rejects and determinism: as document_pass.h. A document of 2^32 - 1 tokens or more is rejected.
#ifndef REFRAIN_PIPELINE_FINGERPRINT_CORPUS_H_
#define REFRAIN_PIPELINE_FINGERPRINT_CORPUS_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "refrain/io/record_store.h"
#include "refrain/passage/postings.h"
#include "refrain/passage/winnow.h"
#include "refrain/pipeline/document_pass.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {

struct FingerprintOptions {
  ReuseTextOptions text;
  WinnowShape shape{8, 6};
  ReaderOptions reader;
  int threads = 1;
};

struct FingerprintedCorpus {
  std::vector<uint32_t> tokens;  // of each document
  std::vector<bool> marked;      // whether page marks were left out of it
  UnitTable units;
  AnchorLists anchors;
  std::unique_ptr<RecordStore> store;
  ReadCounts counts;
};

// `sources` must outlive the result.
absl::StatusOr<FingerprintedCorpus> FingerprintCorpus(const std::vector<Source>& sources,
                                                      const FingerprintOptions& options,
                                                      const RejectSink& reject,
                                                      const ProgressSink& progress,
                                                      const std::atomic<bool>* cancelled);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_FINGERPRINT_CORPUS_H_
