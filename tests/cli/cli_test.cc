// The command as its users meet it: exit status, what it says, and what it leaves behind, above all when things go wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "io/io_testing.h"

namespace refrain {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kGood[] =
    "{\"id\":\"a\",\"text\":\"one two three four five six\"}\n"
    "{\"id\":\"b\",\"text\":\"One two three, four five six.\"}\n"
    "{\"id\":\"c\",\"text\":\"something else\"}\n";

struct Outcome {
  int exit_status = -1;
  std::string out;
  std::string err;
};

class CliTest : public ::testing::Test {
 protected:
  // Runs a shell command in the test's folder; "refrain" is the command under test.
  Outcome Run(const std::string& command) const {
    const std::string script = "cd '" + folder_.path() +
                               "/work' && refrain() { '" REFRAIN_COMMAND "' \"$@\"; } && { " +
                               command + "; } > ../out.txt 2> ../err.txt";
    const int status = std::system(script.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
            ReadFile(folder_ / "out.txt"), ReadFile(folder_ / "err.txt")};
  }
  void SetUp() override { folder_.Write("work/good.jsonl", kGood); }
  std::string Write(const std::string& name, std::string_view bytes) const {
    return folder_.Write("work/" + name, bytes);
  }
  std::string Read(const std::string& name) const { return ReadFile(folder_ / ("work/" + name)); }
  bool Exists(const std::string& name) const {
    return std::filesystem::exists(folder_ / ("work/" + name));
  }
  std::string Path(const std::string& name) const { return folder_ / ("work/" + name); }

  // A failed run says why in one line that begins with the program's name, and leaves no folder.
  void ExpectFailure(const std::string& command, int exit_status, const std::string& says) const {
    const Outcome outcome = Run(command);
    EXPECT_EQ(outcome.exit_status, exit_status) << command << '\n' << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(says)) << command;
    EXPECT_THAT(outcome.err, ::testing::StartsWith("refrain: ")) << command;
    EXPECT_THAT(outcome.out, IsEmpty()) << command;
    EXPECT_FALSE(Exists("out")) << command;
  }

 private:
  TempDir folder_;
};

TEST_F(CliTest, AGoodRunSaysWhatItDidAndWhereTheResultsAre) {
  const Outcome outcome = Run("refrain dedup good.jsonl -o out");
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, HasSubstr("3 records"));
  EXPECT_THAT(outcome.out, ContainsRegex("kept +2"));
  EXPECT_THAT(outcome.out, ContainsRegex("removed +1"));
  EXPECT_THAT(outcome.out, ContainsRegex("results +out/"));
  EXPECT_EQ(Read("out/removed.jsonl"),
            "{\"id\":\"b\",\"source\":\"good.jsonl\",\"line\":2,\"kept\":{\"id\":\"a\",\"source\":"
            "\"good.jsonl\",\"line\":1},\"similarity\":1,\"measure\":\"jaccard\",\"lane\":"
            "\"exact\"}\n");
  EXPECT_TRUE(Exists("out/summary.json"));
}

TEST_F(CliTest, ReuseSaysWhatIsRepeatedAndWhere) {
  const std::string words =
      "one two three four five six seven eight nine ten eleven twelve thirteen";
  Write("speeches/a.txt", "first line\n" + words + "\n");
  Write("speeches/b.txt", words + " and more\n");
  const Outcome outcome = Run("refrain reuse speeches -o out");
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, HasSubstr("2 texts"));
  EXPECT_THAT(outcome.out, ContainsRegex("refrains +1 in 2 places"));
  EXPECT_THAT(outcome.out, ContainsRegex("86.7 % +speeches/a.txt"));
  EXPECT_THAT(outcome.out, ContainsRegex("13 tokens in 2 places +speeches/a.txt:2"));
  EXPECT_THAT(outcome.out, HasSubstr(words.substr(0, 60)));
  for (const char* file : {"documents", "units", "pairs", "passages", "refrains", "rejects"}) {
    EXPECT_TRUE(Exists(std::string("out/") + file + ".jsonl")) << file;
  }
  EXPECT_EQ(Run("refrain reuse speeches -o out").exit_status, 2);
  EXPECT_EQ(Run("refrain reuse speeches -o out --force --quiet").out, "");
  EXPECT_THAT(Run("refrain reuse speeches -o out --force --common 2").out,
              ContainsRegex("ignored +26 tokens, of 1 common refrains; 0.0 %"));
  Write("known.txt", words);
  const std::string ignoring = "refrain reuse -o out --force --ignore known.txt speeches";
  EXPECT_THAT(Run(ignoring).out, ContainsRegex("ignored +26 tokens, of 1 known refrains; 0.0 %"));
  const Outcome two = Run(ignoring + " --ignore speeches/b.txt --common 2");
  EXPECT_THAT(two.out, HasSubstr("2 texts"));
  EXPECT_THAT(two.out, HasSubstr("of 1 common and 2 known refrains"));
  // What is not built is refused, not ignored.
  for (const char* option :
       {"--ignore=-", "--common=1", "--common=x", "--min-length=4", "--min-length=x",
        "--min-identity=1.2", "--max-gap=-1", "--max-places=1", "--split=page", "--threads=0",
        "--normalize=some", "--format=csv", "--sort=x"}) {
    const std::string name(option, std::string_view(option).find('='));
    ExpectFailure(std::string("rm -rf out; refrain reuse speeches -o out ") + option, 2, name);
  }
  ExpectFailure("refrain reuse", 2, "INPUT");
  ExpectFailure("refrain reuse speeches", 2, "--output");
  ExpectFailure("refrain reuse nothing.txt -o out", 1, "nothing.txt");
}

