#include "refrain/io/text_file.h"

#include <algorithm>
#include <memory>

#include "refrain/base/status_macros.h"
#include "refrain/io/file.h"

namespace refrain {
namespace {

constexpr uint64_t kExpansion = 4;  // of compressed text, to size the first buffer

uint64_t Stamp(const FileState& state) {
  return state.size * 0x9E3779B97F4A7C15u + static_cast<uint64_t>(state.mtime_ns);
}

// Room for `more` bytes, growing geometrically over many small files.
void MakeRoom(size_t more, ByteBuffer* out) {
  const size_t need = out->size() + more;
  if (need > out->capacity()) out->Reserve(std::max(need, 2 * out->capacity()));
}

}  // namespace

absl::StatusOr<bool> AppendStream(ByteStream* stream, uint64_t max_bytes, uint64_t expected_bytes,
                                  ByteBuffer* out) {
  const size_t begin = out->size();
  MakeRoom(std::min(expected_bytes, max_bytes - (max_bytes == UINT64_MAX)) + 1,
           out);  // 1: to see the end without growing
  while (true) {
    if (out->size() == out->capacity()) MakeRoom(1 << 16, out);
    char* const end = out->data() + out->size();
    REFRAIN_ASSIGN_OR_RETURN(const size_t n, stream->Read(end, out->capacity() - out->size()));
    out->Resize(out->size() + n);
    if (n == 0) return true;
    if (out->size() - begin > max_bytes) {
      out->Resize(begin);
      return false;
    }
  }
}

absl::StatusOr<TextFileRead> AppendTextFile(const Source& source, uint64_t max_bytes,
                                            ByteBuffer* out) {
  FileState state;
  REFRAIN_ASSIGN_OR_RETURN(const File file, OpenToRead(source.path, &state));
  TextFileRead result{.stamp = Stamp(state)};
  const bool plain = source.compression == Compression::kNone;
  const size_t begin = out->size();
  if (plain && state.size > max_bytes) {
    result.too_long = true;
    return result;
  }
  const std::unique_ptr<ByteStream> stream =
      MakeByteStream(file.fd(), source.path, source.compression);
  const uint64_t expected = plain ? state.size : kExpansion * state.size;
  REFRAIN_ASSIGN_OR_RETURN(const bool complete,
                           AppendStream(stream.get(), max_bytes, expected, out));
  result.too_long = !complete;
  result.stored_bytes = stream->stored_bytes();
  // Files without a size (as in /proc) are as long as what comes.
  const bool sized = complete && state.size > 0;
  if (sized && plain && out->size() - begin != state.size) return ChangedError(source.path);
  return result;
}

}  // namespace refrain
