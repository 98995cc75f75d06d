#include <string>

#include "refrain/io/json_writer.h"
#include "refrain/pipeline/reuse.h"
#include "refrain/text/tokenizer.h"

namespace refrain {
namespace {

std::string_view SplitName(const std::optional<SplitMode>& split) {
  if (!split.has_value()) return "auto for text files, none for records";
  return *split == SplitMode::kAuto ? "auto" : *split == SplitMode::kLine ? "line" : "none";
}

void WriteOptions(const ReuseOptions& options, JsonWriter* json) {
  const NormalizeOptions& normalize = options.text.document.normalize;
  json->Key("options").BeginObject();
  json->Key("inputs").BeginArray();
  for (const std::string& input : options.inputs) json->String(input);
  json->EndArray().Key("output").String(options.output);
  json->Key("min_length").Number(options.passage.length);
  json->Key("min_identity").Double(options.passage.identity);
  json->Key("max_gap").Number(options.passage.max_gap);
  json->Key("max_places").Number(options.max_places);
  json->Key("ignore").BeginArray();
  for (const std::string& known : options.ignore) json->String(known);
  json->EndArray();
  if (options.common.has_value()) json->Key("common").Number(*options.common);
  json->Key("normalize").BeginObject();
  json->Key("drop_format").Bool(normalize.drop_format);
  json->Key("fold_radicals").Bool(normalize.fold_radicals);
  json->Key("fold_script").Bool(normalize.fold_script);
  json->Key("drop_pinyin").Bool(normalize.drop_pinyin).EndObject();
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

void WriteSpeed(const ReuseSummary& summary, JsonWriter* json) {
  json->Key("stages").BeginArray();
  for (const StageTime& stage : summary.stages) {
    json->BeginObject().Key("stage").String(stage.name).Key("seconds").Double(stage.seconds);
    json->Key("bytes").Number(stage.bytes).EndObject();
  }
  json->EndArray();
  const double seconds = summary.seconds > 0 ? summary.seconds : 1e-9;
  json->Key("source_bytes").Number(summary.read.source_bytes);
  json->Key("record_bytes").Number(summary.read.record_bytes);
  json->Key("seconds").Double(summary.seconds);
  json->Key("mb_per_second").Double(static_cast<double>(summary.read.record_bytes) / 1e6 / seconds);
  json->Key("peak_memory").Number(summary.peak_memory);
}

}  // namespace

std::string ToJson(const ReuseSummary& summary) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject().Key("command").String("reuse");
  json.Key("versions").BeginObject().Key("refrain").String(REFRAIN_VERSION);
  json.Key("normalizer").Number(NormalizerTableVersion());
  json.Key("normalizer_hash").String(std::to_string(NormalizerTableHash())).EndObject();
  WriteOptions(summary.options, &json);
  WriteCounts(summary, &json);
  WriteSpeed(summary, &json);
  json.Key("files").BeginArray();
  for (const std::string& file : summary.files) json.String(file);
  json.EndArray().EndObject();
  out += '\n';
  return out;
}

}  // namespace refrain
