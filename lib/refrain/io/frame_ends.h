// Finds where the frames of a .zst file end, and the blocks of a .gz file in BGZF, without decompressing them.
//
// Input: a regular file. Output: byte offsets in the file as stored. They are beliefs: a stream that is told to end
//   there (StoredRange) finds out whether it is so.
// Cost: one small read for each block, of up to 128 KiB of text (zstd) or 64 KiB (BGZF); ordinary gzip members cannot
//   be told apart without inflating them, so they are read once and no more. Errors: none; what is broken or cannot
//   be read has no known end. Threads: plain functions.
#ifndef REFRAIN_IO_FRAME_ENDS_H_
#define REFRAIN_IO_FRAME_ENDS_H_

#include <cstdint>
#include <string>

#include "refrain/io/byte_stream.h"
#include "refrain/io/source.h"

namespace refrain {

struct StoredFile {
  int fd;
  const std::string* path;
  Compression compression;
  uint64_t size;
};

// The end of the whole frames that begin at `begin`: as few as hold `at_least` bytes, or as many as have a known end.
// kToTheEnd if the first has none, or is longer than 256 MiB as stored.
uint64_t EndOfFrames(const StoredFile& file, uint64_t begin, uint64_t at_least);

}  // namespace refrain

#endif  // REFRAIN_IO_FRAME_ENDS_H_
