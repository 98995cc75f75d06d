// Compressed sources of every shape, read ahead by any number of threads: always the records of the plain bytes.
#include "refrain/io/read_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <zstd.h>

#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "io/io_testing.h"
#include "refrain/io/frame_ends.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

using testing::HasSubstr;

constexpr int kThreads[] = {1, 2, 3, 8};

std::string RandomLines(uint32_t seed, size_t size) {
  std::mt19937 random(seed);
  std::string bytes = seed % 2 == 0 ? "\xEF\xBB\xBF" : "";
  while (bytes.size() < size) {
    const size_t length = random() % 30 == 0 ? random() % 3000 : random() % 60;
    for (size_t i = 0; i < length; ++i) bytes += "abcdefgh {}\"\t\0"[random() % 14];
    bytes += random() % 8 == 0 ? "\r\n" : "\n";
  }
  if (seed % 3 == 0) bytes += "no end";
  return bytes;
}

// Frames or members of all sizes, some of them empty, that end wherever they like.
std::string InPieces(const std::string& bytes, Compression compression, const std::string& between,
                     size_t most) {
  std::mt19937 random(static_cast<uint32_t>(bytes.size()));
  std::string out;
  for (size_t at = 0; at < bytes.size();) {
    const size_t n = random() % 5 == 0 ? 0 : 1 + random() % most;
    out += Compressed(std::string_view(bytes).substr(at, n), compression) + between;
    at += n;
  }
  return out;
}

// A gzip member with its size in the header, as bgzip writes it; `lie` is added to the size.
std::string BgzfBlock(std::string_view bytes, int lie = 0) {
  std::string member = Compressed(bytes, Compression::kGzip);
  member[3] = 4;
  const size_t size = member.size() + 8 - 1 + static_cast<size_t>(lie);
  const std::string extra = {
      6, 0, 'B', 'C', 2, 0, static_cast<char>(size & 0xFF), static_cast<char>(size >> 8)};
  return member.insert(10, extra);
}

std::string Bgzf(const std::string& bytes, int lie = 0) {
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += 5000) {
    out += BgzfBlock(std::string_view(bytes).substr(at, 5000), at == 20'000 ? lie : 0);
  }
  return out + BgzfBlock("");
}

struct Form {
  const char* name;
  Compression compression;
  std::function<std::string(const std::string&)> make;
};