TEST_F(CliTest, HelpAndVersionAreNoErrors) {
  for (const char* command :
       {"refrain --help", "refrain dedup --help", "refrain reuse --help", "refrain generate --help",
        "refrain eval --help", "refrain --version"}) {
    const Outcome outcome = Run(command);
    EXPECT_EQ(outcome.exit_status, 0) << command;
    EXPECT_THAT(outcome.err, IsEmpty()) << command;
    EXPECT_THAT(outcome.out,
                HasSubstr(std::string(command).find("version") != std::string::npos ? "refrain "
                                                                                    : "--help"))
        << command;
  }
}

// A truth found exactly scores 1; a folder of a run counts passages and refrains.
TEST_F(CliTest, CompilationsAndTheirTruth) {
  const Outcome made =
      Run("refrain generate --kind compilations --language zh --documents 40 --output c.jsonl && "
          "mkdir run && cp c.jsonl.truth.jsonl run/passages.jsonl && "
          "printf '{\"refrain\":1,\"places\":[{\"id\":\"d00\",\"begin\":0,\"end\":9},"
          "{\"id\":\"x\",\"begin\":0,\"end\":9}]}\n' > run/refrains.jsonl");
  EXPECT_EQ(made.exit_status, 0) << made.err;
  EXPECT_THAT(made.err, ContainsRegex("pairs of places .* -> c.jsonl.truth.jsonl"));
  const Outcome same = Run("refrain eval --truth c.jsonl.truth.jsonl --found c.jsonl.truth.jsonl");
  EXPECT_THAT(same.out, ContainsRegex("plagdet +1.000000"));
  const Outcome more = Run("refrain eval --json --truth c.jsonl.truth.jsonl --found run");
  EXPECT_THAT(more.out, ContainsRegex("\"recall\": 1.000000"));
  EXPECT_THAT(more.out, Not(HasSubstr("\"precision\": 1.000000")));
  EXPECT_EQ(
      Run("refrain generate --kind compilations --output d.jsonl --reuse-share 2").exit_status, 2);
  EXPECT_EQ(Run("refrain eval --truth c.jsonl.truth.jsonl --found c.jsonl").exit_status, 1);
}

TEST_F(CliTest, VersionIsQuick) {
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) Run("refrain --version");
  const std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - begin;
  RecordProperty("milliseconds_with_a_shell", std::to_string(time.count() / 10));
}

TEST_F(CliTest, WrongUsageIsExitStatusTwoAndNamesTheOption) {
  ExpectFailure("refrain", 2, "subcommand");
  ExpectFailure("refrain dedup", 2, "INPUT");
  ExpectFailure("refrain dedup good.jsonl", 2, "--output");
  ExpectFailure("refrain dedup good.jsonl -o out --thresold 0.8", 2, "--thresold");
  ExpectFailure("refrain frobnicate", 2, "frobnicate");
  for (const char* value : {"0", "1.5", "nan", "abc", "-1", "inf", "''"}) {
    ExpectFailure(std::string("refrain dedup good.jsonl -o out --threshold=") + value, 2,
                  "--threshold");
  }
  for (const char* option : {"--recall=1",      "--recall=0",
                             "--num-hashes=0",  "--num-hashes=5000",
                             "--ngram=0",       "--threads=0",
                             "--threads=x",     "--keep=shortest",
                             "--keep=max:",     "--method=magic",
                             "--format=doc",    "--max-record=lots",
                             "--memory=-1",     "--hamming=9 --method simhash",
                             "--max-record=-1", "--max-record=0",
                             "--seed=-1",       "--bands=65536 --rows 65536",
                             "--max-pairs=-5",  "--bands=3",
                             "--clusters=none", "--seed=x",
                             "--memory=1M"}) {
    const std::string name(option, std::string_view(option).find('='));
    ExpectFailure(std::string("refrain dedup good.jsonl -o out ") + option, 2, name);
  }
}

