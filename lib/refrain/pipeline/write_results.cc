#include "refrain/pipeline/write_results.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/base/first_error.h"
#include "refrain/base/status_macros.h"
#include "refrain/bucket/radix_sort.h"
#include "refrain/io/json_writer.h"
#include "refrain/parallel/parallel.h"
#include "refrain/pipeline/record_labels.h"

namespace refrain {
namespace {

// Opens a file of rows, writes n of them and closes it.
absl::Status WriteRowFile(const char* name, size_t n, const Results& results,
                          const std::function<void(size_t, std::vector<DocId>*)>& list,
                          const std::function<void(size_t, const Labels&, std::string*)>& format,
                          OutputDir* dir) {
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  REFRAIN_RETURN_IF_ERROR(WriteRows(n, results.store, results.names, list, format, file));
  return file->Close();
}

std::vector<DocId> DocumentsWhere(size_t n, const std::function<bool(DocId)>& condition) {
  std::vector<DocId> docs;
  for (DocId doc = 0; doc < n; ++doc) {
    if (condition(doc)) docs.push_back(doc);
  }
  return docs;
}

absl::Status WriteKeptRecords(const Results& results, uint32_t source,
                              const std::atomic<bool>* cancelled, OutputFile* file) {
  return results.store.Walk(source, [&](DocId doc, std::string_view bytes) -> absl::Status {
    if (cancelled != nullptr && *cancelled) return absl::CancelledError("interrupted");
    if (results.decision.leader[doc] != doc) return absl::OkStatus();
    REFRAIN_RETURN_IF_ERROR(file->Write(bytes));
    return file->Write("\n");
  });
}

absl::Status WriteKeptFile(const Results& results, uint32_t source,
                           const std::atomic<bool>* cancelled, OutputDir* dir) {
  const std::string name = "kept/" + results.relative_paths[source];
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file,
                           dir->Open(name, results.store.sources()[source].compression));
  REFRAIN_RETURN_IF_ERROR(WriteKeptRecords(results, source, cancelled, file));
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

// Clusters of two or more: a leader and its removed documents, by leader.
struct Cluster {
  DocId leader;
  std::span<const uint64_t> removed;  // document in the low half, ascending
};

void SortByLeader(std::vector<uint64_t>* removed) {
  std::vector<uint64_t> scratch;
  RadixSortByKey(removed, &scratch);
}

std::vector<Cluster> GroupByLeader(const std::vector<uint64_t>& removed) {
  std::vector<Cluster> clusters;
  for (size_t begin = 0, end = 0; begin < removed.size(); begin = end) {
    while (end < removed.size() && removed[end] >> 32 == removed[begin] >> 32) ++end;
    clusters.push_back(
        {static_cast<DocId>(removed[begin] >> 32), std::span(removed).subspan(begin, end - begin)});
  }
  return clusters;
}

void FormatMember(DocId doc, double similarity, const Labels& labels, JsonWriter* json) {
  json->BeginObject();
  WriteLabel(labels[doc], json);
  json->Key("similarity").Double(similarity).EndObject();
}

void FormatCluster(const Cluster& cluster, size_t number, const KeepDecision& decision,
                   const Labels& labels, std::string* out) {
  double weakest = 1;
  for (const uint64_t removed : cluster.removed) {
    weakest = std::min(weakest, decision.Similarity(static_cast<DocId>(removed)));
  }
  JsonWriter json(out);
  json.BeginObject().Key("cluster").Number(number);
  json.Key("size").Number(cluster.removed.size() + 1);
  json.Key("representative").String(labels[cluster.leader].id);
  json.Key("weakest").Double(weakest).Key("members").BeginArray();
  FormatMember(cluster.leader, 1.0, labels, &json);
  for (const uint64_t removed : cluster.removed) {
    const DocId doc = static_cast<DocId>(removed);
    FormatMember(doc, decision.Similarity(doc), labels, &json);
  }
  json.EndArray().EndObject();
}

}  // namespace

std::string_view LaneOf(const Results& results, DocId doc) {
  if (results.decision.FindRemoval(doc) == nullptr) return "exact";
  const uint32_t smaller =
      std::min(results.table.shingles[doc], results.table.shingles[results.decision.leader[doc]]);
  if (smaller < kShortShingles) return "short";
  return results.method == Method::kSimHash ? "simhash" : "minhash";
}

absl::Status WriteKept(const Results& results, const std::atomic<bool>* cancelled, OutputDir* dir) {
  const std::vector<Source>& sources = results.store.sources();
  std::vector<uint32_t> records;
  for (uint32_t i = 0; i < sources.size(); ++i) {
    if (sources[i].format != Format::kText) records.push_back(i);
  }
  FirstError error;
  ParallelFor(0, records.size(), 1, [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end && error.ok(); ++i) {
      error.Update(WriteKeptFile(results, records[i], cancelled, dir));
    }
  });
  REFRAIN_RETURN_IF_ERROR(error.status());
  return records.size() < sources.size() ? WriteKeptPaths(results, dir) : absl::OkStatus();
}

