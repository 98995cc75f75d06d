#include <algorithm>
#include <deque>
#include <utility>

#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"
#include "refrain/pipeline/write_results.h"

namespace refrain {
namespace {

// Pieces of a source that are being read, or wait to be written.
constexpr int kMostAhead = 4;

// Takes the ids that are wanted out of pieces. By many threads.
class IdTaker {
 public:
  IdTaker(const FieldNames& names, IdCache* ids)
      : ids_(*ids), tools_([&names, ids] { return std::make_unique<Tools>(names, ids); }) {}

  absl::Status Take(const RecordPiece& piece) {
    const auto tools = tools_.Borrow();
    for (DocId doc = piece.docs().begin; doc < piece.docs().end; ++doc) {
      if (!ids_.Wants(doc)) continue;
      RecordFields fields;
      REFRAIN_RETURN_IF_ERROR(tools->parser.ParseId(piece.Record(doc), &fields));
      fields.has_id ? tools->writer.Add(doc, fields.id) : tools->writer.AddNone(doc);
    }
    return absl::OkStatus();
  }

 private:
  struct Tools {
    Tools(const FieldNames& names, IdCache* ids) : parser(names), writer(ids) {}
    RecordParser parser;
    IdCache::Writer writer;
  };

  const IdCache& ids_;
  ScratchPool<Tools> tools_;
};

// The pieces of a source in order. Idle threads read those that come next, and take their ids.
class PiecesAhead {
 public:
  PiecesAhead(const RecordStore& store, RecordStore::Range docs, IdTaker* taker)
      : store_(store), left_(docs), taker_(*taker) {}

  // A thread that reads must find what it reads into.
  ~PiecesAhead() {
    for (const std::shared_ptr<Task>& task : ahead_) task->Finish();
  }
  PiecesAhead(const PiecesAhead&) = delete;
  PiecesAhead& operator=(const PiecesAhead&) = delete;

  // Null behind the last piece; valid until the next call.
  absl::StatusOr<const RecordPiece*> Next() {
    spare_ = std::exchange(current_, {});
    const size_t most = static_cast<size_t>(std::min(kMostAhead, ThreadsAllowed()));
    while (ahead_.size() < most && left_.begin < left_.end) Begin();
    if (ahead_.empty()) return nullptr;
    const std::shared_ptr<Task> task = std::move(ahead_.front());
    ahead_.pop_front();
    task->Finish();
    current_ = std::move(task->piece);
    REFRAIN_RETURN_IF_ERROR(task->status);
    return &current_;
  }

 private:
  struct Task : SharedTask {
    Task(const RecordStore& s, RecordStore::Range d, IdTaker* t) : store(s), docs(d), taker(*t) {}
    void Do() override {
      status = store.ReadPiece(docs, &piece);
      if (status.ok()) status = taker.Take(piece);
    }

    const RecordStore& store;
    const RecordStore::Range docs;
    IdTaker& taker;
    RecordPiece piece;  // leaves with its memory: what was offered may outlive its work
    absl::Status status;
  };

  void Begin() {
    const RecordStore::Range docs = store_.FirstPiece(left_);
    left_.begin = docs.end;
    ahead_.push_back(std::make_shared<Task>(store_, docs, &taker_));
    ahead_.back()->piece = std::exchange(spare_, {});
    Offer(ahead_.back());
  }

  const RecordStore& store_;
  RecordStore::Range left_;
  IdTaker& taker_;
  std::deque<std::shared_ptr<Task>> ahead_;
  RecordPiece current_;
  RecordPiece spare_;  // its memory serves the next task
};

// The lines of the kept documents of a piece; those that follow each other are one part.
std::vector<std::string_view> KeptLines(const RecordPiece& piece,
                                        const std::vector<DocId>& leader) {
  std::vector<std::string_view> lines;
  const DocId end = piece.docs().end;
  for (DocId doc = piece.docs().begin; doc < end;) {
    const DocId first = doc++;
    if (leader[first] != first) continue;
    while (doc < end && leader[doc] == doc && piece.Follows(doc)) ++doc;
    lines.push_back(piece.Lines({first, doc}));
    if (!lines.back().ends_with('\n')) lines.push_back("\n");
  }
  return lines;
}

absl::Status WriteKeptRecords(const Results& results, uint32_t source,
                              const std::atomic<bool>* cancelled, IdTaker* taker,
                              OutputFile* file) {
  const RecordStore::Range docs = results.store.DocumentsOf(source);
  if (docs.begin < docs.end) file->Expect(results.store.Extent(docs));
  PiecesAhead pieces(results.store, docs, taker);
  while (true) {
    if (cancelled != nullptr && *cancelled) return absl::CancelledError("interrupted");
    REFRAIN_ASSIGN_OR_RETURN(const RecordPiece* const piece, pieces.Next());
    if (piece == nullptr) return absl::OkStatus();
    REFRAIN_RETURN_IF_ERROR(file->Write(KeptLines(*piece, results.decision.leader)));
  }
}

absl::Status WriteKeptFile(const Results& results, uint32_t source,
                           const std::atomic<bool>* cancelled, IdTaker* taker, OutputDir* dir) {
  const std::string name = "kept/" + results.relative_paths[source];
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file,
                           dir->Open(name, results.store.sources()[source].compression));
  REFRAIN_RETURN_IF_ERROR(WriteKeptRecords(results, source, cancelled, taker, file));
  return file->Close();
}

absl::Status WriteKeptPaths(const Results& results, OutputDir* dir) {
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open("kept.txt", Compression::kNone));
  for (uint32_t source = 0; source < results.store.sources().size(); ++source) {
    if (results.store.sources()[source].format != Format::kText) continue;
    const RecordStore::Range docs = results.store.DocumentsOf(source);
    if (docs.begin == docs.end || results.decision.leader[docs.begin] != docs.begin) continue;
    REFRAIN_RETURN_IF_ERROR(file->Write(results.store.sources()[source].path));
    REFRAIN_RETURN_IF_ERROR(file->Write("\n"));
  }
  return file->Close();
}

}  // namespace

absl::Status WriteKept(const Results& results, const std::atomic<bool>* cancelled, IdCache* ids,
                       OutputDir* dir) {
  const std::vector<Source>& sources = results.store.sources();
  std::vector<uint32_t> records;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    if (sources[i].format != Format::kText) records.push_back(i);
  }
  IdTaker taker(results.names, ids);
  FirstError error;
  ParallelFor(0, records.size(), 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && error.ok(); ++i) {
      error.Update(WriteKeptFile(results, records[i], cancelled, &taker, dir));
    }
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return records.size() < sources.size() ? WriteKeptPaths(results, dir) : absl::OkStatus();
}

}  // namespace refrain
