#include "refrain/io/record_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "io/io_testing.h"

namespace refrain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Compression kCompressions[] = {Compression::kNone, Compression::kGzip,
                                         Compression::kZstd};

// What the contract says about lines, as plainly as it can be written.
std::vector<ReadRecord> SplitNaively(std::string_view bytes, uint32_t source,
                                     uint64_t max_record = UINT64_MAX) {
  std::vector<ReadRecord> records;
  uint64_t line = 0;
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t end = std::min(bytes.find('\n', begin), bytes.size());
    size_t record = begin;
    if (begin == 0 && bytes.substr(0, end).starts_with("\xEF\xBB\xBF")) record = 3;
    const std::string text(bytes.substr(record, end - record));
    ++line;
    const bool too_long = text.size() > max_record;
    if (too_long || text.find_first_not_of(" \t\r\v\f") != std::string::npos) {
      records.push_back({too_long ? "" : text, source, line, record, too_long});
    }
    begin = end + 1;
  }
  return records;
}

std::string RandomLines(uint32_t seed, size_t lines) {
  std::mt19937 random(seed);
  std::string bytes;
  if (seed % 3 == 0) bytes = "\xEF\xBB\xBF";
  for (size_t i = 0; i < lines; ++i) {
    const size_t length = random() % 20 == 0 ? random() % 5000 : random() % 40;
    for (size_t k = 0; k < length; ++k) bytes += "ab {}\"\r\t\0 "[random() % 10];
    if (random() % 10 == 0) bytes += '\r';
    if (i + 1 < lines || seed % 2 == 0) bytes += '\n';
  }
  return bytes;
}

TEST(RecordReader, LinesAreRecords) {
  TempDir dir;
  const std::string nul("n\0l", 3);
  const std::vector<Source> sources = {Jsonl(dir.Write("bom",
                                                       "\xEF\xBB\xBF"
                                                       "a\nb\n")),
                                       Jsonl(dir.Write("crlf", "a\r\n\r\n b\r\n")),
                                       Jsonl(dir.Write("nul", nul + "\n\n \t\n" + nul)),
                                       Jsonl(dir.Write("empty", "")),
                                       Jsonl(dir.Write("only_bom", "\xEF\xBB\xBF")),
                                       Jsonl(dir.Write("no_end", "x\ny")),
                                       Jsonl(dir.Write("inner_bom",
                                                       "a\n\xEF\xBB\xBF"
                                                       "b"))};
  const ReadResult result = ReadAll(sources);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.records,
              ElementsAre(ReadRecord{"a", 0, 1, 3, false}, ReadRecord{"b", 0, 2, 5, false},
                          ReadRecord{"a\r", 1, 1, 0, false}, ReadRecord{" b\r", 1, 3, 5, false},
                          ReadRecord{nul, 2, 1, 0, false}, ReadRecord{nul, 2, 4, 8, false},
                          ReadRecord{"x", 5, 1, 0, false}, ReadRecord{"y", 5, 2, 2, false},
                          ReadRecord{"a", 6, 1, 0, false},
                          ReadRecord{"\xEF\xBB\xBF"
                                     "b",
                                     6, 2, 2, false}));
  EXPECT_EQ(result.batches, 1u);
}

TEST(RecordReader, BatchSizeAndCompressionDoNotChangeTheRecords) {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    TempDir dir;
    std::vector<ReadRecord> expected;
    std::vector<std::string> bytes;
    for (uint32_t i = 0; i < 3; ++i) {
      bytes.push_back(RandomLines(seed * 3 + i, 120));
      const auto records = SplitNaively(bytes.back(), i);
      expected.insert(expected.end(), records.begin(), records.end());
    }
    for (const Compression compression : kCompressions) {
      std::vector<Source> sources;
      uint64_t stored = 0;
      for (const std::string& b : bytes) {
        const std::string name = std::to_string(sources.size());
        sources.push_back(Jsonl(dir.Write(name, Compressed(b, compression)), compression));
        stored += std::filesystem::file_size(sources.back().path);
      }
      for (const uint64_t batch_bytes : {1u, 2u, 63u, 1024u, 1u << 20}) {
        const ReadResult result =
            ReadAll(sources, {.batch_bytes = batch_bytes, .temp_dir = dir.path()});
        ASSERT_TRUE(result.status.ok()) << result.status;
        ASSERT_EQ(result.records, expected) << "seed " << seed << " batch " << batch_bytes;
        EXPECT_EQ(result.source_bytes, stored);
      }
    }
  }
}

