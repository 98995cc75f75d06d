// The second pass of the reuse lane: reads the documents that have repeated anchors again, now keeping their tokens.
//
// Input: the documents wanted, ascending, and what the first pass knows of all. Output: their tokens with places in the text.
// Cost: one read and tokenising of each, on all threads; 16 bytes a token.
// Errors: those of RecordStore::Read; DataLoss if a text has other tokens than before.
#ifndef REFRAIN_PIPELINE_LOAD_TOKENS_H_
#define REFRAIN_PIPELINE_LOAD_TOKENS_H_

#include <atomic>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "refrain/passage/token_store.h"
#include "refrain/pipeline/fingerprint_corpus.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {

absl::Status LoadTokens(const ReuseTextOptions& options, std::span<const DocId> documents,
                        const FingerprintedCorpus& corpus, const std::atomic<bool>* cancelled,
                        TokenStore* out);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_LOAD_TOKENS_H_
