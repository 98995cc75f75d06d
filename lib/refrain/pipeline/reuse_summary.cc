#include <string>

#include "refrain/io/json_writer.h"
#include "refrain/pipeline/reuse.h"
#include "refrain/pipeline/summary_json.h"
#include "refrain/simd/instruction_set.h"
#include "refrain/text/tokenizer.h"

namespace refrain {
namespace {

std::string_view SplitName(const std::optional<SplitMode>& split) {
  if (!split.has_value()) return "auto for text files, none for records";
  return *split == SplitMode::kAuto ? "auto" : *split == SplitMode::kLine ? "line" : "none";
}

void WriteOptions(const ReuseOptions& options, JsonWriter* json) {
  json->Key("options").BeginObject();
  WriteStrings("inputs", options.inputs, json);
  json->Key("output").String(options.output);
  json->Key("min_length").Number(options.passage.length);
  json->Key("min_identity").Double(options.passage.identity);
  json->Key("max_gap").Number(options.passage.max_gap);
  json->Key("max_places").Number(options.max_places);
  WriteStrings("ignore", options.ignore, json);
  if (options.common.has_value()) json->Key("common").Number(*options.common);
  WriteNormalize(options.text.document.normalize, json);
  json->Key("page_marks").Bool(options.text.page_marks);
  json->Key("split").String(SplitName(options.text.split));
  json->Key("text_field").String(options.text.document.fields.text);
  json->Key("id_field").String(options.text.document.fields.id);
  json->Key("max_record").Number(options.reader.max_record);
  json->Key("threads").Number(options.threads).EndObject();
}

void WriteCounts(const ReuseSummary& summary, JsonWriter* json) {
  json->Key("counts").BeginObject();
  json->Key("sources").Number(summary.sources).Key("skipped_files").Number(summary.skipped_files);
  json->Key("read").Number(summary.read.records).Key("rejected").Number(summary.read.rejected);
  json->Key("tokens").Number(summary.tokens).Key("repeated").Number(summary.repeated);
  json->Key("documents_with_reuse").Number(summary.documents_with_reuse);
  json->Key("ignored").Number(summary.ignored);
  json->Key("repeated_not_ignored").Number(summary.counted);
  json->Key("common_refrains").Number(summary.common_refrains);
  json->Key("known_texts").Number(summary.known_texts);
  json->Key("known_refrains").Number(summary.known_refrains);
  json->Key("units").Number(summary.units).Key("pairs").Number(summary.pairs);
  json->Key("passages").Number(summary.passages);
  json->Key("passages_written").Number(summary.passages_written);
  json->Key("refrains").Number(summary.refrains).Key("places").Number(summary.places);
  json->Key("duplicate_ids").Number(summary.read.duplicate_ids);
  json->Key("broken_sequences").Number(summary.read.broken_sequences).EndObject();
}

}  // namespace

std::string ToJson(const ReuseSummary& summary) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("command").String("reuse");
  json.Key("versions").BeginObject().Key("refrain").String(REFRAIN_VERSION);
  json.Key("instruction_set").String(simd::InstructionSet());
  json.Key("normalizer").Number(NormalizerTableVersion());
  json.Key("normalizer_hash").String(std::to_string(NormalizerTableHash())).EndObject();
  WriteOptions(summary.options, &json);
  WriteCounts(summary, &json);
  WriteSpeed(summary.stages, summary.read, summary.seconds, summary.peak_memory, &json);
  WriteStrings("files", summary.files, &json);
  json.EndObject();
  out += '\n';
  return out;
}

}  // namespace refrain