TEST(RecordReader, RecordsOverTheLimitComeWithoutBytes) {
  TempDir dir;
  for (uint32_t seed = 0; seed < 6; ++seed) {
    const std::string bytes = RandomLines(seed, 200);
    const std::vector<Source> sources = {Jsonl(dir.Write("x", bytes))};
    for (const uint64_t max_record : {1u, 30u, 39u, 1000u}) {
      for (const uint64_t batch_bytes : {1u, 16u, 512u, 1u << 20}) {
        const ReadResult result =
            ReadAll(sources, {.batch_bytes = batch_bytes, .max_record = max_record});
        ASSERT_TRUE(result.status.ok()) << result.status;
        ASSERT_EQ(result.records, SplitNaively(bytes, 0, max_record))
            << "seed " << seed << " max " << max_record << " batch " << batch_bytes;
      }
    }
  }
}

TEST(RecordReader, OneHugeLineAmongSmallBatches) {
  TempDir dir;
  const std::string huge(5'000'000, 'h');
  const std::vector<Source> sources = {Jsonl(dir.Write("x", absl::StrCat("a\n", huge, "\nb\n")))};
  const ReadResult result = ReadAll(sources, {.batch_bytes = 1024});
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.records.size(), 3u);
  EXPECT_EQ(result.records[1].bytes, huge);
  EXPECT_EQ(result.records[2], (ReadRecord{"b", 0, 3, 5'000'003, false}));
}

