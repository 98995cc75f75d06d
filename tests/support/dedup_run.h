// One run of Dedup() into a folder, and its files read back.
#ifndef REFRAIN_TESTS_SUPPORT_DEDUP_RUN_H_
#define REFRAIN_TESTS_SUPPORT_DEDUP_RUN_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/io_testing.h"
#include "refrain/pipeline/dedup.h"
#include "simdjson.h"

namespace refrain::testing {

// The bytes of every file below a folder, decompressed or not, by relative path; without summary.json.
inline std::map<std::string, std::string> FilesOf(const std::string& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = std::filesystem::relative(entry.path(), folder).string();
    if (entry.is_regular_file() && name != "summary.json") files[name] = ReadFile(entry.path());
  }
  return files;
}

inline std::vector<std::string> LinesOf(const std::string& bytes) {
  std::vector<std::string> lines;
  std::istringstream in(bytes);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

struct RemovedRow {
  std::string id, source, kept_id, kept_source, measure, lane;
  uint64_t line = 0, kept_line = 0;
  double similarity = 0;
};

inline std::vector<RemovedRow> RemovedRows(const std::string& folder) {
  std::vector<RemovedRow> rows;
  simdjson::dom::parser parser;
  for (const std::string& line : LinesOf(ReadFile(folder + "/removed.jsonl"))) {
    const simdjson::dom::element row = parser.parse(line);
    const auto text = [](simdjson::simdjson_result<simdjson::dom::element> value) {
      return std::string(value.get_string().value());
    };
    rows.push_back({text(row["id"]), text(row["source"]), text(row["kept"]["id"]),
                    text(row["kept"]["source"]), text(row["measure"]), text(row["lane"]),
                    row["line"].get_uint64().value(), row["kept"]["line"].get_uint64().value(),
                    row["similarity"].get_double().value()});
  }
  return rows;
}

struct PairRow {
  std::string a, b;
  double jaccard, containment_a, containment_b;
};

inline std::vector<PairRow> PairRows(const std::string& folder) {
  std::vector<PairRow> rows;
  simdjson::dom::parser parser;
  for (const std::string& line : LinesOf(ReadFile(folder + "/pairs.jsonl"))) {
    const simdjson::dom::element row = parser.parse(line);
    rows.push_back({std::string(row["a"].get_string().value()),
                    std::string(row["b"].get_string().value()), row["jaccard"].get_double().value(),
                    row["containment_a"].get_double().value(),
                    row["containment_b"].get_double().value()});
  }
  return rows;
}

// {"id":"d00007","n":...,"text":...}: the id gives the number of the text.
inline std::string Records(const std::vector<std::string>& texts) {
  std::string lines;
  for (size_t i = 0; i < texts.size(); ++i) {
    char head[64];
    std::snprintf(head, sizeof(head), "{\"id\":\"d%06zu\",\"n\":%zu,\"text\":\"", i,
                  i * 7919 % 1000);
    lines += head + texts[i] + "\"}\n";
  }
  return lines;
}

inline size_t NumberOf(std::string_view id) { return std::stoul(std::string(id.substr(1))); }

inline DedupOptions OptionsFor(const std::string& input, const std::string& output) {
  DedupOptions options;
  options.inputs = {input};
  options.output = output;
  options.sketch.threads = 2;
  return options;
}

inline DedupSummary MustRun(const DedupOptions& options) {
  auto summary = Dedup(options);
  EXPECT_TRUE(summary.ok()) << summary.status();
  if (!summary.ok()) return {};
  EXPECT_EQ(summary->read.records, summary->kept + summary->removed + summary->read.rejected);
  EXPECT_EQ(summary->removed,
            summary->removed_exact + summary->removed_short + summary->removed_sketch);
  return *std::move(summary);
}

}  // namespace refrain::testing

#endif  // REFRAIN_TESTS_SUPPORT_DEDUP_RUN_H_
