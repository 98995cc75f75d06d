#include "refrain/io/read_ahead.h"

#include <sys/stat.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <utility>

#include "refrain/base/status_macros.h"
#include "refrain/io/byte_stream.h"
#include "refrain/io/file.h"
#include "refrain/io/frame_ends.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

constexpr uint64_t kMaxChunk = uint64_t{1} << 20;
constexpr size_t kChunksAhead = 4;  // in memory: a thread, and of the first stretch
constexpr uint64_t kSpooledAhead = uint64_t{512} << 20;  // a thread

struct Chunk {
  std::shared_ptr<ByteBuffer> bytes;  // null: in the spool already
  uint64_t position = 0;              // there
  size_t size = 0;
  uint64_t stored = 0;  // bytes taken from the file for it
};

struct Stretch {
  uint32_t source = 0;
  std::shared_ptr<File> file;
  StoredRange range;
  std::unique_ptr<ByteStream> stream;  // from the first chunk to the last

  // What the lock guards; of all else, a thread that has set `busy`.
  std::deque<Chunk> chunks;
  bool busy = false;
  bool done = false;
  bool dropped = false;
  bool overran = false;
  uint64_t stored_behind = 0;  // the last chunk
  absl::Status status;
};

using Lock = std::unique_lock<std::mutex>;
using StretchPtr = std::shared_ptr<Stretch>;

// A chunk, and how the stretch stands after it.
struct Made {
  Chunk chunk;
  bool last = false;
  bool overran = false;
  absl::Status status;
};

// Fills a chunk, or reaches the end of the stretch.
Made Make(Stretch* stretch, const Source& source, size_t chunk_bytes) {
  if (stretch->stream == nullptr) {
    stretch->stream =
        MakeByteStream(stretch->file->fd(), source.path, source.compression, stretch->range);
  }
  Made made;
  Chunk& chunk = made.chunk;
  chunk.bytes = std::make_shared<ByteBuffer>();
  chunk.bytes->Reserve(chunk_bytes);
  const uint64_t stored_before = stretch->stream->stored_bytes();
  absl::StatusOr<size_t> n = 1;
  while (n.ok() && *n > 0 && chunk.size < chunk_bytes) {
    n = stretch->stream->Read(chunk.bytes->data() + chunk.size, chunk_bytes - chunk.size);
    chunk.size += n.ok() ? *n : 0;
  }
  chunk.bytes->Resize(chunk.size);
  chunk.stored = stretch->stream->stored_bytes() - stored_before;
  made.last = !n.ok() || *n == 0;
  made.overran = stretch->stream->overran();
  made.status = n.status();
  if (made.last) {
    stretch->stream = nullptr;
    stretch->file = nullptr;
  }
  return made;
}

// Cuts the sources into stretches.
class StretchPlanner {
 public:
  // Stretches hold `bytes` or more as stored; 0: whole files.
  StretchPlanner(const std::vector<Source>& sources, uint64_t bytes)
      : sources_(sources), bytes_(bytes) {}

  // Passes over all sources before this one.
  void SkipTo(uint32_t source) {
    if (source > next_) Leave(source);
  }
  // Passes over what is left of a source.
  void Finish(uint32_t source) { SkipTo(source + 1); }
  bool at_end() const { return next_ == sources_.size(); }

  // The next stretch, if it is in this source or one before it.
  StretchPtr Next(uint32_t last) {
    while (next_ < sources_.size() && next_ <= last) {
      if (file_ == nullptr) Open();
      if (file_ != nullptr) return Cut();
      Leave(next_ + 1);
    }
    return nullptr;
  }

 private:
  void Leave(uint32_t source) {
    file_ = nullptr;
    begin_ = 0;
    next_ = source;
  }

  // Leaves the file closed if it is not for us; the caller will find out why.
  void Open() {
    const Source& source = sources_[next_];
    struct stat st;
    if (source.compression == Compression::kNone || source.format != Format::kJsonl) return;
    if (source.path == "-" || stat(source.path.c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return;
    FileState state;
    absl::StatusOr<File> file = OpenToRead(source.path, &state);
    if (!file.ok()) return;
    file_ = std::make_shared<File>(*std::move(file));
    size_ = state.size;
  }

  StretchPtr Cut() {
    const Source& source = sources_[next_];
    auto stretch = std::make_shared<Stretch>();
    stretch->source = next_;
    stretch->file = file_;
    stretch->range.begin = begin_;
    const StoredFile stored{file_->fd(), &source.path, source.compression, size_};
    if (bytes_ > 0) stretch->range.end = EndOfFrames(stored, begin_, bytes_);
    begin_ = stretch->range.end;
    if (begin_ >= size_) Leave(next_ + 1);
    return stretch;
  }

  const std::vector<Source>& sources_;
  const uint64_t bytes_;
  uint32_t next_ = 0;
  std::shared_ptr<File> file_;  // of next_, while it is being cut
  uint64_t begin_ = 0;
  uint64_t size_ = 0;
};

absl::Status MoveToSpool(Spool* spool, Chunk* chunk) {
  REFRAIN_ASSIGN_OR_RETURN(chunk->position, spool->Append(chunk->bytes->view()));
  chunk->bytes = nullptr;
  return absl::OkStatus();
}

}  // namespace

struct ReadAhead::Impl : std::enable_shared_from_this<ReadAhead::Impl> {
  Impl(const std::vector<Source>& all, uint64_t bytes_of_chunk, Spool* to)
      : sources(all),
        chunk_bytes(std::min(bytes_of_chunk, kMaxChunk)),
        spool(to),
        threads(static_cast<size_t>(ThreadsAllowed())),
        planner(all, threads == 1 ? 0 : (chunk_bytes + 1) / 2) {}

