#include "refrain/io/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>

#include "absl/strings/match.h"
#include "io/io_testing.h"

namespace refrain {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Paths(const SourceList& list, const TempDir& dir) {
  std::vector<std::string> paths;
  for (const Source& source : list.sources) {
    const bool below = source.path.starts_with(dir.path() + "/");
    paths.push_back(below ? source.path.substr(dir.path().size() + 1) : source.path);
  }
  return paths;
}

TEST(FindSources, FormatAndCompressionComeFromTheExtension) {
  TempDir dir;
  std::vector<std::string> words;
  for (const char* name : {"a.jsonl", "b.NDJSON", "c.json.gz", "d.txt", "e.md.zst", "f.xyz", "g"}) {
    words.push_back(dir.Write(name, ""));
  }
  const auto list = FindSources(words, {});
  ASSERT_TRUE(list.ok()) << list.status();
  const std::vector<Source>& s = list->sources;
  ASSERT_EQ(s.size(), 7u);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(s[i].format, i < 3 ? Format::kJsonl : Format::kText) << s[i].path;
  }
  EXPECT_EQ(s[0].compression, Compression::kNone);
  EXPECT_EQ(s[2].compression, Compression::kGzip);
  EXPECT_EQ(s[4].compression, Compression::kZstd);
}

TEST(FindSources, DirectoriesAreSearchedInBytewiseOrderOfThePath) {
  TempDir dir;
  for (const char* name :
       {"in/b/x.txt", "in/b-x.txt", "in/a.jsonl", "in/Z.md", "in/b/a/y.text.gz", "in/picture.png",
        "in/.hidden.txt", "in/.git/x.txt", "in/\xC3\xA9.txt"}) {
    dir.Write(name, "x");
  }
  for (const char* word : {"in", "in/", "in//"}) {
    const auto list = FindSources({dir / word}, {});
    ASSERT_TRUE(list.ok()) << list.status();
    EXPECT_THAT(Paths(*list, dir),
                ElementsAre("in/Z.md", "in/a.jsonl", "in/b-x.txt", "in/b/a/y.text.gz", "in/b/x.txt",
                            "in/\xC3\xA9.txt"));
    EXPECT_EQ(list->skipped, 1u);
  }
}

TEST(FindSources, AFormatTakesEveryFileOfADirectory) {
  TempDir dir;
  dir.Write("in/a.dat", "");
  dir.Write("in/b.txt.gz", "");
  const auto list = FindSources({dir / "in"}, {.format = Format::kJsonl});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(Paths(*list, dir), ElementsAre("in/a.dat", "in/b.txt.gz"));
  EXPECT_EQ(list->sources[1].format, Format::kJsonl);
  EXPECT_EQ(list->sources[1].compression, Compression::kGzip);
  EXPECT_EQ(list->skipped, 0u);
}

TEST(FindSources, LinksAreFollowedAndLoopsEnd) {
  TempDir dir;
  dir.Write("in/sub/a.txt", "");
  dir.Write("elsewhere/b.txt", "");
  namespace fs = std::filesystem;
  fs::create_symlink("sub/a.txt", dir / "in/link.txt");
  fs::create_directory_symlink("..", dir / "in/sub/up");
  fs::create_directory_symlink("../elsewhere", dir / "in/away");
  fs::create_directory_symlink("sub", dir / "in/again");  // searched as sub already
  fs::create_symlink("nothing", dir / "in/dangling.txt");
  const auto list = FindSources({dir / "in"}, {});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(Paths(*list, dir), ElementsAre("in/away/b.txt", "in/link.txt", "in/sub/a.txt"));
  EXPECT_EQ(list->skipped, 1u);
}

TEST(FindSources, GlobsAreExpandedOnlyForWordsThatDoNotExist) {
  TempDir dir;
  for (const char* name : {"x10.jsonl", "x2.jsonl", "y.jsonl", "[1].txt", "d/a.txt", "d-.txt"}) {
    dir.Write(name, "");
  }
  const auto list = FindSources({dir / "x*.jsonl", dir / "[1].txt"}, {});
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(Paths(*list, dir), ElementsAre("x10.jsonl", "x2.jsonl", "[1].txt"));
  const auto folders = FindSources({dir / "d*"}, {});
  ASSERT_TRUE(folders.ok()) << folders.status();
  EXPECT_THAT(Paths(*folders, dir), ElementsAre("d-.txt", "d/a.txt"));
}

TEST(FindSources, StandardInputIsRecordsUnlessAFormatIsGiven) {
  EXPECT_EQ(FindSources({"-"}, {})->sources[0].format, Format::kJsonl);
  EXPECT_EQ(FindSources({"-"}, {.format = Format::kText})->sources[0].format, Format::kText);
  EXPECT_TRUE(absl::IsInvalidArgument(FindSources({"-", "-"}, {}).status()));
}

