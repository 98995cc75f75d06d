#include "refrain/io/output_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <thread>

#include "io/io_testing.h"
#include "refrain/io/byte_stream.h"
#include "refrain/io/file.h"
#include "refrain/io/json_writer.h"
#include "refrain/io/text_file.h"

namespace refrain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

void WriteOne(OutputDir* dir, const std::string& name, std::string_view bytes,
              Compression compression = Compression::kNone) {
  const auto file = dir->Open(name, compression);
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_TRUE((*file)->Write(bytes).ok());
  ASSERT_TRUE((*file)->Close().ok());
  EXPECT_EQ((*file)->bytes_written(), bytes.size());
}

std::string Marker(const OutputDir& dir) {
  std::string json;
  JsonWriter writer(&json);
  writer.BeginObject().Key("files").BeginArray();
  for (const std::string& name : dir.names()) writer.String(name);
  writer.EndArray().EndObject();
  return json;
}

// One whole run that writes its name into files of the given names.
void WholeRun(const std::string& path, const std::string& run,
              const std::vector<std::string>& names) {
  const auto dir = OutputDir::Create(path, {.force = true});
  ASSERT_TRUE(dir.ok()) << dir.status();
  for (const std::string& name : names) WriteOne(dir->get(), name, run);
  const absl::Status status = (*dir)->Commit(Marker(**dir));
  ASSERT_TRUE(status.ok()) << status;
}

std::string Decompressed(const std::string& path, Compression compression) {
  ByteBuffer bytes;
  const auto read = AppendTextFile(Text(path, compression), UINT64_MAX, &bytes);
  EXPECT_TRUE(read.ok()) << read.status();
  return std::string(bytes.view());
}

// Wrong by so much in either direction.
TEST(OutputDir, WhatIsExpectedIsOnlyRoom) {
  for (const size_t written : {size_t{100}, size_t{9} << 20}) {
    TempDir temp;
    const auto dir = OutputDir::Create(temp.path() + "/out", {});
    ASSERT_TRUE(dir.ok()) << dir.status();
    const auto file = (*dir)->Open("a", Compression::kNone);
    ASSERT_TRUE(file.ok()) << file.status();
    (*file)->Expect(uint64_t{6} << 20);
    const std::string bytes(written, 'x');
    ASSERT_TRUE((*file)->Write(bytes).ok());
    ASSERT_TRUE((*file)->Close().ok());
    ASSERT_TRUE((*dir)->Commit("{}").ok());
    EXPECT_EQ(Decompressed(temp.path() + "/out/a", Compression::kNone), bytes);
    struct stat st;
    ASSERT_EQ(stat((temp.path() + "/out/a").c_str(), &st), 0);
    EXPECT_LT(static_cast<uint64_t>(st.st_blocks) * 512, written + (1 << 20));
  }
}

TEST(OutputDir, NothingHasItsNameBeforeCommit) {
  TempDir temp;
  const std::string out = temp / "a/b/out";
  const auto dir = OutputDir::Create(out + "/", {});
  ASSERT_TRUE(dir.ok()) << dir.status();
  WriteOne(dir->get(), "removed.jsonl", "r");
  WriteOne(dir->get(), "kept/x/a.jsonl", "k");
  EXPECT_THAT(Listing(out), IsEmpty());
  ASSERT_TRUE((*dir)->Commit("{}").ok());
  EXPECT_THAT(Listing(out),
              ElementsAre("kept/", "kept/x/", "kept/x/a.jsonl", "removed.jsonl", "summary.json"));
  EXPECT_EQ(ReadFile(out + "/kept/x/a.jsonl"), "k");
  EXPECT_EQ(ReadFile(out + "/summary.json"), "{}");
  EXPECT_THAT((*dir)->names(), ElementsAre("removed.jsonl", "kept/x/a.jsonl", "summary.json"));
}

TEST(OutputDir, WithoutCommitNothingRemains) {
  TempDir temp;
  for (const size_t files : {1u, 200u}) {  // 200: some have hidden names
    {
      const auto dir = OutputDir::Create(temp / "new/out", {});
      for (size_t i = 0; i < files; ++i) WriteOne(dir->get(), std::to_string(i), "x");
    }
    EXPECT_THAT(Listing(temp.path()), IsEmpty());
    std::filesystem::create_directory(temp / "old");
    {
      const auto dir = OutputDir::Create(temp / "old", {});
      for (size_t i = 0; i < files; ++i) WriteOne(dir->get(), std::to_string(i), "x");
    }
    EXPECT_THAT(Listing(temp.path()), ElementsAre("old/"));
    std::filesystem::remove(temp / "old");
  }
}

