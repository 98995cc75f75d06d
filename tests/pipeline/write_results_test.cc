#include "refrain/pipeline/write_results.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "refrain/parallel/parallel.h"
#include "support/dedup_run.h"

namespace refrain {
namespace {

// Records of some lines, of which those that are no objects are rejected, with a decision for each.
struct Corpus {
  std::unique_ptr<RecordStore> store;
  SketchTable table;
  KeepDecision decision;
  std::string kept;  // what is to be written of the only source
};

void AddTo(const RawRecord& record, std::mt19937* random, Corpus* corpus) {
  const DocId doc = corpus->store->Add(record);
  const bool removed = doc > 0 && (*random)() % 3 == 0;
  corpus->decision.leader.push_back(removed ? corpus->decision.leader[(*random)() % doc] : doc);
  corpus->table.tokens.push_back(static_cast<uint32_t>((*random)() % 9));
  corpus->table.shingles.push_back(1);
  if (corpus->decision.leader[doc] == doc) {
    absl::StrAppend(&corpus->kept, std::string(record.bytes), "\n");
  }
}

Corpus ReadCorpus(const std::vector<Source>& sources, const std::string& temp_dir) {
  Corpus corpus;
  std::mt19937 random(7);
  auto reader = RecordReader::Open(sources, {.temp_dir = temp_dir}).value();
  std::vector<std::unique_ptr<RecordBatch>> batches;
  while (auto batch = reader->Next().value()) {
    EXPECT_TRUE(reader->Load(batch.get()).ok());
    batches.push_back(std::move(batch));
  }
  corpus.store = std::move(*reader).TakeStore();
  for (const auto& batch : batches) {
    for (const RawRecord& record : batch->records) {
      if (record.bytes.starts_with('{')) AddTo(record, &random, &corpus);
    }
  }
  return corpus;
}

// All kinds of ids and of line ends; the last line has none.
std::string Lines() {
  std::mt19937 random(1);
  std::string lines;
  for (int i = 0; i < 4000; ++i) {
    const std::string long_id(random() % 1500, 'l');
    const std::vector<std::string> ids = {absl::StrCat("\"id\":\"d", i, "\","),
                                          absl::StrCat("\"id\":\"\\u00e9\\\"", i, "\","),
                                          absl::StrCat("\"id\":", i, ","),
                                          absl::StrCat("\"id\":\"", long_id, i, "\","),
                                          "\"id\":null,",
                                          "",
                                          "\"id\":\"\","};
    const std::vector<std::string> ends = {"\n", "\n", "\n", "\r\n", "\n\n \n", "\nbroken\n"};
    const std::string text(random() % (i % 500 == 0 ? 900'000 : 500), 't');
    absl::StrAppend(&lines, "{", ids[random() % ids.size()], "\"text\":\"", text, "\"}");
    if (i + 1 < 4000) lines += ends[random() % ends.size()];
  }
  return lines;
}

// Every file of the folder that is written with room for so many bytes of ids.
std::map<std::string, std::string> Write(const Corpus& corpus, uint64_t id_bytes,
                                         const std::string& folder) {
  const std::vector<std::string> paths = {"a"};
  const FieldNames names;
  const Results results{*corpus.store, paths,           names,
                        corpus.table,  corpus.decision, Method::kMinHash};
  const std::vector<ProvenPair> pairs = {{0, 1, 1}, {2, 70, 1}, {70, 3000, 1}};
  const auto dir = OutputDir::Create(folder, {}).value();
  IdCache ids(corpus.store->size(), id_bytes);
  for (DocId doc = 0; doc < corpus.store->size(); ++doc) {
    if (doc % 4 != 0) ids.Want(doc);  // a list finds what nobody wanted, too
  }
  EXPECT_TRUE(WriteKept(results, nullptr, &ids, dir.get()).ok());
  EXPECT_TRUE(WriteRemoved(results, ids, dir.get()).ok());
  EXPECT_TRUE(WriteClusters(results, ids, dir.get()).ok());
  EXPECT_TRUE(WriteEmpty(results, ids, dir.get()).ok());
  EXPECT_TRUE(WritePairs(results, pairs, ids, dir.get()).ok());
  EXPECT_TRUE(dir->Commit("").ok());
  return testing::FilesOf(folder);
}

class WriteResultsTest : public ::testing::TestWithParam<Compression> {};

TEST_P(WriteResultsTest, FilesAreTheSameForAnyRoomForIdsAndAnyThreads) {
  const TempDir folder;
  const std::string path = folder.Write("in", Compressed(Lines(), GetParam()));
  const std::vector<Source> sources = {Jsonl(path, GetParam())};
  const Corpus corpus = ReadCorpus(sources, folder.path());
  std::map<std::string, std::string> expected;
  {
    const ThreadLimit one(1);
    expected = Write(corpus, 0, folder / "expected");
  }
  EXPECT_EQ(expected.size(), 5U);
  EXPECT_TRUE(expected["kept/a"] == Compressed(corpus.kept, GetParam()));
  for (const int count : {1, 4}) {
    const ThreadLimit threads(count);
    for (const uint64_t bytes : {0U, 5000U, 1U << 20, 100U << 20}) {
      const std::string name = absl::StrCat(count, "-", bytes);
      EXPECT_TRUE(Write(corpus, bytes, folder / name) == expected) << name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, WriteResultsTest,
                         ::testing::Values(Compression::kNone, Compression::kZstd));

TEST(WriteKeptTest, StopsWhenCancelledAndWhenASourceHasChanged) {
  const TempDir folder;
  const std::vector<Source> sources = {Jsonl(folder.Write("in", Lines()))};
  const Corpus corpus = ReadCorpus(sources, folder.path());
  const std::vector<std::string> paths = {"a"};
  const FieldNames names;
  const Results results{*corpus.store, paths,           names,
                        corpus.table,  corpus.decision, Method::kMinHash};
  IdCache ids(corpus.store->size(), 1 << 20);
  const std::atomic<bool> cancelled{true};
  const auto first = OutputDir::Create(folder / "first", {}).value();
  EXPECT_TRUE(absl::IsCancelled(WriteKept(results, &cancelled, &ids, first.get())));
  folder.Write("in", "{}");
  const auto second = OutputDir::Create(folder / "second", {}).value();
  EXPECT_TRUE(absl::IsDataLoss(WriteKept(results, nullptr, &ids, second.get())));
}

}  // namespace
}  // namespace refrain
