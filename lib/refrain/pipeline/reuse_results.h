// The files of a reuse run (docs/formats.md): each function writes one kind, completely, in a fixed order.
//
// Input: what was found. Errors: those of the store and of the output folder; Cancelled.
// Determinism: the same bytes for any thread count.
#ifndef REFRAIN_PIPELINE_REUSE_RESULTS_H_
#define REFRAIN_PIPELINE_REUSE_RESULTS_H_

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/output_dir.h"
#include "refrain/passage/refrains.h"
#include "refrain/passage/shares.h"
#include "refrain/passage/token_store.h"
#include "refrain/passage/unit_table.h"
#include "refrain/pipeline/record_labels.h"
#include "refrain/pipeline/reuse.h"

namespace refrain {

// What the writers need to know of a run.
struct ReuseResults {
  const ReuseOptions& options;
  const RecordStore& store;
  const Labels& labels;              // of all documents
  std::span<const uint32_t> tokens;  // of each document
  const UnitTable& units;
  const TokenStore& token_store;
  std::span<const Passage> passages;
  const Refrains& refrains;
  const Shares& shares;
  std::span<const std::string> texts;  // of refrains, as they first stand
  std::span<const size_t> links;       // the passages that are rows
};

// Which passages are rows of passages.jsonl, ascending: the refrains have their links in turn, the longest first, until
// there are `budget` rows. Of a refrain in more than max_places places only the links from its first place count.
std::vector<size_t> ChooseLinks(std::span<const Passage> passages, const Refrains& refrains,
                                uint32_t max_places, uint64_t budget);

// The first words of each refrain, where it first stands: at most `max_code_points` of the raw text.
absl::StatusOr<std::vector<std::string>> RefrainTexts(const RecordStore& store,
                                                      const ReuseTextOptions& options,
                                                      const Refrains& refrains,
                                                      const TokenStore& tokens,
                                                      size_t max_code_points);

// "<document id>#k", k from 1.
std::string UnitId(const ReuseResults& results, uint32_t unit);

absl::Status WriteDocuments(const ReuseResults& results, OutputDir* dir);
absl::Status WriteUnits(const ReuseResults& results, OutputDir* dir);
// Pairs of documents, then of units; counts the former.
absl::StatusOr<uint64_t> WriteReusePairs(const ReuseResults& results, OutputDir* dir);
absl::Status WritePassages(const ReuseResults& results, OutputDir* dir);
absl::Status WriteRefrains(const ReuseResults& results, OutputDir* dir);

// What the terminal lists: at most so many of each.
std::vector<RepeatedDocument> MostRepeated(const ReuseResults& results, size_t most);
std::vector<TellingRefrain> MostTelling(const ReuseResults& results, size_t most);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_REUSE_RESULTS_H_
