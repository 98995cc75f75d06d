#include <string>

#include "refrain/io/json_writer.h"
#include "refrain/pipeline/dedup.h"
#include "refrain/pipeline/summary_json.h"
#include "refrain/simd/instruction_set.h"
#include "refrain/text/tokenizer.h"

namespace refrain {
namespace {

std::string_view Name(KeepRule rule) {
  switch (rule) {
    case KeepRule::kLongest:
      return "longest";
    case KeepRule::kFirst:
      return "first";
    case KeepRule::kLast:
      return "last";
    case KeepRule::kMax:
      return "max";
    case KeepRule::kMin:
      return "min";
  }
  return "";
}

void WriteOptions(const DedupOptions& options, JsonWriter* json) {
  const SketchOptions& sketch = options.sketch;
  json->Key("options").BeginObject();
  WriteStrings("inputs", options.inputs, json);
  json->Key("output").String(options.output);
  json->Key("method").String(sketch.method == Method::kSimHash ? "simhash" : "minhash");
  json->Key("measure").String("jaccard").Key("threshold").Double(options.threshold);
  if (sketch.method == Method::kSimHash) {
    json->Key("hamming").Number(sketch.hamming);
  } else {
    json->Key("recall").Double(options.recall).Key("num_hashes").Number(sketch.num_hashes);
    json->Key("bands").Number(sketch.bands.bands).Key("rows").Number(sketch.bands.rows);
    json->Key("sketch").String(sketch.algorithm == SketchAlgorithm::kFast ? "fast" : "classic");
  }
  json->Key("ngram").Number(sketch.document.ngram).Key("seed").Number(sketch.document.seed);
  WriteNormalize(sketch.document.normalize, json);
  json->Key("keep").String(Name(options.keep));
  if (!sketch.document.fields.number.empty()) {
    json->Key("keep_field").String(sketch.document.fields.number);
  }
  json->Key("empty").String(sketch.drop_empty ? "drop" : "keep");
  json->Key("clusters")
      .String(options.clustering == Clustering::kLeaders ? "leaders" : "components");
  json->Key("text_field").String(sketch.document.fields.text);
  json->Key("id_field").String(sketch.document.fields.id);
  json->Key("max_record").Number(sketch.reader.max_record);
  json->Key("threads").Number(sketch.threads).Key("memory").Number(options.memory_bytes);
  json->Key("pairs").Bool(options.pairs).Key("max_pairs").Number(options.max_pairs).EndObject();
}

void WriteCounts(const DedupSummary& summary, JsonWriter* json) {
  json->Key("counts").BeginObject();
  json->Key("sources").Number(summary.sources).Key("skipped_files").Number(summary.skipped_files);
  json->Key("read").Number(summary.read.records).Key("kept").Number(summary.kept);
  json->Key("removed").Number(summary.removed).Key("rejected").Number(summary.read.rejected);
  json->Key("removed_exact").Number(summary.removed_exact);
  json->Key("removed_short").Number(summary.removed_short);
  json->Key("removed_sketch").Number(summary.removed_sketch);
  json->Key("empty").Number(summary.empty).Key("clusters").Number(summary.clusters);
  json->Key("pairs").Number(summary.pairs).Key("proofs").Number(summary.proofs);
  json->Key("duplicate_ids").Number(summary.read.duplicate_ids);
  json->Key("broken_sequences").Number(summary.read.broken_sequences);
  json->Key("without_keep_field").Number(summary.read.without_number).EndObject();
  json->Key("limits").BeginObject().Key("documents").Number(summary.limits.documents);
  json->Key("postings").Number(summary.limits.postings).EndObject();
  json->Key("twin_guarantee").Bool(summary.options.clustering == Clustering::kLeaders);
}

}  // namespace

std::string ToJson(const DedupSummary& summary) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("command").String("dedup");
  json.Key("versions").BeginObject().Key("refrain").String(REFRAIN_VERSION);
  json.Key("instruction_set").String(simd::InstructionSet());
  json.Key("normalizer").Number(NormalizerTableVersion());
  json.Key("signature").String(summary.signature).EndObject();
  WriteOptions(summary.options, &json);
  WriteCounts(summary, &json);
  WriteSpeed(summary.stages, summary.read, summary.seconds, summary.peak_memory, &json);
  json.Key("spilled_bytes").Number(summary.spilled_bytes);
  WriteStrings("files", summary.files, &json);
  json.EndObject();
  out += '\n';
  return out;
}

}  // namespace refrain