TEST(OutputDir, MoreFilesThanDescriptors) {
  TempDir temp;
  const auto dir = OutputDir::Create(temp / "out", {});
  std::vector<std::string> expected;
  for (int i = 0; i < 300; ++i) {
    expected.push_back(std::to_string(i));
    WriteOne(dir->get(), expected.back(), expected.back());
  }
  expected.push_back("summary.json");
  const absl::Status status = (*dir)->Commit("{}");
  ASSERT_TRUE(status.ok()) << status;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(Listing(temp / "out"), expected);
  struct stat plain;
  struct stat hidden;
  ASSERT_EQ(stat((temp / "out/1").c_str(), &plain), 0);
  ASSERT_EQ(stat((temp / "out/299").c_str(), &hidden), 0);
  EXPECT_EQ(plain.st_mode, hidden.st_mode);
  EXPECT_EQ(ReadFile(temp / "out/299"), "299");
}

TEST(OutputDir, CompressesAndBuffersInPiecesOfAnySize) {
  TempDir temp;
  const auto dir = OutputDir::Create(temp / "out", {});
  std::string expected;
  std::vector<OutputFile*> files;
  for (int c = 0; c < 3; ++c) {
    files.push_back(*(*dir)->Open(std::to_string(c), static_cast<Compression>(c)));
  }
  for (const size_t size : {0u, 1u, 100u, 700'000u, 5u, 3'000'000u, 1'048'576u, 10u}) {
    std::string piece(size, static_cast<char>('a' + size % 26));
    for (size_t i = 0; i < size; i += 97) piece[i] = static_cast<char>(i * 31);
    for (OutputFile* file : files) ASSERT_TRUE(file->Write(piece).ok());
    expected += piece;
  }
  for (OutputFile* file : files) ASSERT_TRUE(file->Close().ok());
  WriteOne(dir->get(), "empty.gz", "", Compression::kGzip);
  WriteOne(dir->get(), "empty.zst", "", Compression::kZstd);
  ASSERT_TRUE((*dir)->Commit("{}").ok());
  for (int c = 0; c < 3; ++c) {
    const std::string path = temp / "out/" + std::to_string(c);
    EXPECT_TRUE(Decompressed(path, static_cast<Compression>(c)) == expected) << c;
  }
  EXPECT_EQ(Decompressed(temp / "out/empty.gz", Compression::kGzip), "");
  EXPECT_EQ(Decompressed(temp / "out/empty.zst", Compression::kZstd), "");
}

TEST(OutputDir, PartsAreWrittenOneAfterTheOther) {
  TempDir temp;
  const auto dir = OutputDir::Create(temp / "out", {});
  const auto plain = (*dir)->Open("plain", Compression::kNone);
  const auto packed = (*dir)->Open("packed", Compression::kZstd);
  std::string expected;
  for (const size_t count : {0u, 3u, 1u, 5000u, 2u, 3000u}) {  // more than one call takes
    std::vector<std::string> parts;
    for (size_t i = 0; i < count; ++i) parts.push_back(std::string(i % 311, static_cast<char>(i)));
    const std::vector<std::string_view> views(parts.begin(), parts.end());
    for (OutputFile* file : {*plain, *packed}) {
      ASSERT_TRUE(file->Write(views).ok());
      ASSERT_TRUE(file->Write("between").ok());
    }
    for (const std::string& part : parts) expected += part;
    expected += "between";
  }
  for (OutputFile* file : {*plain, *packed}) {
    ASSERT_TRUE(file->Close().ok());
    EXPECT_EQ(file->bytes_written(), expected.size());
  }
  ASSERT_TRUE((*dir)->Commit("{}").ok());
  EXPECT_TRUE(ReadFile(temp / "out/plain") == expected);
  EXPECT_TRUE(Decompressed(temp / "out/packed", Compression::kZstd) == expected);
}

// A signal that comes while a pipe is full ends a write in the middle of a part.
TEST(WriteAll, GoesOnWhereAWriteWasCutShort) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before;
  sigaction(SIGUSR1, &action, &before);
  std::string expected;
  for (int i = 0; i < 700'000; ++i) expected += static_cast<char>(i * 31 >> 3);
  std::vector<std::string_view> parts;
  for (size_t at = 0; at < expected.size(); at += 999) {
    parts.push_back(std::string_view(expected).substr(at, 999));
  }
  const pthread_t writer = pthread_self();
  std::string read_back;
  std::thread reader([&] {
    char buffer[777];
    for (ssize_t n = 1; n > 0;) {
      pthread_kill(writer, SIGUSR1);
      n = read(ends[0], buffer, sizeof(buffer));
      if (n > 0) read_back.append(buffer, static_cast<size_t>(n));
    }
  });
  EXPECT_EQ(WriteAll(ends[1], parts), 0);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  sigaction(SIGUSR1, &before, nullptr);
  EXPECT_TRUE(read_back == expected);
}

TEST(OutputDir, AFolderThatIsNotEmptyIsRefused) {
  TempDir temp;
  temp.Write("out/mine", "");
  const absl::Status refused = OutputDir::Create(temp / "out", {}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr(temp / "out"));
  for (const char* place : {"out/mine", "out/mine/below"}) {
    const absl::Status file = OutputDir::Create(temp / place, {.force = true}).status();
    EXPECT_FALSE(file.ok());
    EXPECT_THAT(std::string(file.message()), HasSubstr(temp / "out/mine"));
  }
  EXPECT_TRUE(absl::IsInvalidArgument(OutputDir::Create("", {}).status()));
  EXPECT_THAT(Listing(temp.path()), ElementsAre("out/", "out/mine"));
}

TEST(OutputDir, ForceReplacesTheFilesOfTheEarlierRunAndNothingElse) {
  TempDir temp;
  const std::string out = temp / "out";
  WholeRun(out, "one", {"kept/a/x", "kept/b/y", "removed.jsonl", "rejects.jsonl"});
  temp.Write("out/mine.txt", "mine");
  temp.Write("out/kept/b/mine", "mine");
  WholeRun(out, "two", {"kept/c", "removed.jsonl"});
  EXPECT_THAT(Listing(out), ElementsAre("kept/", "kept/b/", "kept/b/mine", "kept/c", "mine.txt",
                                        "removed.jsonl", "summary.json"));
  EXPECT_EQ(ReadFile(out + "/removed.jsonl"), "two");
}

TEST(OutputDir, ForceDoesNotOverwriteWhatNoRunHasListed) {
  TempDir temp;
  WholeRun(temp / "out", "one", {"a"});
  temp.Write("out/b", "mine");
  const auto dir = OutputDir::Create(temp / "out", {.force = true});
  ASSERT_TRUE(dir.ok());
  const absl::Status status = (*dir)->Open("b", Compression::kNone).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(temp / "out/b"));
}