TEST_F(CliTest, ARecallOutOfReachSaysWhatToChange) {
  ExpectFailure("refrain dedup good.jsonl -o out --threshold 0.01", 2, "--num-hashes");
}

TEST_F(CliTest, MissingInputsAreNamed) {
  ExpectFailure("refrain dedup good.jsonl missing.jsonl -o out", 1, "missing.jsonl: no such file");
  ExpectFailure("refrain dedup 'nothing*.jsonl' -o out", 1, "nothing*.jsonl");
  ExpectFailure("mkdir empty; refrain dedup empty -o out", 1, "empty: no usable files");
}

TEST_F(CliTest, AnUnreadableFileFailsAtOnce) {
  if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
  ExpectFailure("chmod 000 good.jsonl; refrain dedup good.jsonl -o out", 1, "good.jsonl");
}

TEST_F(CliTest, TheSameFileTwiceIsRefused) {
  ExpectFailure("refrain dedup good.jsonl ./good.jsonl -o out", 2, "given twice");
  ExpectFailure("ln -s good.jsonl link.jsonl; refrain dedup good.jsonl link.jsonl -o out", 2,
                "given twice");
}

TEST_F(CliTest, AFolderInOrAtTheInputIsRefused) {
  Run("mkdir in; cp good.jsonl in/");
  ExpectFailure("refrain dedup in -o in", 2, "in: the output folder");
  ExpectFailure("refrain dedup in -o in/out", 2, "in/out: the output folder");
  ExpectFailure("refrain dedup in -o ./in/../in/out", 2, "the output folder");
  ExpectFailure("ln -s in alias; refrain dedup in -o alias/out", 2, "the output folder");
  EXPECT_EQ(Run("ls in").out, "good.jsonl\n");
}

TEST_F(CliTest, AFolderThatIsNotEmptyNeedsForceWhichReplacesResultsAlone) {
  Write("out/mine.txt", "mine");
  const Outcome refused = Run("refrain dedup good.jsonl -o out");
  EXPECT_EQ(refused.exit_status, 2);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(Run("refrain dedup good.jsonl -o out --force").exit_status, 0);
  EXPECT_EQ(Run("refrain dedup good.jsonl -o out --force --threshold 0.9").exit_status, 0);
  EXPECT_EQ(Read("out/mine.txt"), "mine");
  EXPECT_TRUE(Exists("out/summary.json"));
}

TEST_F(CliTest, AFailedForcedRunLeavesNothingThatLooksComplete) {
  ASSERT_EQ(Run("refrain dedup good.jsonl -o out").exit_status, 0);
  EXPECT_EQ(Run("gzip -k good.jsonl; head -c 50 good.jsonl.gz > cut.jsonl.gz; refrain dedup "
                "cut.jsonl.gz -o out --force")
                .exit_status,
            1);
  EXPECT_FALSE(Exists("out/summary.json"));
}

