#include "refrain/pipeline/summary_json.h"

namespace refrain {

void WriteStrings(const char* key, const std::vector<std::string>& strings, JsonWriter* json) {
  json->Key(key).BeginArray();
  for (const std::string& string : strings) json->String(string);
  json->EndArray();
}

void WriteNormalize(const NormalizeOptions& options, JsonWriter* json) {
  json->Key("normalize").BeginObject();
  json->Key("drop_format").Bool(options.drop_format);
  json->Key("fold_radicals").Bool(options.fold_radicals);
  json->Key("fold_script").Bool(options.fold_script);
  json->Key("drop_pinyin").Bool(options.drop_pinyin).EndObject();
}

void WriteSpeed(const std::vector<StageTime>& stages, const ReadCounts& read, double seconds,
                uint64_t peak_memory, JsonWriter* json) {
  json->Key("stages").BeginArray();
  for (const StageTime& stage : stages) {
    json->BeginObject().Key("stage").String(stage.name).Key("seconds").Double(stage.seconds);
    json->Key("bytes").Number(stage.bytes).EndObject();
  }
  json->EndArray();
  const double elapsed = seconds > 0 ? seconds : 1e-9;
  json->Key("source_bytes").Number(read.source_bytes);
  json->Key("record_bytes").Number(read.record_bytes);
  json->Key("seconds").Double(seconds);
  json->Key("mb_per_second").Double(static_cast<double>(read.record_bytes) / 1e6 / elapsed);
  json->Key("documents_per_second").Double(static_cast<double>(read.records) / elapsed);
  json->Key("peak_memory").Number(peak_memory);
}

}  // namespace refrain
