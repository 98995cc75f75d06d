#include "refrain/io/record_store.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>
#include <span>

#include "absl/strings/str_cat.h"
#include "io/io_testing.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

struct Expected {
  std::string bytes;
  uint32_t source;
  uint64_t line;
};

// Records alone, and lines of records together as far as they follow each other.
void ExpectPieceHolds(const RecordPiece& piece, const std::vector<Expected>& expected) {
  const RecordStore::Range docs = piece.docs();
  for (DocId first = docs.begin, doc = first; doc < docs.end; first = doc) {
    std::string lines;
    do {
      ASSERT_EQ(piece.Record(doc), expected[doc].bytes);
      volatile unsigned sum = SumOfPadding(piece.Record(doc));
      (void)sum;
      lines += expected[doc].bytes + "\n";
    } while (++doc < docs.end && piece.Follows(doc));
    const bool follows = doc < docs.end && expected[doc].line == expected[doc - 1].line + 1;
    EXPECT_FALSE(follows) << doc;
    EXPECT_EQ(expected[doc - 1].line - expected[first].line, doc - 1 - first);
    std::string read(piece.Lines({first, doc}));
    if (!read.ends_with('\n')) read += '\n';
    EXPECT_EQ(read, lines);
  }
}

void ExpectPiecesHold(const RecordStore& store, RecordStore::Range left,
                      const std::vector<Expected>& expected) {
  RecordPiece piece;
  while (left.begin < left.end) {
    const RecordStore::Range docs = store.FirstPiece(left);
    EXPECT_EQ(docs.begin, left.begin);
    ASSERT_GT(docs.end, docs.begin);
    const absl::Status status = store.ReadPiece(docs, &piece);
    ASSERT_TRUE(status.ok()) << status;
    const char* const first = piece.Record(docs.begin).data();
    EXPECT_EQ(store.Extent(docs), static_cast<uint64_t>(piece.Record(docs.end - 1).data() - first));
    ExpectPieceHolds(piece, expected);
    left.begin = docs.end;
  }
}

void ExpectStoreHolds(const RecordStore& store, const std::vector<Expected>& expected) {
  ASSERT_EQ(store.size(), expected.size());
  RecordBuffer buffer;
  for (size_t i = expected.size(); i-- > 0;) {
    const DocId doc = static_cast<DocId>(i);
    const absl::Status status = store.Read(doc, &buffer);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(buffer.bytes, expected[i].bytes) << i;
    volatile unsigned sum = SumOfPadding(buffer.bytes);
    (void)sum;
    EXPECT_EQ(store.Locate(doc).source, expected[i].source);
    EXPECT_EQ(store.Locate(doc).line, expected[i].line);
  }
  DocId next = 0;
  for (uint32_t source = 0; source < store.sources().size(); ++source) {
    const RecordStore::Range range = store.DocumentsOf(source);
    EXPECT_EQ(range.begin, next);
    next = range.end;
    if (store.sources()[source].format != Format::kText) ExpectPiecesHold(store, range, expected);
  }
  EXPECT_EQ(next, expected.size());
}