TEST(FindSources, ErrorsNameTheWord) {
  TempDir dir;
  dir.Write("empty/picture.png", "");
  const std::string file = dir.Write("a.txt", "");
  struct Case {
    std::vector<std::string> words;
    absl::StatusCode code;
    std::string message;
  };
  const std::vector<Case> cases = {
      {{dir / "missing.txt"}, absl::StatusCode::kNotFound, dir / "missing.txt: no such file"},
      {{file + "/below"}, absl::StatusCode::kNotFound, file + "/below: no such file"},
      {{dir / "*.none"}, absl::StatusCode::kNotFound, dir / "*.none: no file matches"},
      {{dir / "empty"}, absl::StatusCode::kNotFound, dir / "empty: no usable files"},
      {{dir / "empty*"}, absl::StatusCode::kNotFound, dir / "empty*: no usable files"},
      {{file, dir.path()}, absl::StatusCode::kInvalidArgument, file + ": this file is given twice"},
      {{file, dir / "./a.txt"}, absl::StatusCode::kInvalidArgument, "given twice"},
      {{file, dir / "?.txt"}, absl::StatusCode::kInvalidArgument, "given twice"},
      {{""}, absl::StatusCode::kInvalidArgument, "empty input word"},
      {{std::string(5000, 'x')}, absl::StatusCode::kUnavailable, "cannot be opened"},
  };
  for (const Case& c : cases) {
    const absl::Status status = FindSources(c.words, {}).status();
    EXPECT_EQ(status.code(), c.code) << status << " for " << c.words[0].substr(0, 80);
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.message));
  }
}

// The exit status of a child that runs `body` as nobody: root may read everything.
int AsNobody(const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) _exit(setgid(65534) == 0 && setuid(65534) == 0 ? (body() ? 0 : 1) : 2);
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST(FindSources, WhatMayNotBeReadIsPermissionDenied) {
  if (getuid() != 0) GTEST_SKIP() << "needs root, to become someone else";
  TempDir dir;
  chmod(dir.path().c_str(), 0755);
  const std::string file = dir.Write("secret.txt", "");
  dir.Write("in/sub/a.txt", "");
  chmod(file.c_str(), 0);
  chmod((dir / "in/sub").c_str(), 0);
  const auto denied = [](const std::string& word, const std::string& path) {
    return AsNobody([&] {
      const absl::Status status = FindSources({word}, {}).status();
      return absl::IsPermissionDenied(status) && absl::StartsWith(status.message(), path);
    });
  };
  EXPECT_EQ(denied(file, file), 0);
  EXPECT_EQ(denied(dir / "in", dir / "in/sub"), 0);
  chmod((dir / "in/sub").c_str(), 0755);
}

std::vector<std::string> Relative(const std::vector<std::string>& paths) {
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    sources.push_back(path.ends_with(".txt") ? Text(path) : Jsonl(path));
  }
  const auto result = RelativePaths(sources);
  return result.ok() ? *result : std::vector<std::string>{result.status().ToString()};
}

TEST(RelativePaths, AreRelativeToTheCommonFolderOfTheRecords) {
  EXPECT_THAT(Relative({"x/y/a.jsonl"}), ElementsAre("a.jsonl"));
  EXPECT_THAT(Relative({"x/a.jsonl", "x/b.jsonl"}), ElementsAre("a.jsonl", "b.jsonl"));
  EXPECT_THAT(Relative({"x/p/a.jsonl", "x/q/a.jsonl.gz"}),
              ElementsAre("p/a.jsonl", "q/a.jsonl.gz"));
  EXPECT_THAT(Relative({"x/a.jsonl", "x/a/b.jsonl"}), ElementsAre("a.jsonl", "a/b.jsonl"));
  EXPECT_THAT(Relative({"./x/a.jsonl", "x//b.jsonl"}), ElementsAre("a.jsonl", "b.jsonl"));
  EXPECT_THAT(Relative({"/r/s/a.jsonl", "/r/t.txt", "-"}),
              ElementsAre("a.jsonl", "", "stdin.jsonl"));
  EXPECT_THAT(Relative({}), ElementsAre());
  for (const std::string& path : Relative({"../../a.jsonl", "x/b.jsonl"})) {
    EXPECT_EQ(path.find(".."), std::string::npos) << path;
  }
}

TEST(RelativePaths, ACollisionIsAnError) {
  EXPECT_THAT(Relative({"x/stdin.jsonl", "-"})[0], HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(Relative({"x/../a.jsonl", "a.jsonl"})[0], HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(Relative({"x/stdin.jsonl/a.jsonl", "x/b.jsonl", "-"})[0],
              HasSubstr("INVALID_ARGUMENT"));
}

}  // namespace
}  // namespace refrain
