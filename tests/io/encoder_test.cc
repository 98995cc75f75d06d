#include "refrain/io/encoder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <memory>
#include <random>

#include "io/io_testing.h"
#include "refrain/io/output_dir.h"
#include "refrain/parallel/parallel.h"

namespace refrain {
namespace {

std::string Words(size_t size) {
  std::mt19937 random(5);
  std::string bytes;
  while (bytes.size() < size) bytes += "word" + std::to_string(random() % 5000) + ' ';
  return bytes;
}

// Two whole ones and what is left.
size_t SomeBlocks(Compression compression) {
  return compression == Compression::kGzip ? 5'000'000 : 17'000'000;
}

std::string EncodedInPieces(std::string_view bytes, Compression compression, size_t piece,
                            int threads) {
  const ThreadLimit limit(threads);
  Encoder encoder(compression, std::make_shared<std::atomic<int>>(0));
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += piece) {
    EXPECT_TRUE(encoder.Encode(bytes.substr(i, piece), false, &out));
  }
  EXPECT_TRUE(encoder.Encode({}, true, &out));
  return out;
}

TEST(Encoder, NeitherThreadsNorPiecesChangeTheOutput) {
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string bytes = Words(SomeBlocks(compression));
    const std::string expected = EncodedInPieces(bytes, compression, bytes.size(), 1);
    for (const int threads : {1, 2, 8}) {
      for (const size_t piece : {size_t{9'999}, size_t{1} << 20}) {
        EXPECT_TRUE(EncodedInPieces(bytes, compression, piece, threads) == expected)
            << threads << ' ' << piece;
      }
    }
  }
}

TEST(Encoder, BlocksCostLittle) {
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string bytes = Words(SomeBlocks(compression));
    const std::string blocks = EncodedInPieces(bytes, compression, 1 << 20, 2);
    std::string whole;
    ASSERT_TRUE(CompressBlock(bytes, compression, &whole));
    EXPECT_LT(static_cast<double>(blocks.size()), 1.01 * static_cast<double>(whole.size()));
  }
}

TEST(Encoder, AnAbandonedOneLeavesNoBlockWaiting) {
  const ThreadLimit limit(4);
  const auto waiting = std::make_shared<std::atomic<int>>(0);
  std::string out;
  {
    Encoder encoder(Compression::kGzip, waiting);
    ASSERT_TRUE(encoder.Encode(Words(9'000'000), false, &out));
  }
  EXPECT_EQ(*waiting, 0);
}

TEST(Encoder, TheCommandsReadWhatOutputFilesHold) {
  TempDir temp;
  const std::string bytes = Words(9'000'000);
  temp.Write("expected", bytes);
  const auto dir = OutputDir::Create(temp / "out", {});
  ASSERT_TRUE(dir.ok());
  for (const char* name : {"a.gz", "a.zst"}) {
    const bool gzip = std::string_view(name).ends_with("gz");
    const auto file = (*dir)->Open(name, gzip ? Compression::kGzip : Compression::kZstd);
    ASSERT_TRUE(file.ok() && (*file)->Write(bytes).ok() && (*file)->Close().ok());
  }
  ASSERT_TRUE((*dir)->Commit("{}").ok());
  const std::string compare = " | cmp - '" + temp / "expected" + "'";
  EXPECT_EQ(system(("gzip -dc '" + temp / "out/a.gz" + "'" + compare).c_str()), 0);
  EXPECT_EQ(system(("zstd -dcq '" + temp / "out/a.zst" + "'" + compare).c_str()), 0);
}

}  // namespace
}  // namespace refrain