TEST(OutputDir, AMarkerCannotNameFilesOutside) {
  TempDir temp;
  temp.Write("outside", "o");
  temp.Write("other/file", "o");
  temp.Write(
      "out/summary.json",
      R"({"files":["../outside","/tmp/x","","a//b",".","link/file",7,"./y","a/../../outside"]})");
  std::filesystem::create_directory_symlink("../other", temp / "out/link");
  WholeRun(temp / "out", "new", {"n"});
  EXPECT_THAT(Listing(temp.path()), ElementsAre("other/", "other/file", "out/", "out/link/",
                                                "out/n", "out/summary.json", "outside"));
}

TEST(OutputDir, ABrokenMarkerListsNothing) {
  TempDir temp;
  for (const char* marker : {"", "{", "[]", R"({"files":7})"}) {
    temp.Write("out/summary.json", marker);
    temp.Write("out/a", "mine");
    WholeRun(temp / "out", "new", {"n"});
    EXPECT_EQ(ReadFile(temp / "out/a"), "mine");
    std::filesystem::remove_all(temp / "out");
  }
}

TEST(OutputDir, AFailedRunWithForceLeavesTheOldFilesIncompleteAndReplaceable) {
  TempDir temp;
  const std::string out = temp / "out";
  WholeRun(out, "one", {"kept/a", "b"});
  {
    const auto dir = OutputDir::Create(out, {.force = true});
    ASSERT_TRUE(dir.ok());
    EXPECT_FALSE(std::filesystem::exists(out + "/summary.json"));
    WriteOne(dir->get(), "b", "two");
  }
  EXPECT_FALSE(std::filesystem::exists(out + "/summary.json"));
  EXPECT_EQ(ReadFile(out + "/b"), "one");
  WholeRun(out, "three", {"b"});
  EXPECT_THAT(Listing(out), ElementsAre("b", "summary.json"));
  EXPECT_EQ(ReadFile(out + "/b"), "three");
}

TEST(OutputDir, ACommitThatFailsTakesEverythingBack) {
  TempDir temp;
  const std::string out = temp / "out";
  {
    const auto dir = OutputDir::Create(out, {});
    WriteOne(dir->get(), "kept/a", "x");
    WriteOne(dir->get(), "b", "x");
    temp.Write("out/b", "came meanwhile");
    const absl::Status status = (*dir)->Commit("{}");
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(out + "/b"));
  }
  EXPECT_THAT(Listing(out), ElementsAre("b"));
  EXPECT_EQ(ReadFile(out + "/b"), "came meanwhile");
}