TEST(RecordReader, ManyLinesOfOneByteStayInBoundedBatches) {
  TempDir dir;
  std::string bytes;
  for (int i = 0; i < 200'000; ++i) bytes += "1\n";
  const std::vector<Source> sources = {Jsonl(dir.Write("x", bytes))};
  const ReadResult result = ReadAll(sources);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.records, SplitNaively(bytes, 0));
  EXPECT_GE(result.batches, 200'000u / 16384u);
}

TEST(RecordReader, GzipMembersZstdFramesAndPadding) {
  TempDir dir;
  const auto gzip = [](std::string_view b) { return Compressed(b, Compression::kGzip); };
  const auto zstd = [](std::string_view b) { return Compressed(b, Compression::kZstd); };
  const std::vector<Source> sources = {
      Jsonl(dir.Write("a", gzip("a\nb") + gzip("") + gzip("c\n")), Compression::kGzip),
      Jsonl(dir.Write("b", gzip("d\n") + std::string(70'000, '\0')), Compression::kGzip),
      Jsonl(dir.Write("c", zstd("e\n") + zstd("") + zstd("f")), Compression::kZstd)};
  const ReadResult result = ReadAll(sources, {.temp_dir = dir.path()});
  ASSERT_TRUE(result.status.ok()) << result.status;
  std::string all;
  for (const ReadRecord& record : result.records) all += record.bytes + "|";
  EXPECT_EQ(all, "a|bc|d|e|f|");
}

TEST(RecordReader, TruncatedCompressedFilesAreDataLossAtEveryCut) {
  TempDir dir;
  const std::string bytes = RandomLines(7, 200);
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string whole = Compressed(bytes, compression);
    for (size_t cut = 0; cut < whole.size(); cut += 1 + cut / 16) {
      const std::string path = dir.Write("cut", whole.substr(0, cut));
      for (const Format format : {Format::kJsonl, Format::kText}) {
        const ReadResult result = ReadAll({{path, format, compression}}, {.temp_dir = dir.path()});
        EXPECT_TRUE(absl::IsDataLoss(result.status)) << cut << ": " << result.status;
        EXPECT_THAT(std::string(result.status.message()), HasSubstr(path));
        EXPECT_THAT(std::string(result.status.message()), HasSubstr(absl::StrCat("byte ", cut)));
      }
    }
  }
}

TEST(RecordReader, CorruptCompressedFilesAreDataLoss) {
  TempDir dir;
  const std::string bytes = RandomLines(8, 400);
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string whole = Compressed(bytes, compression);
    for (size_t at = 11; at < whole.size(); at += 37) {
      std::string broken = whole;
      broken[at] = static_cast<char>(broken[at] ^ 0x55);
      const ReadResult result = ReadAll({{dir.Write("x", broken), Format::kJsonl, compression}},
                                        {.temp_dir = dir.path()});
      EXPECT_TRUE(absl::IsDataLoss(result.status)) << at << ": " << result.status;
    }
    const ReadResult plain =
        ReadAll({{dir.Write("x", "not compressed"), Format::kText, compression}});
    EXPECT_TRUE(absl::IsDataLoss(plain.status)) << plain.status;
    const ReadResult rest = ReadAll({{dir.Write("x", whole + "rest"), Format::kText, compression}});
    EXPECT_TRUE(absl::IsDataLoss(rest.status)) << rest.status;
  }
}

TEST(RecordReader, TextFilesAreRecords) {
  TempDir dir;
  std::vector<Source> sources;
  std::vector<ReadRecord> expected;
  for (uint32_t i = 0; i < 300; ++i) {
    const Compression compression = kCompressions[i % 3];
    const std::string text = i % 7 == 0 ? "" : RandomLines(i, i % 20);
    const std::string name = absl::StrCat("t", i);
    sources.push_back(Text(dir.Write(name, Compressed(text, compression)), compression));
    expected.push_back({text, i, 1, 0, false});
  }
  for (const uint64_t batch_bytes : {1u, 3000u, 1u << 20}) {
    const ReadResult result = ReadAll(sources, {.batch_bytes = batch_bytes});
    ASSERT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.records, expected);
    for (uint32_t doc = 0; doc < 300; ++doc) {
      RecordBuffer buffer;
      ASSERT_TRUE(result.store->Read(doc, &buffer).ok());
      ASSERT_EQ(buffer.bytes, expected[doc].bytes);
      EXPECT_EQ(result.store->Locate(doc).source, doc);
    }
  }
}

TEST(RecordReader, TextFilesOverTheLimitComeWithoutBytes) {
  TempDir dir;
  for (const Compression compression : kCompressions) {
    std::vector<Source> sources;
    for (const size_t size : {10u, 11u, 100'000u}) {
      const std::string name = absl::StrCat("t", size);
      const std::string stored = Compressed(std::string(size, 'x'), compression);
      sources.push_back(Text(dir.Write(name, stored), compression));
    }
    const ReadResult result = ReadAll(sources, {.max_record = 10});
    ASSERT_TRUE(result.status.ok()) << result.status;
    EXPECT_THAT(result.records,
                ElementsAre(ReadRecord{std::string(10, 'x'), 0, 1, 0, false},
                            ReadRecord{"", 1, 1, 0, true}, ReadRecord{"", 2, 1, 0, true}));
  }
}

TEST(RecordReader, TextAndRecordsInTurn) {
  TempDir dir;
  const std::vector<Source> sources = {Text(dir.Write("a.txt", "A")),
                                       Jsonl(dir.Write("b", "b1\nb2")),
                                       Jsonl(dir.Write("c", "\n\n")),
                                       Text(dir.Write("d.txt", "D")),
                                       Jsonl(dir.Write("e", "")),
                                       Text(dir.Write("f.txt", "")),
                                       Jsonl(dir.Write("g", "\ng1\n\ng2\n")),
                                       Jsonl(dir.Write("h", "h"))};
  for (const uint64_t batch_bytes : {1u, 1u << 20}) {
    const ReadResult result = ReadAll(sources, {.batch_bytes = batch_bytes});
    ASSERT_TRUE(result.status.ok()) << result.status;
    std::string all;
    for (const ReadRecord& r : result.records) all += r.bytes + std::to_string(r.line) + "|";
    EXPECT_EQ(all, "A1|b11|b22|D1|1|g12|g24|h1|");
  }
}

TEST(RecordReader, UnreadableFilesFailWithTheirPath) {
  TempDir dir;
  const std::string file = dir.Write("file", "");
  for (const Format format : {Format::kJsonl, Format::kText}) {
    for (const std::string& path : {dir / "missing", file + "/below", dir.path()}) {
      const ReadResult result = ReadAll({{path, format, Compression::kNone}});
      EXPECT_TRUE(absl::IsUnavailable(result.status)) << result.status;
      EXPECT_THAT(std::string(result.status.message()), HasSubstr(path));
    }
  }
}

// Runs `read` while another thread writes `bytes` into a named pipe.
ReadResult ReadFromPipe(const TempDir& dir, const std::vector<Source>& sources,
                        const std::string& bytes) {
  mkfifo(sources[0].path.c_str(), 0600);
  std::thread writer([&] { std::ofstream(sources[0].path, std::ios::binary) << bytes; });
  ReadResult result = ReadAll(sources, {.batch_bytes = 1000, .temp_dir = dir.path()});
  writer.join();
  return result;
}

TEST(RecordReader, PipesAreSpooled) {
  TempDir dir;
  const std::string bytes = RandomLines(10, 300);
  const std::vector<Source> as_lines = {Jsonl(dir / "pipe1")};
  const std::vector<Source> as_text = {Text(dir / "pipe2")};
  const ReadResult lines = ReadFromPipe(dir, as_lines, bytes);
  ASSERT_TRUE(lines.status.ok()) << lines.status;
  EXPECT_EQ(lines.records, SplitNaively(bytes, 0));
  const ReadResult text = ReadFromPipe(dir, as_text, bytes);
  ASSERT_TRUE(text.status.ok()) << text.status;
  EXPECT_THAT(text.records, ElementsAre(ReadRecord{bytes, 0, 1, 0, false}));
  RecordBuffer buffer;
  ASSERT_TRUE(text.store->Read(0, &buffer).ok());
  EXPECT_EQ(buffer.bytes, bytes);
}

TEST(RecordReader, StandardInputIsSpooled) {
  TempDir dir;
  const std::string bytes = RandomLines(11, 300);
  const int saved = dup(STDIN_FILENO);
  for (const Format format : {Format::kJsonl, Format::kText}) {
    const int file = open(dir.Write("in", bytes).c_str(), O_RDONLY);
    dup2(file, STDIN_FILENO);
    close(file);
    const std::vector<Source> sources = {{"-", format, Compression::kNone}};
    const ReadResult result = ReadAll(sources, {.temp_dir = dir.path()});
    ASSERT_TRUE(result.status.ok()) << result.status;
    RecordBuffer buffer;
    for (DocId doc = 0; doc < result.store->size(); ++doc) {
      ASSERT_TRUE(result.store->Read(doc, &buffer).ok());
      ASSERT_EQ(buffer.bytes, result.records[doc].bytes);
    }
    EXPECT_EQ(result.records.size(), format == Format::kText ? 1 : SplitNaively(bytes, 0).size());
  }
  dup2(saved, STDIN_FILENO);
  close(saved);
  EXPECT_THAT(Listing(dir.path()), ElementsAre("in"));  // the spool has no name
}

TEST(RecordReader, AFullTempDirIsResourceExhausted) {
  TempDir dir;
  const std::string temp = dir / "temp";
  std::filesystem::create_directory(temp);
  if (mount("tmpfs", temp.c_str(), "tmpfs", 0, "size=64k") != 0) {
    GTEST_SKIP() << "may not mount a small file system here";
  }
  const std::string bytes = RandomLines(1, 5000);
  const Source source =
      Jsonl(dir.Write("x.gz", Compressed(bytes, Compression::kGzip)), Compression::kGzip);
  const ReadResult result = ReadAll({source}, {.temp_dir = temp});
  EXPECT_TRUE(absl::IsResourceExhausted(result.status)) << result.status;
  EXPECT_THAT(std::string(result.status.message()), HasSubstr(temp));
  umount2(temp.c_str(), MNT_DETACH);  // the spool is still open
  const ReadResult missing = ReadAll({source}, {.temp_dir = dir / "no"});
  EXPECT_THAT(std::string(missing.status.message()), HasSubstr(dir / "no"));
}

}  // namespace
}  // namespace refrain