// Reads a share of the documents together: some neighbours, some that stand alone.
void ExpectReadEachAgrees(const RecordStore& store, const std::vector<Expected>& expected,
                          std::mt19937* random) {
  for (const uint32_t one_in : {1U, 2U, 10U}) {
    std::vector<DocId> docs;
    for (DocId doc = 0; doc < expected.size(); ++doc) {
      const bool text = store.sources()[expected[doc].source].format == Format::kText;
      if (!text && (*random)() % one_in == 0) docs.push_back(doc);
    }
    auto next = docs.begin();
    const absl::Status status = store.ReadEach(docs, [&](DocId doc, std::string_view bytes) {
      EXPECT_EQ(doc, *next++);
      EXPECT_EQ(bytes, expected[doc].bytes);
      volatile unsigned sum = SumOfPadding(bytes);
      (void)sum;
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(next, docs.end());
  }
}

// Random sources of every kind, of which a share of the records becomes documents.
void TestRandomSources(uint32_t seed) {
  TempDir dir;
  std::mt19937 random(seed);
  std::vector<Source> sources;
  for (uint32_t i = 0; i < 12; ++i) {
    std::string bytes;
    const size_t lines = random() % 4 == 0 ? 0 : random() % 60;
    for (size_t k = 0; k < lines; ++k) {
      const size_t length = random() % 30 == 0 ? 100'000 + random() % 2'000'000 : random() % 50;
      bytes += std::string(length, static_cast<char>('a' + k % 26));
      if (k + 1 < lines || random() % 2 == 0) bytes += '\n';
    }
    const auto compression = static_cast<Compression>(random() % 3);
    const auto format = random() % 3 == 0 ? Format::kText : Format::kJsonl;
    const std::string name = std::to_string(i);
    sources.push_back({dir.Write(name, Compressed(bytes, compression)), format, compression});
  }
  const ReaderOptions options{.batch_bytes = 5000, .temp_dir = dir.path()};
  auto reader = RecordReader::Open(sources, options);
  ASSERT_TRUE(reader.ok());
  std::vector<Expected> expected;
  while (true) {
    auto batch = (*reader)->Next();
    ASSERT_TRUE(batch.ok()) << batch.status();
    if (*batch == nullptr) break;
    ASSERT_TRUE((*reader)->Load(batch->get()).ok());
    for (const RawRecord& r : (*batch)->records) {
      if (random() % 5 == 0) continue;  // rejected
      EXPECT_EQ((*reader)->store().Add(r), expected.size());
      expected.push_back({std::string(r.bytes), r.source, r.line});
    }
  }
  const auto store = std::move(**reader).TakeStore();
  reader->reset();  // the store stands alone
  ExpectStoreHolds(*store, expected);
  ExpectReadEachAgrees(*store, expected, &random);
}

TEST(RecordStore, AgreesWithWhatWasRead) {
  for (uint32_t seed = 0; seed < 10; ++seed) TestRandomSources(seed);
}

TEST(RecordStore, ReadsConcurrently) {
  TempDir dir;
  std::string bytes;
  for (int i = 0; i < 5000; ++i) absl::StrAppend(&bytes, "record ", i, "\n");
  const std::string gz = dir.Write("b", Compressed(bytes, Compression::kGzip));
  const std::vector<Source> sources = {Jsonl(dir.Write("a", bytes)), Jsonl(gz, Compression::kGzip)};
  const ReadResult result = ReadAll(sources, {.temp_dir = dir.path()});
  ASSERT_TRUE(result.status.ok());
  ThreadLimit limit(4);
  ParallelFor(0, result.records.size(), 100, [&](size_t begin, size_t end) {
    RecordBuffer buffer;
    for (size_t i = begin; i < end; ++i) {
      EXPECT_TRUE(result.store->Read(static_cast<DocId>(i), &buffer).ok());
      EXPECT_EQ(buffer.bytes, result.records[i].bytes);
    }
  });
}

TEST(RecordStore, ReadEachStopsAtTheVisitorsError) {
  TempDir dir;
  const std::vector<Source> sources = {Jsonl(dir.Write("a", "1\n2\n3\n"))};
  const ReadResult result = ReadAll(sources);
  const std::vector<DocId> all = {0, 1, 2};
  int visited = 0;
  const absl::Status status = result.store->ReadEach(all, [&](DocId, std::string_view) {
    return ++visited == 2 ? absl::CancelledError("enough") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::CancelledError("enough"));
  EXPECT_EQ(visited, 2);
}

TEST(RecordPiece, HoldsLinesAsTheyStand) {
  TempDir dir;
  const std::string long_line(700'000, 'x');
  const std::string blank_lines(300'000, '\n');
  const std::vector<std::string> contents = {"1\r\n2\r\n3\r\n",
                                             "\xEF\xBB\xBF"
                                             "1\n2",
                                             "1\n\n2\n \r\n\n3\n\n\n",
                                             "\n\n1",
                                             "1\n" + blank_lines + "2\n3\n" + blank_lines,
                                             long_line + "\n2\n" + long_line,
                                             "",
                                             "\n"};
  std::vector<Source> sources;
  for (const std::string& bytes : contents) {
    sources.push_back(Jsonl(dir.Write(std::to_string(sources.size()), bytes)));
  }
  const ReadResult result = ReadAll(sources);
  ASSERT_TRUE(result.status.ok());
  std::vector<Expected> expected;
  for (const ReadRecord& r : result.records) expected.push_back({r.bytes, r.source, r.line});
  ExpectStoreHolds(*result.store, expected);
}

// What happens to a file between the first reading and the next.
void ExpectChangeIsSeen(const std::function<void(const std::string&)>& change) {
  for (const Format format : {Format::kJsonl, Format::kText}) {
    TempDir dir;
    const std::vector<Source> sources = {
        {dir.Write("a", "one\ntwo\nthree\n"), format, Compression::kNone}};
    const ReadResult result = ReadAll(sources);
    ASSERT_TRUE(result.status.ok());
    change(sources[0].path);
    RecordBuffer buffer;
    const absl::Status read = result.store->Read(0, &buffer);
    EXPECT_TRUE(absl::IsDataLoss(read)) << read;
    EXPECT_NE(read.message().find(sources[0].path), absl::string_view::npos) << read;
    if (format == Format::kJsonl) {
      RecordPiece piece;
      const absl::Status pieces = result.store->ReadPiece({0, 2}, &piece);
      EXPECT_TRUE(absl::IsDataLoss(pieces)) << pieces;
    }
    absl::Status unchecked = result.store->ReadUnchecked(0, &buffer);
    if (unchecked.ok()) unchecked = result.store->CheckUnchanged();
    EXPECT_TRUE(absl::IsDataLoss(unchecked)) << unchecked;
  }
}

TEST(RecordStore, AChangedFileIsDataLoss) {
  ExpectChangeIsSeen([](const std::string& path) { std::ofstream(path, std::ios::app) << "x"; });
  ExpectChangeIsSeen([](const std::string& path) { std::filesystem::resize_file(path, 2); });
  ExpectChangeIsSeen([](const std::string& path) {  // same size, later
    const auto time = std::filesystem::last_write_time(path);
    std::ofstream(path) << "ONE\nTWO\nTHREE\n";
    std::filesystem::last_write_time(path, time + std::chrono::seconds(1));
  });
}

TEST(RecordStore, MoreFilesThanDescriptors) {
  TempDir dir;
  std::vector<Source> sources;
  std::vector<Expected> expected;
  for (uint32_t i = 0; i < 120; ++i) {
    const std::string bytes = absl::StrCat("record of ", i);
    sources.push_back(Jsonl(dir.Write(std::to_string(i), bytes + "\n")));
    expected.push_back({bytes, i, 1});
  }
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{.rlim_cur = 40, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
  const ReadResult result = ReadAll(sources);
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectStoreHolds(*result.store, expected);
  setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace refrain
