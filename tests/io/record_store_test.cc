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
    const absl::Status status = store.Walk(source, [&](DocId doc, std::string_view bytes) {
      EXPECT_EQ(doc, next);
      EXPECT_EQ(bytes, expected[doc].bytes);
      EXPECT_EQ(expected[doc].source, source);
      ++next;
      return absl::OkStatus();
    });
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_EQ(range.end, next);
  }
  EXPECT_EQ(next, expected.size());
}

// Reads a share of the documents together: some neighbours, some that stand alone.
void ExpectReadEachAgrees(const RecordStore& store, const std::vector<Expected>& expected,
                          std::mt19937* random) {
  for (const uint32_t one_in : {1U, 2U, 10U}) {
    std::vector<DocId> docs;
    for (DocId doc = 0; doc < expected.size(); ++doc) {
      if ((*random)() % one_in == 0) docs.push_back(doc);
    }
    auto next = docs.begin();
    RecordBuffer buffer;
    const absl::Status status =
        store.ReadEach(docs, &buffer, [&](DocId doc, std::string_view bytes) {
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

TEST(RecordStore, WalkStopsAtTheVisitorsError) {
  TempDir dir;
  const std::vector<Source> sources = {Jsonl(dir.Write("a", "1\n2\n3\n"))};
  const ReadResult result = ReadAll(sources);
  int visited = 0;
  const absl::Status status = result.store->Walk(0, [&](DocId, std::string_view) {
    return ++visited == 2 ? absl::CancelledError("enough") : absl::OkStatus();
  });
  EXPECT_EQ(status, absl::CancelledError("enough"));
  EXPECT_EQ(visited, 2);
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
    const absl::Status walked =
        result.store->Walk(0, [](DocId, std::string_view) { return absl::OkStatus(); });
    EXPECT_TRUE(absl::IsDataLoss(walked)) << walked;
    const std::vector<DocId> both = {0, 1};
    const absl::Status each =
        result.store->ReadEach(std::span(both).first(result.records.size() > 1 ? 2 : 1), &buffer,
                               [](DocId, std::string_view) { return absl::OkStatus(); });
    EXPECT_TRUE(absl::IsDataLoss(each)) << each;
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