TEST_F(CliTest, BadRecordsAreRejectedWithLineAndReasonAndTheRestIsRight) {
  Write("bad.jsonl",
        "\xef\xbb\xbf{\"id\":\"a\",\"text\":\"one two three\"}\r\n"
        "{\"id\":\"b\",\"text\":\"one two\n"
        "{\"id\":\"c\"}\n"
        "{\"id\":\"d\",\"text\":5}\n"
        "\n"
        "[1]\n"
        "{\"id\":\"e\",\"text\":\"raw \x01 control\"}\n"
        "{\"id\":\"f\",\"text\":\"inv\xff valid\"}\n"
        "{\"id\":\"a\",\"text\":\"One two three!\"}\n"
        "{\"id\":true,\"text\":\"x\"}\n"
        "{\"id\":\"g\",\"text\":\"the last line has no end\"}");
  const Outcome outcome = Run("refrain dedup bad.jsonl -o out");
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(outcome.out, ContainsRegex("kept +3"));
  EXPECT_THAT(outcome.out, ContainsRegex("rejected +6"));
  EXPECT_THAT(outcome.err, HasSubstr("an earlier one has"));
  EXPECT_THAT(outcome.err, HasSubstr("broken UTF-8"));
  const std::string rejects = Read("out/rejects.jsonl");
  EXPECT_THAT(rejects, HasSubstr("\"line\":2,\"offset\":38,\"reason\":\"broken JSON"));
  EXPECT_THAT(rejects, HasSubstr("\"line\":3"));
  EXPECT_THAT(rejects, HasSubstr("no field \\\"text\\\""));
  EXPECT_THAT(rejects, HasSubstr("field \\\"text\\\" is a number, not a string"));
  EXPECT_THAT(rejects, HasSubstr("\"line\":6"));
  EXPECT_THAT(rejects, HasSubstr("control character"));
  EXPECT_THAT(Read("out/removed.jsonl"),
              HasSubstr("\"id\":\"a\",\"source\":\"bad.jsonl\",\"line\":9"));
  EXPECT_THAT(Read("out/kept/bad.jsonl"), HasSubstr("{\"id\":\"f\",\"text\":\"inv\xff valid\"}\n"));
}

TEST_F(CliTest, TextsWithBrokenUtf8OrNulOrBomAreRead) {
  Write("in/a.txt", "one\xff two \xc3");
  Write("in/b.txt", std::string_view("one two\0three", 13));
  Write("in/c.txt",
        "\xef\xbb\xbf"
        "four five\r\n");
  Write("in/d.txt", "four five\n");
  const Outcome outcome = Run("refrain dedup in -o out");
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("2 broken UTF-8 sequences"));
  EXPECT_EQ(Read("out/kept.txt"), "in/a.txt\nin/b.txt\nin/c.txt\n");
}

TEST_F(CliTest, CutOrBrokenCompressedFilesFailNamingFileAndPlace) {
  Run("gzip -k good.jsonl; head -c 60 good.jsonl.gz > cut.jsonl.gz; cp good.jsonl no.jsonl.gz; cp "
      "good.jsonl no.jsonl.zst");
  ExpectFailure("refrain dedup cut.jsonl.gz -o out", 1, "cut.jsonl.gz: ends in the middle");
  ExpectFailure("refrain dedup no.jsonl.gz -o out", 1, "no.jsonl.gz: broken compressed data");
  ExpectFailure("refrain dedup no.jsonl.zst -o out", 1, "no.jsonl.zst: broken compressed data");
  Write("cut.jsonl.zst", Compressed(kGood, Compression::kZstd).substr(0, 60));
  ExpectFailure("refrain dedup cut.jsonl.zst -o out", 1, "cut.jsonl.zst: ends in the middle");
}

TEST_F(CliTest, StandardInputIsReadAndNamedInTheResults) {
  EXPECT_EQ(Run("cat good.jsonl | refrain dedup - -o out").exit_status, 0);
  EXPECT_THAT(Read("out/removed.jsonl"), HasSubstr("\"source\":\"-\",\"line\":2"));
  EXPECT_TRUE(Exists("out/kept/stdin.jsonl"));
  EXPECT_EQ(Run("refrain dedup - -o out2 < /dev/null").exit_status, 0);
  EXPECT_EQ(Read("out2/kept/stdin.jsonl"), "");
}

TEST_F(CliTest, ClosedStandardFilesDoNoHarm) {
  ExpectFailure("refrain dedup - -o out <&-", 1, "-: ");
  for (const std::string close : {">&-", "2>&-", "<&-", ">&- 2>&- <&-", "> /dev/full"}) {
    const std::string out = "out" + std::to_string(close.size());
    EXPECT_EQ(Run("refrain dedup good.jsonl --progress always -o " + out + " " + close).exit_status,
              0)
        << close;
    EXPECT_EQ(Read(out + "/rejects.jsonl"), "") << close;
    EXPECT_EQ(Read(out + "/kept/good.jsonl").size(), 83U) << close;
    std::filesystem::remove_all(Path(out));
  }
  EXPECT_EQ(Run("refrain generate --documents 10 --output - >&-").exit_status, 1);
  EXPECT_EQ(Run("(refrain dedup good.jsonl -o out; echo $? > status) | true").exit_status, 0);
  EXPECT_EQ(Read("status"), "0\n");
}

