// The files of a dedup run (docs/formats.md): each function writes one kind, completely, in a fixed order.
//
// Input: the store and the decision. Errors: those of the store and of the output folder; Cancelled.
// Determinism: the same bytes for any thread count.
#ifndef REFRAIN_PIPELINE_WRITE_RESULTS_H_
#define REFRAIN_PIPELINE_WRITE_RESULTS_H_

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "refrain/bucket/sketch_table.h"
#include "refrain/io/json_record.h"
#include "refrain/io/output_dir.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/keep/choose_kept.h"
#include "refrain/keep/proven_pairs.h"
#include "refrain/pipeline/id_cache.h"
#include "refrain/pipeline/sketch_corpus.h"

namespace refrain {

// What the writers need to know of the corpus.
struct Results {
  const RecordStore& store;
  const std::vector<std::string>& relative_paths;  // of each source; "" for text files
  const FieldNames& names;
  const SketchTable& table;
  const KeepDecision& decision;
  Method method;
};

// The kept records as they stand in their sources, and the list of kept text files. The one pass over all records: it
// takes the ids that are wanted for the lists, too.
absl::Status WriteKept(const Results& results, const std::atomic<bool>* cancelled, IdCache* ids,
                       OutputDir* dir);

// The lists. Records whose id is not at hand are read again.
absl::Status WriteRemoved(const Results& results, const IdCache& ids, OutputDir* dir);
absl::Status WriteClusters(const Results& results, const IdCache& ids, OutputDir* dir);
absl::Status WriteEmpty(const Results& results, const IdCache& ids, OutputDir* dir);
absl::Status WritePairs(const Results& results, const std::vector<ProvenPair>& pairs,
                        const IdCache& ids, OutputDir* dir);

// Takes bad records as they come: rejects.jsonl, and the records themselves under rejects/.
class RejectWriter {
 public:
  RejectWriter(const std::vector<Source>* sources, const std::vector<std::string>* relative_paths,
               OutputDir* dir)
      : sources_(*sources), relative_paths_(*relative_paths), dir_(*dir) {}

  absl::Status Open();
  absl::Status Write(const RawRecord& record, std::string_view reason);
  absl::Status Close();

 private:
  const std::vector<Source>& sources_;
  const std::vector<std::string>& relative_paths_;
  OutputDir& dir_;
  OutputFile* list_ = nullptr;
  OutputFile* records_ = nullptr;  // of records_source_
  uint32_t records_source_ = UINT32_MAX;
};

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_WRITE_RESULTS_H_
