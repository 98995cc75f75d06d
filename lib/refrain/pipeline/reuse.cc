#include "refrain/pipeline/reuse.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/memory.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/output_dir.h"
#include "refrain/parallel/parallel.h"
#include "refrain/passage/find_passages.h"
#include "refrain/passage/ignored_text.h"
#include "refrain/passage/refrains.h"
#include "refrain/passage/seeds.h"
#include "refrain/passage/shares.h"
#include "refrain/pipeline/fingerprint_corpus.h"
#include "refrain/pipeline/load_tokens.h"
#include "refrain/pipeline/reuse_results.h"
#include "refrain/pipeline/write_results.h"

namespace refrain {
namespace {

constexpr size_t kTextCodePoints = 80;  // of a refrain, in refrains.jsonl
// Rows of passages.jsonl: so many in any case, or one for so many bytes of text.
constexpr uint64_t kLeastRows = 50'000;
constexpr uint64_t kBytesPerRow = 700;
constexpr size_t kListed = 10;  // on the terminal

absl::Status CheckOptions(const ReuseOptions& options) {
  const auto fail = [](const auto&... parts) {
    return absl::InvalidArgumentError(absl::StrCat(parts...));
  };
  if (options.inputs.empty()) return fail("no INPUT given");
  if (options.output.empty()) return fail("no --output DIR given");
  if (options.passage.length < 5 || options.passage.length > 1000) {
    return fail("--min-length must be from 5 to 1000, not ", options.passage.length);
  }
  if (!(options.passage.identity >= 0.5 && options.passage.identity <= 1)) {
    return fail("--min-identity must be from 0.5 to 1, not ", options.passage.identity);
  }
  if (options.passage.max_gap > 1000) {
    return fail("--max-gap must be at most 1000, not ", options.passage.max_gap);
  }
  if (options.common.value_or(2) < 2) return fail("--common must be at least 2");
  if (std::ranges::find(options.ignore, "-") != options.ignore.end()) {
    return fail("--ignore must name files, not standard input");
  }
  if (options.max_places < 2) return fail("--max-places must be at least 2");
  if (options.reader.max_record < 1) return fail("--max-record must be at least 1 byte");
  if (options.threads < 1) return fail("--threads must be at least 1, not ", options.threads);
  return absl::OkStatus();
}

absl::Status CheckGoingOn(const ReuseOptions& options) {
  const bool cancelled = options.cancelled != nullptr && *options.cancelled;
  return cancelled ? absl::CancelledError("interrupted") : absl::OkStatus();
}

// Known text is read after the inputs. It has no name in the output: rejected records of it are listed, not copied.
absl::Status AppendKnown(const ReuseOptions& options, SourceList* list,
                         std::vector<std::string>* paths) {
  if (options.ignore.empty()) return absl::OkStatus();
  REFRAIN_RETURN_IF_ERROR(CheckOutputOutsideInputs(options.output, options.ignore));
  REFRAIN_ASSIGN_OR_RETURN(const SourceList known, FindSources(options.ignore, {options.format}));
  list->sources.insert(list->sources.end(), known.sources.begin(), known.sources.end());
  list->skipped += known.skipped;
  paths->resize(list->sources.size());
  return absl::OkStatus();
}

// The places of known text in the inputs; only passages between inputs stay.
IgnoredText TakeKnown(DocId first_known, size_t documents, std::vector<Passage>* passages) {
  if (first_known == documents) return {};
  IgnoredText known = KnownText(BuildRefrains(*passages, documents), first_known);
  std::erase_if(*passages, [&](const Passage& p) { return p.doc_b >= first_known; });
  return known;
}

// From here on there are no other documents than the first ones.
void KeepFirst(DocId documents, FingerprintedCorpus* corpus) {
  corpus->tokens.resize(documents);
  corpus->units.begins.resize(documents + 1);
  corpus->units.units.resize(corpus->units.begins.back());
}

void CountTokens(const FingerprintedCorpus& corpus, const Shares& shares, ReuseSummary* summary) {
  summary->tokens = std::accumulate(corpus.tokens.begin(), corpus.tokens.end(), uint64_t{0});
  for (const DocumentShare& share : shares.documents) {
    summary->repeated += share.repeated;
    summary->ignored += share.ignored;
    summary->counted += share.counted;
    if (share.repeated > 0) ++summary->documents_with_reuse;
  }
}

void CountFound(const ReuseResults& results, ReuseSummary* summary) {
  summary->documents = MostRepeated(results, kListed);
  summary->telling = MostTelling(results, kListed);
  summary->units = results.units.units.size();
  summary->passages = results.passages.size();
  summary->passages_written = results.links.size();
  summary->refrains = results.refrains.size();
  summary->places = results.refrains.places.size();
}

absl::Status WriteResults(const ReuseResults& results, OutputDir* dir, uint64_t* pairs) {
  REFRAIN_RETURN_IF_ERROR(WriteDocuments(results, dir));
  REFRAIN_RETURN_IF_ERROR(WriteUnits(results, dir));
  REFRAIN_ASSIGN_OR_RETURN(*pairs, WriteReusePairs(results, dir));
  REFRAIN_RETURN_IF_ERROR(WritePassages(results, dir));
  return WriteRefrains(results, dir);
}

}  // namespace

absl::StatusOr<ReuseSummary> Reuse(ReuseOptions options) {
  StageTimer timer;
  REFRAIN_RETURN_IF_ERROR(CheckOptions(options));
  const ThreadLimit threads(options.threads);
  REFRAIN_ASSIGN_OR_RETURN(SourceList list, FindSources(options.inputs, {options.format}));
  REFRAIN_ASSIGN_OR_RETURN(std::vector<std::string> paths, RelativePaths(list.sources));
  const uint32_t inputs = static_cast<uint32_t>(list.sources.size());
  REFRAIN_RETURN_IF_ERROR(AppendKnown(options, &list, &paths));
  REFRAIN_RETURN_IF_ERROR(CheckOutputOutsideInputs(options.output, options.inputs));
  REFRAIN_ASSIGN_OR_RETURN(const std::unique_ptr<OutputDir> dir,
                           OutputDir::Create(options.output, {.force = options.force}));
  timer.End("list");

  RejectWriter rejects(&list.sources, &paths, dir.get());
  REFRAIN_RETURN_IF_ERROR(rejects.Open());
  const FingerprintOptions fingerprints{options.text, WinnowShape::ForRuns(options.passage.length),
                                        options.reader, options.threads};
  REFRAIN_ASSIGN_OR_RETURN(FingerprintedCorpus corpus,
                           FingerprintCorpus(
                               list.sources, fingerprints,
                               [&](const RawRecord& record, std::string_view reason) {
                                 return rejects.Write(record, reason);
                               },
                               options.progress, options.cancelled));
  REFRAIN_RETURN_IF_ERROR(rejects.Close());
  timer.End("read and fingerprint", corpus.counts.record_bytes);

  // Beyond this point documents are dense ids in input order; only those with repeated anchors are read again.
  REFRAIN_ASSIGN_OR_RETURN(Postings postings, TakeRepeated(&corpus.anchors));
  timer.End("find repeated anchors");
  TokenStore tokens;
  REFRAIN_RETURN_IF_ERROR(
      LoadTokens(options.text, postings.Documents(), corpus, options.cancelled, &tokens));
  timer.End("load tokens");

  const std::vector<Seed> seeds = FindSeeds(postings, tokens, {.length = options.passage.length});
  postings = {};

  REFRAIN_RETURN_IF_ERROR(CheckGoingOn(options));
  timer.End("find seeds");
  std::vector<Passage> passages = FindPassages(seeds, tokens, options.passage, options.cancelled);
  REFRAIN_RETURN_IF_ERROR(CheckGoingOn(options));
  timer.End("match");

  // Beyond this point everything is a fact.
  const size_t texts_read = corpus.tokens.size();
  const DocId documents = options.ignore.empty() ? static_cast<DocId>(texts_read)
                                                 : corpus.store->DocumentsOf(inputs).begin;
  const IgnoredText known = TakeKnown(documents, texts_read, &passages);
  KeepFirst(documents, &corpus);
  const Refrains refrains = BuildRefrains(passages, documents);
  IgnoredText common;
  if (options.common.has_value()) common = CommonText(refrains, *options.common);
  const Shares shares = CountShares(passages, documents, Both(common, known).places);
  const std::vector<size_t> links =
      ChooseLinks(passages, refrains, options.max_places,
                  std::max(kLeastRows, corpus.counts.record_bytes / kBytesPerRow));
  timer.End("group");
  REFRAIN_ASSIGN_OR_RETURN(
      const std::vector<std::string> texts,
      RefrainTexts(*corpus.store, options.text, refrains, tokens, kTextCodePoints));
  std::vector<DocId> all(documents);
  std::iota(all.begin(), all.end(), 0);
  REFRAIN_ASSIGN_OR_RETURN(
      const Labels labels,
      Labels::Of(std::move(all), {*corpus.store, options.text.document.fields}));
  REFRAIN_RETURN_IF_ERROR(CheckGoingOn(options));
  timer.End("read words");

  ReuseSummary summary;
  const ReuseResults results{options,  *corpus.store, labels, corpus.tokens, corpus.units, tokens,
                             passages, refrains,      shares, texts,         links};
  REFRAIN_RETURN_IF_ERROR(WriteResults(results, dir.get(), &summary.pairs));
  timer.End("write");

  CountTokens(corpus, shares, &summary);
  CountFound(results, &summary);
  summary.sources = inputs;
  summary.known_texts = texts_read - documents;
  summary.known_refrains = known.refrains;
  summary.common_refrains = common.refrains;
  summary.skipped_files = list.skipped;
  summary.read = corpus.counts;
  summary.files = dir->names();
  summary.stages = timer.stages();
  summary.seconds = timer.total();
  summary.peak_memory = PeakMemory();
  summary.options = std::move(options);
  REFRAIN_RETURN_IF_ERROR(dir->Commit(ToJson(summary)));
  return summary;
}

}  // namespace refrain
