// Files, folders and compressed bytes for the tests of the io room.
#ifndef REFRAIN_TESTS_IO_IO_TESTING_H_
#define REFRAIN_TESTS_IO_IO_TESTING_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/base/status_macros.h"
#include "refrain/io/encoder.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/io/source.h"

namespace refrain {

// A folder that goes with all it holds.
class TempDir {
 public:
  TempDir() {
    std::string name = testing::TempDir() + "/refrain-io-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

  std::string Write(const std::string& name, std::string_view bytes) const {
    const std::string path = *this / name;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    std::ofstream(path, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path;
  }

 private:
  std::string path_;
};

inline std::string ReadFile(const std::string& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(bytes).str();
}

inline std::string Compressed(std::string_view bytes, Compression compression) {
  std::string out;
  if (compression == Compression::kNone) return std::string(bytes);
  EXPECT_TRUE(CompressBlock(bytes, compression, &out));
  return out;
}

// Every file and folder below `path`, relative, sorted; folders end in '/'.
inline std::vector<std::string> Listing(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
    const std::string name = entry.path().lexically_relative(path).string();
    names.push_back(entry.is_directory() ? name + "/" : name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct ReadRecord {
  std::string bytes;
  uint32_t source;
  uint64_t line;
  uint64_t offset;
  bool too_long;

  bool operator==(const ReadRecord&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const ReadRecord& r) {
  return out << "{source " << r.source << ", line " << r.line << ", offset " << r.offset
             << (r.too_long ? ", too long" : "") << ", \"" << r.bytes.substr(0, 80) << "\"}";
}

struct ReadResult {
  absl::Status status;
  std::vector<ReadRecord> records;
  size_t batches = 0;
  uint64_t source_bytes = 0;
  std::unique_ptr<RecordStore> store;  // of the records that are not too long
};

// Touches the padding too, so that the address sanitizer sees whether it may be read.
inline unsigned SumOfPadding(std::string_view bytes) {
  unsigned sum = 0;
  for (size_t i = 0; i < kRecordPadding; ++i) {
    sum += static_cast<unsigned char>(bytes.data()[bytes.size() + i]);
  }
  return sum;
}

inline ReadResult ReadAll(const std::vector<Source>& sources, const ReaderOptions& options = {}) {
  ReadResult result;
  auto reader = RecordReader::Open(sources, options);
  result.status = reader.status();
  while (result.status.ok()) {
    auto batch = (*reader)->Next();
    result.status = batch.status();
    if (!result.status.ok() || *batch == nullptr) break;
    result.status = (*reader)->Load(batch->get());
    if (!result.status.ok()) break;
    ++result.batches;
    result.source_bytes += (*batch)->source_bytes;
    for (const RawRecord& r : (*batch)->records) {
      volatile unsigned sum = r.too_long ? 0 : SumOfPadding(r.bytes);
      (void)sum;
      result.records.push_back({std::string(r.bytes), r.source, r.line, r.offset, r.too_long});
      if (!r.too_long) (*reader)->store().Add(r);
    }
  }
  if (reader.ok()) result.store = std::move(**reader).TakeStore();
  return result;
}

inline Source Jsonl(const std::string& path, Compression compression = Compression::kNone) {
  return {path, Format::kJsonl, compression};
}
inline Source Text(const std::string& path, Compression compression = Compression::kNone) {
  return {path, Format::kText, compression};
}

}  // namespace refrain

#endif  // REFRAIN_TESTS_IO_IO_TESTING_H_