absl::Status WriteRemoved(const Results& results, OutputDir* dir) {
  const std::vector<DocId>& leader = results.decision.leader;
  const std::vector<DocId> removed =
      DocumentsWhere(leader.size(), [&](DocId doc) { return leader[doc] != doc; });
  return WriteRowFile(
      "removed.jsonl", removed.size(), results,
      [&](size_t i, std::vector<DocId>* docs) {
        docs->push_back(removed[i]);
        docs->push_back(leader[removed[i]]);
      },
      [&](size_t i, const Labels& labels, std::string* out) {
        JsonWriter json(out);
        json.BeginObject();
        WriteLabel(labels[removed[i]], &json);
        json.Key("kept").BeginObject();
        WriteLabel(labels[leader[removed[i]]], &json);
        json.EndObject();
        json.Key("similarity").Double(results.decision.Similarity(removed[i]));
        json.Key("measure").String("jaccard").Key("lane").String(LaneOf(results, removed[i]));
        json.EndObject();
      },
      dir);
}

absl::Status WriteClusters(const Results& results, OutputDir* dir) {
  const std::vector<DocId>& leader = results.decision.leader;
  std::vector<uint64_t> removed;
  for (DocId doc = 0; doc < leader.size(); ++doc) {
    if (leader[doc] != doc) removed.push_back(uint64_t{leader[doc]} << 32 | doc);
  }
  SortByLeader(&removed);
  const std::vector<Cluster> clusters = GroupByLeader(removed);
  return WriteRowFile(
      "clusters.jsonl", clusters.size(), results,
      [&](size_t i, std::vector<DocId>* docs) {
        docs->push_back(clusters[i].leader);
        for (const uint64_t doc : clusters[i].removed) docs->push_back(static_cast<DocId>(doc));
      },
      [&](size_t i, const Labels& labels, std::string* out) {
        FormatCluster(clusters[i], i + 1, results.decision, labels, out);
      },
      dir);
}

absl::Status WriteEmpty(const Results& results, OutputDir* dir) {
  const std::vector<DocId> empty = DocumentsWhere(
      results.table.size(), [&](DocId doc) { return results.table.tokens[doc] == 0; });
  return WriteRowFile(
      "empty.jsonl", empty.size(), results,
      [&](size_t i, std::vector<DocId>* docs) { docs->push_back(empty[i]); },
      [&](size_t i, const Labels& labels, std::string* out) {
        JsonWriter json(out);
        json.BeginObject();
        WriteLabel(labels[empty[i]], &json);
        json.EndObject();
      },
      dir);
}

absl::Status WritePairs(const Results& results, const std::vector<ProvenPair>& pairs,
                        OutputDir* dir) {
  const PageVector<uint32_t>& sizes = results.table.shingles;
  return WriteRowFile(
      "pairs.jsonl", pairs.size(), results,
      [&](size_t i, std::vector<DocId>* docs) {
        docs->push_back(pairs[i].a);
        docs->push_back(pairs[i].b);
      },
      [&](size_t i, const Labels& labels, std::string* out) {
        const auto& [a, b, shared] = pairs[i];
        JsonWriter json(out);
        json.BeginObject().Key("a").String(labels[a].id).Key("b").String(labels[b].id);
        json.Key("jaccard").Double(Jaccard(shared, sizes[a], sizes[b]));
        json.Key("containment_a").Double(static_cast<double>(shared) / sizes[a]);
        json.Key("containment_b").Double(static_cast<double>(shared) / sizes[b]).EndObject();
      },
      dir);
}

absl::Status RejectWriter::Open() {
  REFRAIN_ASSIGN_OR_RETURN(list_, dir_.Open("rejects.jsonl", Compression::kNone));
  return absl::OkStatus();
}

absl::Status RejectWriter::Write(const RawRecord& record, std::string_view reason) {
  const Source& source = sources_[record.source];
  std::string row;
  JsonWriter json(&row);
  json.BeginObject().Key("source").String(source.path).Key("line").Number(record.line);
  json.Key("offset").Number(record.offset).Key("reason").String(reason).EndObject();
  row += '\n';
  REFRAIN_RETURN_IF_ERROR(list_->Write(row));
  const bool named = !relative_paths_[record.source].empty();  // text files are not
  if (!named || record.too_long) return absl::OkStatus();
  if (records_source_ != record.source) {
    if (records_ != nullptr) REFRAIN_RETURN_IF_ERROR(records_->Close());
    REFRAIN_ASSIGN_OR_RETURN(
        records_, dir_.Open("rejects/" + relative_paths_[record.source], source.compression));
    records_source_ = record.source;
  }
  REFRAIN_RETURN_IF_ERROR(records_->Write(record.bytes));
  return records_->Write("\n");
}

absl::Status RejectWriter::Close() {
  if (records_ != nullptr) REFRAIN_RETURN_IF_ERROR(records_->Close());
  return list_->Close();
}

}  // namespace refrain