std::vector<Form> Forms() {
  using namespace std::string_literals;  // NOLINT
  const auto g = Compression::kGzip;
  const auto z = Compression::kZstd;
  const std::string skippable = "\x51\x2A\x4D\x18\x05\0\0\0hello"s;
  return {
      {"plain", Compression::kNone, [](const auto& b) { return b; }},
      {"frame", z, [=](const auto& b) { return Compressed(b, z); }},
      {"frames", z, [=](const auto& b) { return InPieces(b, z, "", b.size() / 7); }},
      {"large frames", z, [=](const auto& b) { return InPieces(b, z, "", 80'000); }},
      {"skippable", z, [=](const auto& b) { return skippable + InPieces(b, z, skippable, 9000); }},
      {"member", g, [=](const auto& b) { return Compressed(b, g); }},
      {"members", g, [=](const auto& b) { return InPieces(b, g, "", b.size() / 7); }},
      {"padded", g, [=](const auto& b) { return InPieces(b, g, std::string(600, '\0'), 9000); }},
      {"bgzf", g, [](const auto& b) { return Bgzf(b); }},
      {"padded bgzf", g, [](const auto& b) { return Bgzf(b) + std::string(5000, '\0'); }},
      {"bgzf, then not", g, [=](const auto& b) { return Bgzf(b) + Compressed(b, g); }},
      {"lying bgzf", g, [](const auto& b) { return Bgzf(b, 7); }},
      {"lying bgzf, less", g, [](const auto& b) { return Bgzf(b, -900); }},
  };
}

ReadResult ReadWith(int threads, const std::vector<Source>& sources, const ReaderOptions& options) {
  const ThreadLimit limit(threads);
  return ReadAll(sources, options);
}

// What the store reads back is what was read.
void ExpectStored(const ReadResult& result) {
  ASSERT_NE(result.store, nullptr);
  ASSERT_EQ(result.store->size(), result.records.size());
  RecordBuffer buffer;
  for (DocId doc = 0; doc < result.store->size(); ++doc) {
    ASSERT_EQ(result.store->Read(doc, &buffer), absl::OkStatus());
    ASSERT_EQ(buffer.bytes, result.records[doc].bytes) << doc;
    ASSERT_EQ(result.store->Locate(doc).line, result.records[doc].line) << doc;
  }
}

void ExpectTheSameForAnyThreads(const std::vector<Source>& plain,
                                const std::vector<Source>& sources, const ReaderOptions& options) {
  const ReadResult expected = ReadAll(plain);
  for (const int threads : kThreads) {
    const ReadResult result = ReadWith(threads, sources, options);
    ASSERT_TRUE(result.status.ok()) << result.status;
    ASSERT_TRUE(result.records == expected.records) << threads;
    ExpectStored(result);
  }
}

TEST(ReadAhead, EveryFormHasTheRecordsOfThePlainBytes) {
  for (const Form& form : Forms()) {
    TempDir dir;
    std::vector<Source> plain;
    std::vector<Source> sources;
    uint64_t stored = 0;
    for (uint32_t i = 0; i < 4; ++i) {
      const std::string bytes = RandomLines(i, i == 2 ? 10 : 60'000);
      const std::string again = form.name == std::string_view("bgzf, then not") ? bytes : "";
      plain.push_back(Jsonl(dir.Write(absl::StrCat("p", i), bytes + again)));
      sources.push_back(Jsonl(dir.Write(absl::StrCat(i), form.make(bytes)), form.compression));
      stored += std::filesystem::file_size(sources.back().path);
    }
    const ReadResult expected = ReadAll(plain);
    for (const int threads : kThreads) {
      for (const uint64_t batch : {50u, 1000u, 1u << 20}) {
        const ReadResult result =
            ReadWith(threads, sources, {.batch_bytes = batch, .temp_dir = dir.path()});
        ASSERT_TRUE(result.status.ok()) << form.name << ": " << result.status;
        ASSERT_TRUE(result.records == expected.records) << form.name << ' ' << threads;
        EXPECT_EQ(result.source_bytes, stored) << form.name;
        ExpectStored(result);
      }
    }
  }
}

TEST(ReadAhead, FormsAndFormatsMayBeMixed) {
  TempDir dir;
  std::vector<Source> plain;
  std::vector<Source> sources;
  const std::vector<Form> forms = Forms();
  for (uint32_t i = 0; i < 60; ++i) {
    const Form& form = forms[i % forms.size()];
    const std::string bytes = RandomLines(i, i * 700 % 20'000);
    const std::string stored = form.make(bytes);
    const std::string again = form.name == std::string_view("bgzf, then not") ? bytes : "";
    const Format format = i % 4 == 3 ? Format::kText : Format::kJsonl;
    plain.push_back({dir.Write(absl::StrCat("p", i), bytes + again), format, Compression::kNone});
    sources.push_back({dir.Write(absl::StrCat(i), stored), format, form.compression});
  }
  ExpectTheSameForAnyThreads(plain, sources, {.batch_bytes = 3000, .temp_dir = dir.path()});
}

TEST(ReadAhead, AFirstFileThatIsSlowDoesNotHoldUpTheOthersForever) {
  TempDir dir;
  std::vector<Source> sources;
  std::vector<Source> plain;
  for (uint32_t i = 0; i < 5; ++i) {
    const std::string bytes = RandomLines(2 * i, i == 0 ? 6'000'000 : 1'500'000);
    plain.push_back(Jsonl(dir.Write(absl::StrCat("p", i), bytes)));
    sources.push_back(Jsonl(dir.Write(absl::StrCat(i), Compressed(bytes, Compression::kGzip)),
                            Compression::kGzip));
  }
  ExpectTheSameForAnyThreads(plain, sources, {.batch_bytes = 20'000, .temp_dir = dir.path()});
}

TEST(ReadAhead, ThousandsOfTinyFilesUnderALowLimitOfDescriptors) {
  TempDir dir;
  std::vector<Source> sources;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const Compression compression = i % 2 == 0 ? Compression::kGzip : Compression::kZstd;
    const std::string stored = Compressed(absl::StrCat(i, "\n"), compression);
    sources.push_back(Jsonl(dir.Write(absl::StrCat(i), stored), compression));
    absl::StrAppend(&expected, i, " ");
  }
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit low{.rlim_cur = 64, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &low);
  for (const int threads : kThreads) {
    const ReadResult result = ReadWith(threads, sources, {.temp_dir = dir.path()});
    EXPECT_TRUE(result.status.ok()) << result.status;
    std::string all;
    for (const ReadRecord& record : result.records) all += record.bytes + " ";
    EXPECT_TRUE(all == expected) << threads;
  }
  setrlimit(RLIMIT_NOFILE, &before);
}

// Cut anywhere, a file is what one thread says of it: an error with the place, or whole if it ends where a frame does.
TEST(ReadAhead, TruncatedFilesFailAtEveryCutAsWithOneThread) {
  TempDir dir;
  const std::string bytes = RandomLines(7, 1000);
  for (const Form& form : Forms()) {
    const std::string whole = form.make(bytes);
    size_t good = 0;
    if (form.compression == Compression::kNone) continue;
    for (size_t cut = 0; cut < whole.size(); ++cut) {
      const Source source = Jsonl(dir.Write("cut", whole.substr(0, cut)), form.compression);
      const ReaderOptions options{.batch_bytes = 100, .temp_dir = dir.path()};
      const ReadResult one = ReadWith(1, {source}, options);
      const ReadResult many = ReadWith(4, {source}, options);
      ASSERT_EQ(many.status, one.status) << form.name << ' ' << cut;
      ASSERT_TRUE(!one.status.ok() || many.records == one.records) << form.name << ' ' << cut;
      if (one.status.ok()) ++good;
      if (one.status.ok()) continue;
      ASSERT_TRUE(absl::IsDataLoss(one.status)) << one.status;
      ASSERT_THAT(std::string(one.status.message()), HasSubstr(absl::StrCat("byte ", cut)));
    }
    const std::string_view name = form.name;
    EXPECT_TRUE((name != "frame" && name != "member") || good == 0) << good;
    EXPECT_TRUE(name != "bgzf" || good == 1) << "a file without the empty block at its end";
  }
}

TEST(ReadAhead, BrokenFilesFailAsWithOneThread) {
  TempDir dir;
  const std::string bytes = RandomLines(9, 40'000);
  for (const Form& form : Forms()) {
    if (form.compression == Compression::kNone) continue;
    const std::string whole = form.make(bytes);
    for (size_t at = 1; at < whole.size(); at += 997) {
      std::string broken = whole;
      broken[at] = static_cast<char>(broken[at] ^ 0x55);
      const Source source = Jsonl(dir.Write("x", broken), form.compression);
      const ReaderOptions options{.batch_bytes = 500, .temp_dir = dir.path()};
      const ReadResult one = ReadWith(1, {source}, options);
      const ReadResult many = ReadWith(3, {source}, options);
      ASSERT_EQ(many.status.code(), one.status.code()) << form.name << ' ' << at;
      ASSERT_TRUE(!one.status.ok() || many.records == one.records) << form.name << ' ' << at;
    }
  }
}

TEST(ReadAhead, AMissingFileIsAnErrorWhenItsTurnComes) {
  TempDir dir;
  const std::string zst = Compressed("a\n", Compression::kZstd);
  const std::vector<Source> sources = {Jsonl(dir.Write("a", zst), Compression::kZstd),
                                       Jsonl(dir / "missing", Compression::kZstd),
                                       Jsonl(dir.Write("empty", ""), Compression::kZstd)};
  const ReadResult result = ReadWith(3, sources, {.batch_bytes = 1, .temp_dir = dir.path()});
  EXPECT_TRUE(absl::IsUnavailable(result.status)) << result.status;
  EXPECT_THAT(std::string(result.status.message()), HasSubstr(dir / "missing"));
  EXPECT_EQ(result.records.size(), 1u);
}

TEST(ReadAhead, ReadersThatStopEarlyLeaveNothingBehind) {
  TempDir dir;
  std::vector<Source> sources;
  for (int i = 0; i < 6; ++i) {
    const std::string stored = Compressed(RandomLines(3, 300'000), Compression::kZstd);
    sources.push_back(Jsonl(dir.Write(absl::StrCat(i), stored), Compression::kZstd));
  }
  const ThreadLimit limit(4);
  for (int i = 0; i < 50; ++i) {
    auto reader = RecordReader::Open(sources, {.batch_bytes = 1000, .temp_dir = dir.path()});
    for (int k = 0; k < i; ++k) ASSERT_TRUE((*reader)->Next().ok());
  }
}

TEST(EndOfFrames, AgreesWithTheLibrary) {
  TempDir dir;
  std::mt19937 random(3);
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(),
                                                                     &ZSTD_freeCCtx);
  for (int round = 0; round < 300; ++round) {
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, static_cast<int>(random() % 8));
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, static_cast<int>(random() % 2));
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, static_cast<int>(random() % 2));
    std::string bytes = RandomLines(static_cast<uint32_t>(round), random() % 400'000);
    if (round % 5 == 0) bytes.assign(bytes.size(), 'x');  // blocks of one byte, repeated
    std::string frame(ZSTD_compressBound(bytes.size()), '\0');
    frame.resize(
        ZSTD_compress2(context.get(), frame.data(), frame.size(), bytes.data(), bytes.size()));
    const std::string path = dir.Write("x", "head" + frame + "tail");
    FileState state;
    const auto file = OpenToRead(path, &state);
    const StoredFile stored{file->fd(), &path, Compression::kZstd, state.size};
    ASSERT_EQ(EndOfFrames(stored, 4, 1),
              4 + ZSTD_findFrameCompressedSize(frame.data(), frame.size()));
    EXPECT_EQ(EndOfFrames(stored, 5, 1), kToTheEnd);
  }
}

}  // namespace
}  // namespace refrain