TEST(OutputDir, NamesMustBePlainAndNewAndFilesClosed) {
  TempDir temp;
  const auto dir = OutputDir::Create(temp / "out", {});
  for (const char* name : {"", "/a", "../a", "a/../b", "a//b", "a/", ".", "summary.json"}) {
    EXPECT_TRUE(absl::IsInvalidArgument((*dir)->Open(name, Compression::kNone).status())) << name;
  }
  const auto file = (*dir)->Open("a", Compression::kNone);
  ASSERT_TRUE(file.ok());
  EXPECT_TRUE(absl::IsInvalidArgument((*dir)->Open("a", Compression::kNone).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition((*dir)->Commit("{}")));
}

TEST(OutputDir, AFullDiskNamesTheFileAndTheCause) {
  TempDir temp;
  const std::string disk = temp / "disk";
  std::filesystem::create_directory(disk);
  if (mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=2m") != 0) {
    GTEST_SKIP() << "may not mount a small file system here";
  }
  {
    const auto dir = OutputDir::Create(disk + "/out", {});
    ASSERT_TRUE(dir.ok()) << dir.status();
    const auto file = (*dir)->Open("kept/a", Compression::kNone);
    ASSERT_TRUE(file.ok());
    absl::Status status;
    for (int i = 0; i < 50 && status.ok(); ++i) status = (*file)->Write(std::string(99'000, 'x'));
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(disk + "/out/kept/a"));
    EXPECT_THAT(std::string(status.message()), HasSubstr("No space left on device"));
    EXPECT_EQ((*file)->Close(), status);
    EXPECT_EQ((*dir)->Commit("{}"), status);
  }
  EXPECT_THAT(Listing(disk), IsEmpty());
  umount2(disk.c_str(), MNT_DETACH);
}

TEST(OutputDir, AFileSizeLimitIsAnErrorToo) {
  TempDir temp;
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit low{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const auto dir = OutputDir::Create(temp / "out", {});
  const auto file = (*dir)->Open("a", Compression::kNone);
  setrlimit(RLIMIT_FSIZE, &low);
  EXPECT_TRUE((*file)->Write(std::string(200'000, 'x')).ok());
  const absl::Status status = (*file)->Close();  // buffered until here
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("File too large"));
}

TEST(CheckOutputOutsideInputs, RefusesTheInputsAndWhatLiesInside) {
  TempDir temp;
  temp.Write("in/sub/a.txt", "");
  temp.Write("in2/a.txt", "");
  std::filesystem::create_directory_symlink("in", temp / "link");
  const auto refused = [&](const std::string& out, const std::vector<std::string>& words) {
    return absl::IsInvalidArgument(CheckOutputOutsideInputs(out, words));
  };
  const std::string in = temp / "in";
  EXPECT_TRUE(refused(in, {in}));
  EXPECT_TRUE(refused(in + "/", {"-", in}));
  EXPECT_TRUE(refused(in + "/out", {in + "/"}));
  EXPECT_TRUE(refused(in + "/sub/new/out", {in}));
  EXPECT_TRUE(refused(temp / "link/out", {in}));
  EXPECT_TRUE(refused(in + "/out", {temp / "link"}));
  EXPECT_TRUE(refused(temp / "x/../in/out", {in}));
  EXPECT_TRUE(refused(in + "/out", {temp / "i*"}));
  EXPECT_TRUE(refused(temp / "in2/a.txt", {temp / "in2/a.txt"}));
  EXPECT_FALSE(refused(temp / "in3", {in, temp / "in2"}));
  EXPECT_FALSE(refused(temp / "out", {in, "-", temp / "missing*"}));
  EXPECT_FALSE(refused(temp.path(), {in}));
  EXPECT_TRUE(refused("no-such-folder/x", {"no-such-folder"}));
  EXPECT_TRUE(refused("no-such-folder", {"."}));
}

}  // namespace
}  // namespace refrain
