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
absl::Status WriteRowFile(const char* name, size_t n, const Results& results, const IdCache& ids,
                          const std::function<void(size_t, std::vector<DocId>*)>& list,
                          const std::function<void(size_t, const Labels&, std::string*)>& format,
                          OutputDir* dir) {
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const file, dir->Open(name, Compression::kNone));
  REFRAIN_RETURN_IF_ERROR(WriteRows(n, {results.store, results.names, &ids}, list, format, file));
  return file->Close();
}

std::vector<DocId> DocumentsWhere(size_t n, const std::function<bool(DocId)>& condition) {
  std::vector<DocId> docs;
  for (DocId doc = 0; doc < n; ++doc) {
    if (condition(doc)) docs.push_back(doc);
  }
  return docs;
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
  ForEachKey(removed, [&](DocId leader, std::span<const uint64_t> of_leader) {
    clusters.push_back({leader, of_leader});
  });
  return clusters;
}

void FormatMember(DocId doc, double similarity, const Labels& labels, JsonWriter* json) {
  json->BeginObject();
  WriteLabel(labels[doc], json);
  json->Key("similarity").Double(similarity).EndObject();
}

void FormatCluster(const Cluster& cluster, size_t number, const KeepDecision& decision,
                   const Labels& labels, std::string* out) {
  std::vector<double> similarities;
  for (const uint64_t removed : cluster.removed) {
    similarities.push_back(decision.Similarity(static_cast<DocId>(removed)));
  }
  JsonWriter json(out);
  json.BeginObject().Key("cluster").Number(number);
  json.Key("size").Number(cluster.removed.size() + 1);
  json.Key("representative").String(labels[cluster.leader].id);
  json.Key("weakest").Double(std::ranges::min(similarities)).Key("members").BeginArray();
  FormatMember(cluster.leader, 1.0, labels, &json);
  for (size_t i = 0; i < cluster.removed.size(); ++i) {
    FormatMember(static_cast<DocId>(cluster.removed[i]), similarities[i], labels, &json);
  }
  json.EndArray().EndObject();
}

// Which lane removed a document by a proof, or as a copy if there is none.
std::string_view LaneOf(const Results& results, DocId doc, const Removal* removal) {
  if (removal == nullptr) return "exact";
  if (results.table.IsShortPair(doc, results.decision.leader[doc])) return "short";
  return results.method == Method::kSimHash ? "simhash" : "minhash";
}

}  // namespace

absl::Status WriteRemoved(const Results& results, const IdCache& ids, OutputDir* dir) {
  const std::vector<DocId>& leader = results.decision.leader;
  const std::vector<DocId> removed =
      DocumentsWhere(leader.size(), [&](DocId doc) { return leader[doc] != doc; });
  return WriteRowFile(
      "removed.jsonl", removed.size(), results, ids,
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
        const Removal* const removal = results.decision.FindRemoval(removed[i]);
        json.Key("similarity").Double(removal == nullptr ? 1.0 : removal->Jaccard());
        json.Key("measure").String("jaccard");
        json.Key("lane").String(LaneOf(results, removed[i], removal));
        json.EndObject();
      },
      dir);
}

absl::Status WriteClusters(const Results& results, const IdCache& ids, OutputDir* dir) {
  const std::vector<DocId>& leader = results.decision.leader;
  std::vector<uint64_t> removed;
  for (DocId doc = 0; doc < leader.size(); ++doc) {
    if (leader[doc] != doc) removed.push_back(uint64_t{leader[doc]} << 32 | doc);
  }
  SortByLeader(&removed);
  const std::vector<Cluster> clusters = GroupByLeader(removed);
  return WriteRowFile(
      "clusters.jsonl", clusters.size(), results, ids,
      [&](size_t i, std::vector<DocId>* docs) {
        docs->push_back(clusters[i].leader);
        for (const uint64_t doc : clusters[i].removed) docs->push_back(static_cast<DocId>(doc));
      },
      [&](size_t i, const Labels& labels, std::string* out) {
        FormatCluster(clusters[i], i + 1, results.decision, labels, out);
      },
      dir);
}

absl::Status WriteEmpty(const Results& results, const IdCache& ids, OutputDir* dir) {
  const std::vector<DocId> empty = DocumentsWhere(
      results.table.size(), [&](DocId doc) { return results.table.tokens[doc] == 0; });
  return WriteRowFile(
      "empty.jsonl", empty.size(), results, ids,
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
                        const IdCache& ids, OutputDir* dir) {
  const PageVector<uint32_t>& sizes = results.table.shingles;
  return WriteRowFile(
      "pairs.jsonl", pairs.size(), results, ids,
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
