#include "refrain/io/frame_ends.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "refrain/io/file.h"

namespace refrain {
namespace {

constexpr uint64_t kLongestFrame = uint64_t{256} << 20;
constexpr uint64_t kUnknown = 0;

// A few bytes of a file; those beyond its end are zero.
class Glimpse {
 public:
  Glimpse(const StoredFile& file, uint64_t offset, size_t size) {
    const auto n =
        ReadAt(file.fd, offset, reinterpret_cast<char*>(bytes_.data()), size, *file.path);
    size_ = n.ok() ? *n : 0;
  }
  size_t size() const { return size_; }
  uint32_t operator[](size_t i) const { return bytes_[i]; }
  uint32_t Number(size_t i, size_t bytes) const {  // little-endian
    uint32_t number = 0;
    for (size_t k = bytes; k > 0; --k) number = number << 8 | bytes_[i + k - 1];
    return number;
  }

 private:
  std::array<unsigned char, 64> bytes_{};
  size_t size_;
};

// Of a zstd frame (RFC 8878, 3.1.1.1), by its descriptor.
uint64_t HeaderSize(uint32_t descriptor) {
  constexpr uint64_t kDictionaryId[] = {0, 1, 2, 4};
  const bool single_segment = (descriptor & 0x20) != 0;
  const uint64_t content_size[] = {single_segment ? 1u : 0u, 2, 4, 8};
  return 5 + (single_segment ? 0 : 1) + kDictionaryId[descriptor & 3] +
         content_size[descriptor >> 6];
}

uint64_t EndOfZstdFrame(const StoredFile& file, uint64_t begin) {
  const Glimpse head(file, begin, 8);
  if (head.size() < 8) return kUnknown;
  const bool skippable = (head.Number(0, 4) & 0xFFFFFFF0) == 0x184D2A50;
  if (skippable) return begin + 8 + head.Number(4, 4);
  if (head.Number(0, 4) != 0xFD2FB528) return kUnknown;
  uint64_t at = begin + HeaderSize(head[4]);
  for (bool last = false; !last;) {
    if (at - begin > kLongestFrame) return kUnknown;
    const Glimpse block(file, at, 3);
    const uint32_t header = block.Number(0, 3);
    const uint32_t type = header >> 1 & 3;
    if (block.size() < 3 || type == 3) return kUnknown;
    last = (header & 1) != 0;
    at += 3 + (type == 1 ? 1 : header >> 3);  // 1: one byte, repeated
  }
  const bool checksum = (head[4] & 4) != 0;
  return at + (checksum ? 4 : 0);
}

// The extra field BC of a gzip header holds the size of the member.
uint64_t EndOfBgzfBlock(const StoredFile& file, uint64_t begin) {
  const Glimpse head(file, begin, 64);
  if (head.size() < 18 || head.Number(0, 3) != 0x088B1F || (head[3] & 4) == 0) return kUnknown;
  const size_t fields_end = std::min<size_t>(12 + head.Number(10, 2), head.size());
  for (size_t i = 12; i + 6 <= fields_end; i += 4 + head.Number(i + 2, 2)) {
    const bool size_field = head[i] == 'B' && head[i + 1] == 'C' && head.Number(i + 2, 2) == 2;
    if (size_field) return begin + head.Number(i + 4, 2) + 1;
  }
  return kUnknown;
}

}  // namespace

uint64_t EndOfFrames(const StoredFile& file, uint64_t begin, uint64_t at_least) {
  uint64_t at = begin;
  while (at < file.size && (at == begin || at - begin < at_least)) {
    const uint64_t end = file.compression == Compression::kZstd ? EndOfZstdFrame(file, at)
                                                                : EndOfBgzfBlock(file, at);
    if (end <= at || end > file.size) break;
    at = end;
  }
  return at > begin ? at : kToTheEnd;
}

}  // namespace refrain
