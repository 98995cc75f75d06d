// Compresses what is written to a file, on all threads: blocks of a fixed number of bytes, each a gzip member or a
// zstd frame of its own, one behind the other.
//
// Output depends on the bytes alone: neither on the pieces in which they come nor on threads.
// Memory: a block is 2 MiB (gzip) or 8 MiB (zstd) and about half as much compressed. What waits for its turn is at most
//   a block a thread over all encoders that share a count, and two blocks for each encoder.
// Cost: one copy; a block is compressed by an idle thread, or by the one that writes, when too many wait.
// Threads: one thread an encoder.
#ifndef REFRAIN_IO_ENCODER_H_
#define REFRAIN_IO_ENCODER_H_

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "refrain/io/source.h"

namespace refrain {

// Appends one gzip member (libdeflate level 5: at most 3 % larger than by zlib's 6, in a third of its time) or zstd frame
// (level 3, with a checksum). False if there is no memory. REQUIRES: a compression.
bool CompressBlock(std::string_view bytes, Compression compression, std::string* out);

class Encoder {
 public:
  // Blocks that wait, of all encoders that have the same count.
  using BlockCount = std::shared_ptr<std::atomic<int>>;

  Encoder(Compression compression, BlockCount waiting);
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // Takes bytes, and appends to *out what is compressed by now; all of it with `last`. False if there is no memory.
  bool Encode(std::string_view bytes, bool last, std::string* out);

 private:
  struct Block;
  void Push();
  void Help();
  bool Pop(std::string* out);

  const Compression compression_;
  const size_t block_bytes_;
  BlockCount waiting_;
  std::string current_;  // of the next block
  bool any_ = false;     // blocks so far
  std::deque<std::shared_ptr<Block>> blocks_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_ENCODER_H_
