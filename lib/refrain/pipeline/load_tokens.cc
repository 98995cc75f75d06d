#include "refrain/pipeline/load_tokens.h"

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/reuse_text.h"

namespace refrain {
namespace {

struct Worker {
  Worker(const ReuseTextOptions& options, const Tokenizer* tokenizer) : text(options, tokenizer) {}
  ReuseText text;
  RecordBuffer record;
  TokenList tokens;
};

absl::Status LoadOne(const FingerprintedCorpus& corpus, DocId doc, Worker* worker,
                     TokenStore* out) {
  const RecordStore& store = *corpus.store;
  REFRAIN_RETURN_IF_ERROR(store.Read(doc, &worker->record));
  const Source& source = store.sources()[store.Locate(doc).source];
  RecordFields fields;
  const absl::Status parsed = worker->text.Parse(source, worker->record.bytes, &fields);
  if (parsed.ok()) worker->text.TokenizeAgain(fields.text, corpus.marked[doc], &worker->tokens);
  if (!parsed.ok() || worker->tokens.ids.size() != corpus.tokens[doc]) {
    return absl::DataLossError(absl::StrCat(source.path, ": it changed while it was being read"));
  }
  out->Set(doc, worker->tokens, fields.text);
  return absl::OkStatus();
}

}  // namespace

absl::Status LoadTokens(const ReuseTextOptions& options, std::span<const DocId> documents,
                        const FingerprintedCorpus& corpus, const std::atomic<bool>* cancelled,
                        TokenStore* out) {
  std::vector<uint32_t> wanted(corpus.tokens.size(), 0);
  for (const DocId doc : documents) wanted[doc] = corpus.tokens[doc];
  out->Reserve(wanted);
  const Tokenizer tokenizer(options.document.normalize);
  ScratchPool<Worker> workers([&] { return std::make_unique<Worker>(options, &tokenizer); });
  FirstError error;
  ParallelFor(0, documents.size(), 16, [&](size_t begin, size_t end) {
    const auto worker = workers.Borrow();
    for (size_t i = begin; i < end && error.ok(); ++i) {
      if (cancelled != nullptr && *cancelled) error.Update(absl::CancelledError("interrupted"));
      error.Update(LoadOne(corpus, documents[i], worker.get(), out));
    }
  });
  return error.status();
}

}  // namespace refrain
