// The parts of summary.json that all lanes write alike (docs/formats.md).
//
// Each appends members to the open object. Threads: plain functions. Errors: none.
#ifndef REFRAIN_PIPELINE_SUMMARY_JSON_H_
#define REFRAIN_PIPELINE_SUMMARY_JSON_H_

#include <string>
#include <vector>

#include "refrain/base/stage_timer.h"
#include "refrain/io/json_writer.h"
#include "refrain/pipeline/document_pass.h"
#include "refrain/text/tokenizer.h"

namespace refrain {

void WriteStrings(const char* key, const std::vector<std::string>& strings, JsonWriter* json);
void WriteNormalize(const NormalizeOptions& options, JsonWriter* json);

// Seconds and bytes per stage, speed over all, and peak memory.
void WriteSpeed(const std::vector<StageTime>& stages, const ReadCounts& read, double seconds,
                uint64_t peak_memory, JsonWriter* json);

}  // namespace refrain

#endif  // REFRAIN_PIPELINE_SUMMARY_JSON_H_
