#include "refrain/measure/floor.h"

#include <fcntl.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "refrain/parallel/parallel.h"
#include "refrain/parallel/scratch_pool.h"

namespace refrain {
namespace {

constexpr size_t kPiece = 1 << 20;

struct Lines : Batch {
  std::string bytes;  // whole lines, with room for simdjson behind them
  size_t size = 0;
  uint64_t records = 0;
  uint64_t check = 0;
  bool ok = true;
};

class Floor {
 public:
  Floor(int in, int out)
      : in_(in),
        out_(out),
        parsers_([] { return std::make_unique<simdjson::ondemand::parser>(); }) {}

  void Run(int threads, FloorRun* run) {
    const ThreadLimit limit(threads);
    RunPipeline(
        static_cast<size_t>(4 * threads), [this] { return Produce(); },
        [this](Batch& batch) { Work(static_cast<Lines*>(&batch)); },
        [this, run](Batch& batch) { Consume(static_cast<const Lines&>(batch), run); });
  }

  bool ok() const { return ok_; }

 private:
  std::unique_ptr<Batch> Produce() {
    auto lines = std::make_unique<Lines>();
    std::string& bytes = lines->bytes;
    bytes = std::move(rest_);
    rest_.clear();
    size_t end = std::string::npos;
    while (!at_end_ && end == std::string::npos) {
      const size_t have = bytes.size();
      bytes.resize(have + kPiece);
      const ssize_t got = read(in_, bytes.data() + have, kPiece);
      if (got < 0) ok_ = false;
      at_end_ = got <= 0;
      bytes.resize(have + (got > 0 ? static_cast<size_t>(got) : 0));
      end = bytes.rfind('\n');
    }
    if (bytes.empty() || !ok_) return nullptr;
    lines->size = at_end_ || end == std::string::npos ? bytes.size() : end + 1;
    rest_.assign(bytes, lines->size, std::string::npos);
    bytes.resize(lines->size + simdjson::SIMDJSON_PADDING);
    return lines;
  }

  void Work(Lines* lines) {
    const auto parser = parsers_.Borrow();
    std::string_view left(lines->bytes.data(), lines->size);
    while (!left.empty()) {
      const size_t length = std::min(left.find('\n'), left.size());
      simdjson::ondemand::document document;
      std::string_view text;
      const size_t room =
          static_cast<size_t>(lines->bytes.data() + lines->bytes.size() - left.data());
      if (parser->iterate(left.data(), length, room).get(document) != simdjson::SUCCESS ||
          document["text"].get_string().get(text) != simdjson::SUCCESS) {
        lines->ok = false;
        return;
      }
      lines->check ^= XXH3_64bits(text.data(), text.size());
      ++lines->records;
      left.remove_prefix(std::min(length + 1, left.size()));
    }
  }

  void Consume(const Lines& lines, FloorRun* run) {
    run->records += lines.records;
    run->check ^= lines.check;
    run->bytes += lines.size;
    ok_ = ok_ && lines.ok;
    for (size_t done = 0; done < lines.size && ok_;) {
      const ssize_t wrote = write(out_, lines.bytes.data() + done, lines.size - done);
      ok_ = wrote > 0;
      done += ok_ ? static_cast<size_t>(wrote) : 0;
    }
  }

  const int in_;
  const int out_;
  std::atomic<bool> ok_ = true;
  bool at_end_ = false;
  std::string rest_;
  ScratchPool<simdjson::ondemand::parser> parsers_;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

absl::StatusOr<FloorRun> RunFloor(const std::string& input, const std::string& output,
                                  int threads) {
  unlink(output.c_str());
  FloorRun run;
  const double cpu = CpuSeconds();
  const auto start = std::chrono::steady_clock::now();
  const int in = open(input.c_str(), O_RDONLY | O_CLOEXEC);
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool ok = in >= 0 && out >= 0;
  if (ok) {
    Floor floor(in, out);
    floor.Run(threads, &run);
    ok = floor.ok();
  }
  if (in >= 0) close(in);
  if (out >= 0 && close(out) != 0) ok = false;
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  run.cpu_seconds = CpuSeconds() - cpu;
  if (!ok) return absl::UnavailableError(absl::StrCat("the floor failed on ", input));
  return run;
}

}  // namespace refrain