  // Of the reader.
  bool Open(Lock& lock, uint32_t source);
  absl::StatusOr<Chunk> NextChunk(Lock& lock);  // empty at the end of the source
  absl::Status Refill(std::vector<SpoolWrite>* to_spool);
  bool NextStretch(Lock& lock);
  void Drop(uint32_t source);
  Chunk TakeChunk();

  // Of any thread: finds something to do and does it, with the lock open; false if there is nothing.
  bool DoSomething(Lock& lock);
  StretchPtr Choose() const;
  bool MayPlan() const;
  bool MayHold(const Stretch& stretch) const;
  bool HasWork() const { return MayPlan() || Choose() != nullptr; }
  void Plan(Lock& lock, uint32_t last);
  void MakeChunk(Lock& lock, const StretchPtr& stretch);
  void Deliver(Made made, Stretch* stretch);
  void OfferWork();
  void HelpUntilIdle();
  void Stop();

  const std::vector<Source>& sources;
  const size_t chunk_bytes;
  Spool* const spool;
  const size_t threads;

  std::mutex mutex;
  std::condition_variable changed;
  StretchPlanner planner;  // by who has set `planning`
  bool planning = false;
  std::deque<StretchPtr> stretches;  // those of the open source and behind it
  size_t chunks_held = 0;
  uint64_t bytes_spooled = 0;  // ahead
  size_t offered = 0;
  size_t helping = 0;
  bool stopped = false;