TEST_F(CliTest, AFileSizeLimitFailsCleanly) {
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "{\"text\":\"number " + std::to_string(i) + "\"}\n";
  Write("big.jsonl", lines);
  ExpectFailure("ulimit -f 64; refrain dedup big.jsonl -o out", 1, "big.jsonl");
  ExpectFailure("ulimit -f 64; cat big.jsonl | refrain dedup - -o out", 1, "temp");
}

TEST_F(CliTest, AFullDiskFailsCleanly) {
  std::filesystem::create_directory(Path("disk"));
  if (mount("none", Path("disk").c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "a file system cannot be mounted here";
  }
  std::string lines;
  for (int i = 0; i < 20000; ++i) lines += "{\"text\":\"number " + std::to_string(i) + "\"}\n";
  Write("big.jsonl", lines);
  const Outcome results = Run("refrain dedup big.jsonl -o disk/out");
  EXPECT_EQ(results.exit_status, 1);
  EXPECT_THAT(results.err, HasSubstr("No space left"));
  EXPECT_THAT(results.err, HasSubstr("disk/out"));
  EXPECT_FALSE(Exists("disk/out"));
  ExpectFailure("cat big.jsonl | refrain dedup - -o out --temp-dir disk", 1, "disk");
  EXPECT_EQ(Run("ls -A disk").out, "");
  EXPECT_EQ(umount(Path("disk").c_str()), 0);
}

TEST_F(CliTest, ATempDirThatIsNotThereIsNamed) {
  ExpectFailure("cat good.jsonl | refrain dedup - -o out --temp-dir nowhere", 1, "nowhere");
}

// Starts a run that waits for its input, then sends it a signal.
std::string Interrupted(const std::string& signal) {
  return "mkfifo pipe; mkdir temp; '" REFRAIN_COMMAND
         "' dedup pipe --format jsonl -o out --temp-dir temp & "
         "pid=$!; exec 9> pipe; cat good.jsonl >&9; sleep 0.3; kill -" +
         signal + " $pid; sleep 0.1; exec 9>&-; wait $pid";
}

TEST_F(CliTest, AnInterruptedRunLeavesNothing) {
  for (const std::string signal : {"INT", "TERM"}) {
    // A shell's background jobs ignore SIGINT unless it is set otherwise.
    const Outcome outcome = Run("set -m; " + Interrupted(signal));
    EXPECT_EQ(outcome.exit_status, 1) << signal;
    EXPECT_THAT(outcome.err, HasSubstr("refrain: interrupted")) << signal;
    EXPECT_FALSE(Exists("out")) << signal;
    EXPECT_EQ(Run("ls -A temp; rm -r pipe temp").out, "") << signal;
  }
}

TEST_F(CliTest, ALowCeilingOnMemoryChangesNothingAndLeavesNoVisibleFile) {
  ASSERT_EQ(
      Run("refrain generate --documents 20000 --quiet --no-truth --output in.jsonl && mkdir temp")
          .exit_status,
      0);
  const std::string dedup = "refrain dedup in.jsonl --quiet --threads 2 --temp-dir temp ";
  EXPECT_EQ(Run(dedup + "-o one").exit_status, 0);
  EXPECT_EQ(Run(dedup + "-o two --memory 160M").err, "");
  EXPECT_EQ(Run("diff -r -x summary.json one two; ls -A temp").out, "");
  EXPECT_THAT(Read("two/summary.json"), HasSubstr("\"memory\":167772160,"));
  EXPECT_THAT(Read("two/summary.json"), HasSubstr("\"spilled_bytes\":"));
}

TEST_F(CliTest, AKilledRunLeavesNoVisibleFile) {
  EXPECT_EQ(Run(Interrupted("KILL")).exit_status, 128 + SIGKILL);
  EXPECT_EQ(Run("ls -R out 2> /dev/null | grep -v : ; ls -A temp").out, "");
  EXPECT_EQ(Run("refrain dedup good.jsonl -o out --force").exit_status, 0);
}

TEST_F(CliTest, AVeryLongLineIsARecordLikeAnyOther) {
  std::string line = "{\"id\":\"long\",\"text\":\"";
  while (line.size() < 50'000'000) line += "many words in one line ";
  Write("long.jsonl", kGood + line + "\"}\n" + line);
  const Outcome outcome = Run("refrain dedup long.jsonl -o out");
  EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, ContainsRegex("rejected +1,"));
  EXPECT_THAT(Read("out/rejects.jsonl"), HasSubstr("\"line\":5"));
  EXPECT_EQ(Run("refrain dedup long.jsonl -o out2 --max-record 1M").exit_status, 0);
  EXPECT_THAT(Read("out2/rejects.jsonl"), HasSubstr("longer than --max-record 1048576 bytes"));
}

