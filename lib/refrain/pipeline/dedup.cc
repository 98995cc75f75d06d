#include "refrain/pipeline/dedup.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <memory>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/memory.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/band_groups.h"
#include "refrain/bucket/short_groups.h"
#include "refrain/io/output_dir.h"
#include "refrain/keep/choose_kept.h"
#include "refrain/keep/keep_components.h"
#include "refrain/keep/proven_pairs.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/write_results.h"
#include "refrain/sketch/signature_identity.h"
#include "refrain/sketch/sim_hash.h"

namespace refrain {
namespace {

absl::Status CheckOptions(const DedupOptions& options) {
  const auto fail = [](const auto&... parts) {
    return absl::InvalidArgumentError(absl::StrCat(parts...));
  };
  const SketchOptions& sketch = options.sketch;
  if (options.inputs.empty()) return fail("no INPUT given");
  if (options.output.empty() && !options.dry_run) return fail("no --output DIR given");
  if (!(options.threshold > 0 && options.threshold <= 1)) {
    return fail("--threshold must be above 0 and at most 1, not ", options.threshold);
  }
  if (!(options.recall > 0 && options.recall < 1)) {
    return fail("--recall must be between 0 and 1, not ", options.recall);
  }
  if (sketch.num_hashes < 1 || sketch.num_hashes > 4096) {
    return fail("--num-hashes must be from 1 to 4096, not ", sketch.num_hashes);
  }
  if (sketch.document.ngram < 1 || sketch.document.ngram > 1000) {
    return fail("--ngram must be from 1 to 1000, not ", sketch.document.ngram);
  }
  if (sketch.reader.max_record < 1) return fail("--max-record must be at least 1 byte");
  if (sketch.threads < 1) return fail("--threads must be at least 1, not ", sketch.threads);
  if (options.bands.has_value() &&
      (options.bands->bands < 1 || options.bands->rows < 1 ||
       options.bands->rows > sketch.num_hashes / options.bands->bands)) {
    return fail("--bands ", options.bands->bands, " of --rows ", options.bands->rows,
                " do not fit into --num-hashes ", sketch.num_hashes);
  }
  if (sketch.method == Method::kSimHash && !BlockKeys::Create(sketch.hamming).ok()) {
    return fail("--hamming must be from 0 to ", BlockKeys::kMaxDistance, ", not ", sketch.hamming);
  }
  return absl::OkStatus();
}

// The number of keys of a sketched document.
int KeysOf(const SketchOptions& options) {
  return options.method == Method::kMinHash
             ? options.bands.bands
             : static_cast<int>(BlockKeys::Create(options.hamming)->size());
}

absl::Status PlanMemory(DedupOptions* options) {
  if (options->memory_bytes == 0) options->memory_bytes = AvailableMemory() / 4 * 3;
  const MemoryPlan::Limits limits{.bytes = options->memory_bytes,
                                  .threads = options->sketch.threads,
                                  .bands = KeysOf(options->sketch),
                                  .keep_numbers = !options->sketch.document.fields.number.empty()};
  REFRAIN_ASSIGN_OR_RETURN(options->sketch.memory, MemoryPlan::Create(limits));
  return absl::OkStatus();
}

// Bands and memory, where the user left them open.
absl::Status Complete(DedupOptions* options) {
  REFRAIN_RETURN_IF_ERROR(CheckOptions(*options));
  options->sketch.threshold = options->threshold;
  options->sketch.exact_sizes = options->pairs;  // which are listed with their containment
  if (options->bands.has_value()) {
    options->sketch.bands = *options->bands;
  } else if (options->sketch.method == Method::kMinHash) {
    const absl::StatusOr<Bands> bands =
        TuneBands(options->threshold, options->recall, options->sketch.num_hashes);
    if (!bands.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(
          bands.status().message(), ": raise --threshold or --num-hashes, or lower --recall"));
    }
    options->sketch.bands = *bands;
  }
  return PlanMemory(options);
}

// How far apart the sketches of a candidate pair may be.
int FarthestCandidates(const DedupOptions& options) {
  const SketchOptions& sketch = options.sketch;
  return sketch.method == Method::kSimHash ? sketch.hamming
                                           : FarthestLikely(options.threshold, sketch.num_hashes);
}

std::string SignatureOf(const SketchOptions& options) {
  SignatureIdentity identity;
  identity.algorithm = options.method == Method::kSimHash ? SignatureAlgorithm::kSimHash
                                                          : SignatureAlgorithmOf(options.algorithm);
  identity.seed = options.document.seed;
  identity.ngram = options.document.ngram;
  identity.num_hashes = options.method == Method::kSimHash ? 64 : options.num_hashes;
  identity.normalizer_version = NormalizerTableVersion();
  identity.normalizer_options = options.document.normalize.Bits();
  identity.table_hash = NormalizerTableHash();
  return identity.DebugString();
}

// What is decided between reading and writing.
struct Findings {
  KeepDecision kept;
  ProvenPairs pairs;
};

bool WantsAllPairs(const DedupOptions& options) {
  return options.pairs || options.clustering == Clustering::kComponents;
}

// The groups, and what the proof may use of memory beside them.
struct Grouping {
  ShortGroups shorts;
  BandGroups bands;
  uint64_t proof_bytes = 0;
};

// What the groups of a lane take, with lists of at most `listed` members each.
GroupCounts CountsOf(size_t rows, std::span<const uint32_t> sizes, uint32_t listed) {
  GroupCounts counts{.rows = rows, .groups = sizes.size()};
  for (const uint32_t size : sizes) {
    counts.memberships += size;
    counts.listed += std::min(size, listed);
  }
  return counts;
}

absl::StatusOr<Grouping> Group(const DedupOptions& options, const std::vector<DocId>& copy_of,
                               SketchTable* table) {
  Grouping grouping;
  REFRAIN_ASSIGN_OR_RETURN(
      grouping.shorts,
      GroupShortKeys(ShortKeys(options.threshold), table, copy_of, ProofOptions().hot_short_group));
  const Groups& shorts = grouping.shorts;
  const GroupCounts short_counts =
      CountsOf(shorts.size(), {shorts.sizes.data(), shorts.sizes.size()}, UINT32_MAX);
  const uint32_t listed = WantsAllPairs(options) ? UINT32_MAX : ProofOptions().hot_group;
  const RowCheck plan = [&](size_t rows, std::span<const uint32_t> sizes) -> absl::Status {
    REFRAIN_ASSIGN_OR_RETURN(
        grouping.proof_bytes,
        options.sketch.memory.ForProof(table->size(), short_counts, CountsOf(rows, sizes, listed)));
    return absl::OkStatus();
  };
  REFRAIN_ASSIGN_OR_RETURN(grouping.bands, GroupBands(table, copy_of, plan));
  return grouping;
}

absl::StatusOr<ProvenPairs> ProvePairs(const ProofInputs& inputs, const DedupOptions& options,
                                       const std::vector<DocId>& copy_of) {
  // All pairs are asked for, so their search may cost more than that for one twin each.
  ProofOptions all = inputs.options;
  all.postings_per_document *= 16;
  return FindProvenPairs(
      {inputs.table, inputs.shorts, inputs.bands, inputs.rule, inputs.source, all}, copy_of,
      options.pairs ? options.max_pairs : UINT64_MAX);
}

// Groups, candidates, proofs and who is kept; the groups are given back.
absl::StatusOr<Findings> Prove(const DedupOptions& options, const KeepOrder& order,
                               const std::vector<DocId>& copy_of, SketchedCorpus* corpus,
                               StageTimer* timer) {
  SketchTable& table = corpus->table;
  REFRAIN_ASSIGN_OR_RETURN(const Grouping grouping, Group(options, copy_of, &table));
  ReturnFreedMemory();
  timer->End("group");
  const CandidateRule rule(&table, &grouping.shorts, &grouping.bands, options.threshold,
                           FarthestCandidates(options));
  const ProofOptions proof{.threshold = options.threshold,
                           .postings_per_document = options.postings_per_document,
                           .memory_bytes = grouping.proof_bytes,
                           .cancelled = options.cancelled};
  const ShingleSource source(corpus->store.get(), options.sketch.document, proof.memory_bytes);
  const ProofInputs inputs{table, grouping.shorts, grouping.bands, rule, source, proof};
  Findings findings;
  if (WantsAllPairs(options)) {
    REFRAIN_ASSIGN_OR_RETURN(findings.pairs, ProvePairs(inputs, options, copy_of));
    timer->End("prove pairs");
  }
  REFRAIN_ASSIGN_OR_RETURN(findings.kept,
                           options.clustering == Clustering::kComponents
                               ? KeepComponents(findings.pairs, order, copy_of, source)
                               : ChooseKept(inputs, order, copy_of));
  return findings;
}

// Everything between reading and writing. Documents are dense ids in input order; text is read again only for proof.
absl::StatusOr<Findings> Decide(const DedupOptions& options, SketchedCorpus* corpus,
                                StageTimer* timer) {
  SketchTable& table = corpus->table;
  REFRAIN_ASSIGN_OR_RETURN(const std::vector<TextCopy> copies, FindCopies(table));
  table.text_hashes = Column<TextHash>();
  const KeepOrder order = MakeKeepOrder(table, options.keep);
  const std::vector<DocId> copy_of = ChooseOriginals(copies, order);
  timer->End("find copies");
  REFRAIN_ASSIGN_OR_RETURN(Findings findings, Prove(options, order, copy_of, corpus, timer));
  // To give back so many pages takes milliseconds: at the side, while others write.
  Offer([bitmaps = std::make_shared<BitmapColumn>(std::exchange(table.bitmaps, {}))] {});
  ReturnFreedMemory();
  if (options.pairs) {
    REFRAIN_RETURN_IF_ERROR(options.sketch.memory.CheckPairs(
        table.size(), findings.pairs.pairs.size(), findings.pairs.expanded));
    findings.pairs.pairs = Expand(findings.pairs, copy_of, table);
  }
  timer->End("prove and keep");
  return findings;
}

// By the lane that removed them: those without a proof are copies.
void CountLanes(const Results& results, DedupSummary* summary) {
  for (const Removal& removal : results.decision.removals) {
    const DocId leader = results.decision.leader[removal.doc];
    const bool is_short = results.table.IsShortPair(removal.doc, leader);
    ++(is_short ? summary->removed_short : summary->removed_sketch);
  }
  summary->removed_exact = summary->removed - results.decision.removals.size();
}

void CountRemoved(const Results& results, DedupSummary* summary) {
  constexpr size_t kAtOnce = size_t{1} << 14;
  const std::vector<DocId>& leader = results.decision.leader;
  std::vector<uint64_t> leads((leader.size() + 63) / 64);  // of each document a bit
  std::atomic<uint64_t> all_empty{0};
  std::atomic<uint64_t> all_removed{0};
  ParallelFor(0, leader.size(), kAtOnce, [&](size_t begin, size_t end) {
    uint64_t empty = 0;
    uint64_t removed = 0;
    for (size_t doc = begin; doc < end; ++doc) {
      empty += results.table.tokens[doc] == 0 ? 1U : 0U;
      if (leader[doc] == doc) continue;
      ++removed;
      std::atomic_ref(leads[leader[doc] / 64]).fetch_or(uint64_t{1} << leader[doc] % 64);
    }
    all_empty += empty;
    all_removed += removed;
  });
  summary->empty = all_empty;
  summary->removed = all_removed;
  summary->kept = leader.size() - all_removed;
  for (const uint64_t word : leads) summary->clusters += static_cast<uint64_t>(std::popcount(word));
  CountLanes(results, summary);
}

// The folder that a run writes to; none in a dry run.
absl::StatusOr<std::unique_ptr<OutputDir>> OpenOutput(const DedupOptions& options) {
  if (options.dry_run) return nullptr;
  REFRAIN_RETURN_IF_ERROR(CheckOutputOutsideInputs(options.output, options.inputs));
  return OutputDir::Create(options.output, {.force = options.force});
}

// Those of the documents that the lists name.
void WantIds(const Results& results, std::span<const ProvenPair> pairs, IdCache* ids) {
  const std::vector<DocId>& leader = results.decision.leader;
  for (DocId doc = 0; doc < leader.size(); ++doc) {
    if (leader[doc] == doc && results.table.tokens[doc] > 0) continue;
    ids->Want(doc);
    ids->Want(leader[doc]);
  }
  for (const ProvenPair& pair : pairs) {
    ids->Want(pair.a);
    ids->Want(pair.b);
  }
}

// Nearly all records are read once: the lists find ids where the pass over all records has put them.
absl::Status WriteFiles(const Results& results, const DedupOptions& options,
                        const std::vector<ProvenPair>& pairs, OutputDir* dir) {
  const size_t documents = results.decision.leader.size();
  IdCache ids(documents, options.sketch.memory.ForIds(documents));
  WantIds(results, std::span(pairs).first(options.pairs ? pairs.size() : 0), &ids);
  REFRAIN_RETURN_IF_ERROR(WriteKept(results, options.cancelled, &ids, dir));
  REFRAIN_RETURN_IF_ERROR(WriteRemoved(results, ids, dir));
  REFRAIN_RETURN_IF_ERROR(WriteClusters(results, ids, dir));
  REFRAIN_RETURN_IF_ERROR(WriteEmpty(results, ids, dir));
  return options.pairs ? WritePairs(results, pairs, ids, dir) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<DedupSummary> Dedup(DedupOptions options) {
  StageTimer timer;
  REFRAIN_RETURN_IF_ERROR(Complete(&options));
  const ThreadLimit threads(options.sketch.threads);
  REFRAIN_ASSIGN_OR_RETURN(const SourceList list, FindSources(options.inputs, {options.format}));
  REFRAIN_ASSIGN_OR_RETURN(const std::vector<std::string> paths, RelativePaths(list.sources));
  REFRAIN_ASSIGN_OR_RETURN(const std::unique_ptr<OutputDir> dir, OpenOutput(options));
  timer.End("list");

  RejectWriter rejects(&list.sources, &paths, dir.get());
  if (dir != nullptr) REFRAIN_RETURN_IF_ERROR(rejects.Open());
  const RejectSink reject = [&](const RawRecord& record, std::string_view reason) {
    return dir == nullptr ? absl::OkStatus() : rejects.Write(record, reason);
  };
  REFRAIN_ASSIGN_OR_RETURN(
      SketchedCorpus corpus,
      SketchCorpus(list.sources, options.sketch, reject, options.progress, options.cancelled));
  if (dir != nullptr) REFRAIN_RETURN_IF_ERROR(rejects.Close());
  ReturnFreedMemory();
  timer.End("read and sketch", corpus.counts.record_bytes);

  REFRAIN_ASSIGN_OR_RETURN(const Findings findings, Decide(options, &corpus, &timer));

  // Beyond this point everything is a fact.
  const KeepDecision& kept = findings.kept;
  const ProvenPairs& pairs = findings.pairs;
  DedupSummary summary;
  const Results results{*corpus.store, paths, options.sketch.document.fields,
                        corpus.table,  kept,  options.sketch.method};
  CountRemoved(results, &summary);
  if (dir != nullptr) {
    REFRAIN_RETURN_IF_ERROR(WriteFiles(results, options, pairs.pairs, dir.get()));
    timer.End("write", corpus.counts.record_bytes);
    summary.files = dir->names();
    std::ranges::sort(summary.files);
  }
  summary.signature = SignatureOf(options.sketch);
  summary.sources = list.sources.size();
  summary.skipped_files = list.skipped;
  summary.read = corpus.counts;
  summary.pairs = options.pairs ? pairs.pairs.size() : 0;
  summary.proofs = kept.proofs + pairs.proofs;
  summary.limits = {kept.limits.documents + pairs.limits.documents,
                    kept.limits.postings + pairs.limits.postings};
  summary.stages = timer.stages();
  summary.seconds = timer.total();
  summary.peak_memory = PeakMemory();
  summary.spilled_bytes = corpus.space->spilled();
  summary.options = std::move(options);
  if (dir != nullptr) REFRAIN_RETURN_IF_ERROR(dir->Commit(ToJson(summary)));
  return summary;
}

}  // namespace refrain
