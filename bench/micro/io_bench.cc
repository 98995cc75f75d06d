// A file of records: read in batches, walked again, read by place; and the JSON of one record.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "refrain/base/mix.h"
#include "refrain/io/encoder.h"
#include "refrain/io/json_record.h"
#include "refrain/io/record_reader.h"
#include "refrain/io/record_store.h"
#include "refrain/io/source.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr uint64_t kRecords = 8000;

// A record with a text of about `bytes` bytes; one in `escape_every` words ends a line.
std::string MakeRecord(uint64_t number, size_t bytes, uint64_t escape_every) {
  std::string record = "{\"id\": \"d" + std::to_string(number) + "\", \"text\": \"";
  for (uint64_t word = 0; record.size() < bytes; ++word) {
    uint64_t letters = SplitMix64(number, word);
    for (uint64_t n = 2 + letters % 8; n > 0; --n, letters /= 26) {
      record += static_cast<char>('a' + letters % 26);
    }
    record += word % escape_every == escape_every - 1 ? "\\n" : " ";
  }
  return record + "\"}";
}

// The corpus, written once and removed at the end.
class CorpusFile {
 public:
  CorpusFile() {
    char name[] = "/tmp/refrain_io_bench_XXXXXX";
    folder_ = mkdtemp(name);
    path_ = folder_ + "/corpus.jsonl";
    std::ofstream out(path_);
    for (uint64_t i = 0; i < kRecords; ++i) out << MakeRecord(i, 2000, 20) << '\n';
  }
  ~CorpusFile() { std::filesystem::remove_all(folder_); }

  std::vector<Source> sources() const { return {{path_, Format::kJsonl, Compression::kNone}}; }
  int64_t size() const { return static_cast<int64_t>(std::filesystem::file_size(path_)); }

 private:
  std::string folder_;
  std::string path_;
};

const CorpusFile& Corpus() {
  static const CorpusFile corpus;
  return corpus;
}

std::unique_ptr<RecordStore> ReadAll(const std::vector<Source>& sources, size_t batch_bytes) {
  auto reader = RecordReader::Open(sources, {.batch_bytes = batch_bytes}).value();
  while (std::unique_ptr<RecordBatch> batch = reader->Next().value()) {
    for (const RawRecord& record : batch->records) reader->store().Add(record);
  }
  return std::move(*reader).TakeStore();
}

void BM_Reader(benchmark::State& state) {
  const std::vector<Source> sources = Corpus().sources();
  for (auto _ : state) {
    benchmark::DoNotOptimize(ReadAll(sources, static_cast<size_t>(state.range(0)))->size());
  }
  state.SetBytesProcessed(state.iterations() * Corpus().size());
}

void BM_Store_Pieces(benchmark::State& state) {
  const std::vector<Source> sources = Corpus().sources();
  const std::unique_ptr<RecordStore> store = ReadAll(sources, 1 << 20);
  for (auto _ : state) {
    size_t bytes = 0;
    RecordPiece piece;
    for (RecordStore::Range left = store->DocumentsOf(0); left.begin < left.end;) {
      const RecordStore::Range docs = store->FirstPiece(left);
      if (!store->ReadPiece(docs, &piece).ok()) state.SkipWithError("cannot read");
      bytes += piece.Lines(docs).size();
      left.begin = docs.end;
    }
    benchmark::DoNotOptimize(bytes);
  }
  state.SetBytesProcessed(state.iterations() * Corpus().size());
}

// items/s are records/s.
void BM_Store_Read(benchmark::State& state) {
  const std::vector<Source> sources = Corpus().sources();
  const std::unique_ptr<RecordStore> store = ReadAll(sources, 1 << 20);
  RecordBuffer buffer;
  uint64_t i = 0;
  for (auto _ : state) {
    const DocId doc = static_cast<DocId>(SplitMix64(1, i++) % kRecords);
    if (!store->Read(doc, &buffer).ok()) state.SkipWithError("cannot read");
    benchmark::DoNotOptimize(buffer.bytes.data());
  }
  state.SetItemsProcessed(state.iterations());
}

// As a writer leaves Chinese that may use ASCII only.
std::string MakeUnicodeRecord(size_t bytes) {
  std::string record = R"({"id": "d1", "text": ")";
  for (uint64_t i = 0; record.size() < bytes; ++i) {
    char escape[8];
    std::snprintf(escape, sizeof(escape), "\\u%04x",
                  static_cast<unsigned>(0x4E00 + SplitMix64(1, i) % 0x5000));
    record += i % 20 == 19 ? ", " : escape;
  }
  return record + "\"}";
}

void Parse(benchmark::State& state, std::string record, bool id_only) {
  const size_t size = record.size();
  record.append(kRecordPadding, '\0');
  const std::string_view bytes(record.data(), size);
  RecordParser parser({.text = "text", .id = "id", .number = ""});
  RecordFields fields;
  for (auto _ : state) {
    const absl::Status status =
        id_only ? parser.ParseId(bytes, &fields) : parser.Parse(bytes, &fields);
    if (!status.ok()) state.SkipWithError("cannot parse");
    benchmark::DoNotOptimize(fields.text.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(size));
}

void Parse(benchmark::State& state, uint64_t escape_every, bool id_only) {
  Parse(state, MakeRecord(1, static_cast<size_t>(state.range(0)), escape_every), id_only);
}

void BM_Parse_Plain(benchmark::State& state) { Parse(state, UINT64_MAX, false); }
void BM_Parse_Escapes(benchmark::State& state) { Parse(state, 10, false); }
void BM_Parse_Unicode(benchmark::State& state) {
  Parse(state, MakeUnicodeRecord(static_cast<size_t>(state.range(0))), false);
}
void BM_ParseId(benchmark::State& state) { Parse(state, 10, true); }

// What a kept file costs, by compression and threads.
void BM_Encode(benchmark::State& state) {
  const ThreadLimit limit(static_cast<int>(state.range(1)));
  std::string bytes;
  while (bytes.size() < 32 << 20) bytes += MakeRecord(bytes.size(), 2000, 20) + '\n';
  for (auto _ : state) {
    Encoder encoder(static_cast<Compression>(state.range(0)),
                    std::make_shared<std::atomic<int>>(0));
    std::string out;
    bool made = true;
    for (size_t i = 0; i < bytes.size(); i += 1 << 19) {
      made = encoder.Encode(std::string_view(bytes).substr(i, 1 << 19), false, &out) && made;
    }
    if (!encoder.Encode({}, true, &out) || !made) state.SkipWithError("cannot encode");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(bytes.size()));
}

BENCHMARK(BM_Reader)->Arg(1 << 16)->Arg(1 << 20)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Store_Pieces)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Store_Read);
BENCHMARK(BM_Parse_Plain)->Arg(200)->Arg(2000)->Arg(100000);
BENCHMARK(BM_Parse_Escapes)->Arg(200)->Arg(2000)->Arg(100000);
BENCHMARK(BM_Parse_Unicode)->Arg(2000);
BENCHMARK(BM_ParseId)->Arg(2000);
BENCHMARK(BM_Encode)
    ->ArgNames({"compression", "threads"})
    ->ArgsProduct({{static_cast<int>(Compression::kGzip), static_cast<int>(Compression::kZstd)},
                   {1, 2}})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace refrain