TEST_F(CliTest, ADeeplyNestedRecordIsRejectedNotACrash) {
  Write("deep.jsonl", kGood + std::string("{\"text\":\"x\",\"y\":") + std::string(100000, '[') +
                          std::string(100000, ']') + "}\n");
  const Outcome outcome = Run("refrain dedup deep.jsonl -o out");
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(Read("out/rejects.jsonl"), HasSubstr("\"line\":4"));
}

TEST_F(CliTest, KeepByNumberTakesMissingOnesLast) {
  Write("n.jsonl",
        "{\"id\":\"none\",\"text\":\"one two\"}\n{\"id\":\"text\",\"text\":\"one "
        "two\",\"m\":{\"n\":\"9\"}}\n"
        "{\"id\":\"low\",\"text\":\"one two\",\"m\":{\"n\":-3}}\n{\"id\":\"high\",\"text\":\"one "
        "two\",\"m\":{\"n\":2e3}}\n");
  const Outcome high = Run("refrain dedup n.jsonl -o out --keep max:m.n");
  EXPECT_THAT(high.err, HasSubstr("2 documents have no number in the --keep field"));
  EXPECT_THAT(Read("out/kept/n.jsonl"), HasSubstr("\"high\""));
  Run("refrain dedup n.jsonl -o out2 --keep min:m.n");
  EXPECT_THAT(Read("out2/kept/n.jsonl"), HasSubstr("\"low\""));
}

TEST_F(CliTest, TooManyPairsFailBeforeAnythingIsWritten) {
  ExpectFailure("refrain dedup good.jsonl -o out --pairs --max-pairs 0", 1,
                "1 pairs are more than --max-pairs 0");
}

TEST_F(CliTest, AnOutputThatCannotBeMadeIsNamed) {
  ExpectFailure("refrain dedup good.jsonl -o /proc/refrain/out", 1, "/proc/refrain");
  ExpectFailure("touch file; refrain dedup good.jsonl -o file/out", 1, "file");
}

TEST_F(CliTest, BenchShowsTheFloorTheRunsAndTheirStagesAndLeavesNothing) {
  Run("mkdir tmp && refrain generate --output c.jsonl --documents 200 --quiet");
  const Outcome outcome = Run("refrain bench c.jsonl --seconds 0 --threads 2 --temp-dir tmp");
  EXPECT_EQ(outcome.exit_status, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("c.jsonl: 200 documents"));
  EXPECT_THAT(outcome.out, HasSubstr("median of 1"));
  for (const char* row : {"floor", "2 threads", "1 thread", "classic, 2"}) {
    EXPECT_THAT(outcome.out, ContainsRegex(std::string("  ") + row + " +[0-9.]+ +[0-9.]+"));
  }
  EXPECT_THAT(outcome.out, HasSubstr("read and sketch"));
  EXPECT_THAT(outcome.out, ContainsRegex("[0-9.]+ % of the planted pairs resolved"));
  EXPECT_TRUE(std::filesystem::is_empty(Path("tmp")));
  ExpectFailure("refrain bench nothing.jsonl", 1, "nothing.jsonl");
  ExpectFailure("refrain bench good.jsonl --temp-dir nowhere", 1, "nowhere");
}

TEST_F(CliTest, TheInstructionSetCanBeLimitedAndChangesNoResult) {
  Run("refrain generate --output c.jsonl --documents 300 --quiet");
  Run("refrain dedup c.jsonl -o best && REFRAIN_SIMD=scalar refrain dedup c.jsonl -o out");
  EXPECT_EQ(Read("out/removed.jsonl"), Read("best/removed.jsonl"));
  EXPECT_THAT(Read("out/summary.json"), Not(HasSubstr("AVX")));
  Run("rm -r out");
  ExpectFailure("REFRAIN_SIMD=mmx refrain dedup c.jsonl -o out", 2, "mmx");
}

TEST_F(CliTest, QuietSaysNothing) {
  const Outcome outcome = Run("refrain dedup good.jsonl -o out --quiet");
  EXPECT_THAT(outcome.out + outcome.err, IsEmpty());
}

}  // namespace
}  // namespace refrain