  // The open source; of the reader alone.
  uint32_t source = 0;
  Chunk chunk;
  size_t chunk_given = 0;
  uint64_t stored = 0;
  SpooledPieces pieces;
};

bool ReadAhead::Impl::Open(Lock& lock, uint32_t next) {
  source = next;
  chunk = {};
  chunk_given = 0;
  stored = 0;
  pieces = {};
  changed.wait(lock, [&] { return !planning; });
  planner.SkipTo(source);
  if (stretches.empty()) Plan(lock, source);
  OfferWork();
  return !stretches.empty() && stretches.front()->source == source;
}

// The next stretch of the open source to the front, if it has one.
bool ReadAhead::Impl::NextStretch(Lock& lock) {
  changed.wait(lock, [&] { return !planning; });
  if (stretches.front()->overran) Drop(source);
  if (!stretches.empty()) stretches.pop_front();
  if (stretches.empty()) Plan(lock, source);
  return !stretches.empty() && stretches.front()->source == source;
}

// A stretch went on beyond its end: it has read what was thought to be in those behind it.
void ReadAhead::Impl::Drop(uint32_t of) {
  planner.Finish(of);
  const auto behind = std::next(stretches.begin());
  const auto next =
      std::find_if(behind, stretches.end(), [&](const StretchPtr& s) { return s->source != of; });
  for (auto it = behind; it != next; ++it) {
    (*it)->dropped = true;
    for (const Chunk& c : (*it)->chunks) {
      c.bytes != nullptr ? --chunks_held : bytes_spooled -= c.size;
    }
  }
  stretches.erase(behind, next);
}

absl::StatusOr<Chunk> ReadAhead::Impl::NextChunk(Lock& lock) {
  while (true) {
    Stretch& front = *stretches.front();
    if (!front.chunks.empty()) return TakeChunk();
    if (!front.done) {
      if (!DoSomething(lock)) changed.wait(lock);
      continue;
    }
    REFRAIN_RETURN_IF_ERROR(front.status);
    stored += std::exchange(front.stored_behind, 0);
    if (!NextStretch(lock)) return Chunk();
  }
}

Chunk ReadAhead::Impl::TakeChunk() {
  std::deque<Chunk>& chunks = stretches.front()->chunks;
  Chunk taken = std::move(chunks.front());
  chunks.pop_front();
  taken.bytes != nullptr ? --chunks_held : bytes_spooled -= taken.size;
  OfferWork();
  return taken;
}

// The next chunk, with its place in the spool.
absl::Status ReadAhead::Impl::Refill(std::vector<SpoolWrite>* to_spool) {
  Lock lock(mutex);
  REFRAIN_ASSIGN_OR_RETURN(chunk, NextChunk(lock));
  lock.unlock();
  chunk_given = 0;
  if (chunk.bytes != nullptr) {
    REFRAIN_ASSIGN_OR_RETURN(chunk.position, spool->Reserve(chunk.size));
    to_spool->push_back({chunk.bytes, chunk.position});
  }
  stored += chunk.stored;
  pieces.Add(chunk.position, chunk.size);
  return absl::OkStatus();
}

bool ReadAhead::Impl::DoSomething(Lock& lock) {
  if (const StretchPtr stretch = Choose()) {
    MakeChunk(lock, stretch);
  } else if (MayPlan()) {
    Plan(lock, static_cast<uint32_t>(sources.size() - 1));
  } else {
    return false;
  }
  return true;
}

// The first stretch that can go on; only as many are begun as there are threads.
StretchPtr ReadAhead::Impl::Choose() const {
  size_t unfinished = 0;
  for (const StretchPtr& stretch : stretches) {
    if (stretch->done) continue;
    if (!stretch->busy && MayHold(*stretch)) return stretch;
    if (++unfinished == threads) break;
  }
  return nullptr;
}

bool ReadAhead::Impl::MayHold(const Stretch& stretch) const {
  const Stretch& front = *stretches.front();
  const bool ready = front.done || front.chunks.size() >= kChunksAhead;
  if (&stretch == &front) return !ready;
  if (threads == 1) return false;
  if (chunks_held < kChunksAhead * threads) return true;
  return !ready && bytes_spooled < kSpooledAhead * threads;
}

bool ReadAhead::Impl::MayPlan() const {
  if (threads == 1 || planning || planner.at_end()) return false;
  const auto unfinished =
      std::ranges::count_if(stretches, [](const StretchPtr& s) { return !s->done; });
  return static_cast<size_t>(unfinished) < threads && stretches.size() < 16 * threads;
}

void ReadAhead::Impl::Plan(Lock& lock, uint32_t last) {
  planning = true;
  lock.unlock();
  StretchPtr stretch = planner.Next(last);
  lock.lock();
  planning = false;
  if (stretch != nullptr) stretches.push_back(std::move(stretch));
  OfferWork();
  changed.notify_all();
}

void ReadAhead::Impl::MakeChunk(Lock& lock, const StretchPtr& stretch) {
  stretch->busy = true;
  const bool to_spool = stretch != stretches.front() && chunks_held >= kChunksAhead * threads;
  ++chunks_held;  // while it is being made
  lock.unlock();
  Made made = Make(stretch.get(), sources[stretch->source], chunk_bytes);
  if (to_spool && made.chunk.size > 0) made.status.Update(MoveToSpool(spool, &made.chunk));
  lock.lock();
  --chunks_held;
  Deliver(std::move(made), stretch.get());
  OfferWork();
  changed.notify_all();
}

void ReadAhead::Impl::Deliver(Made made, Stretch* stretch) {
  stretch->busy = false;
  stretch->done = made.last || !made.status.ok();
  stretch->overran = made.overran;
  stretch->status = std::move(made.status);
  if (made.chunk.size == 0) stretch->stored_behind += made.chunk.stored;
  if (made.chunk.size == 0 || stretch->dropped) return;
  made.chunk.bytes != nullptr ? ++chunks_held : bytes_spooled += made.chunk.size;
  stretch->chunks.push_back(std::move(made.chunk));
}

void ReadAhead::Impl::OfferWork() {
  if (stopped || offered + 1 >= threads || !HasWork()) return;
  ++offered;
  Offer([self = shared_from_this()] { self->HelpUntilIdle(); });
}

void ReadAhead::Impl::HelpUntilIdle() {
  Lock lock(mutex);
  ++helping;
  while (!stopped && DoSomething(lock)) {
  }
  --helping;
  --offered;
  changed.notify_all();
}

void ReadAhead::Impl::Stop() {
  Lock lock(mutex);
  stopped = true;
  changed.wait(lock, [this] { return helping == 0; });
}

ReadAhead::ReadAhead(const std::vector<Source>& sources, uint64_t chunk_bytes, Spool* spool)
    : impl_(std::make_shared<Impl>(sources, chunk_bytes, spool)) {}

ReadAhead::~ReadAhead() { impl_->Stop(); }

bool ReadAhead::Open(uint32_t source) {
  Lock lock(impl_->mutex);
  return impl_->Open(lock, source);
}

absl::StatusOr<size_t> ReadAhead::Read(char* out, size_t size, std::vector<SpoolWrite>* to_spool) {
  Impl& impl = *impl_;
  if (impl.chunk_given == impl.chunk.size) REFRAIN_RETURN_IF_ERROR(impl.Refill(to_spool));
  const Chunk& chunk = impl.chunk;
  const size_t n = std::min(size, chunk.size - impl.chunk_given);
  if (chunk.bytes == nullptr) {
    REFRAIN_RETURN_IF_ERROR(impl.spool->Read(chunk.position + impl.chunk_given, out, n));
  } else {
    std::memcpy(out, chunk.bytes->data() + impl.chunk_given, n);
  }
  impl.chunk_given += n;
  return n;
}

uint64_t ReadAhead::stored_bytes() const { return impl_->stored; }
const SpooledPieces& ReadAhead::pieces() const { return impl_->pieces; }

}  // namespace refrain
