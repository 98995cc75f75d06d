// Compresses what is written to a file: gzip level 6 or zstd level 3.
//
// Memory: about 300 KiB (gzip), 2 MiB (zstd). One thread. Output for the same input in the same
// pieces is the same.
#ifndef REFRAIN_IO_ENCODER_H_
#define REFRAIN_IO_ENCODER_H_

#include <memory>
#include <string>
#include <string_view>

#include "refrain/io/source.h"

namespace refrain {

class Encoder {
 public:
  virtual ~Encoder() = default;

  // Appends what comes out for `bytes` to *out; `last` ends the stream. False if the library fails
  // (no memory).
  virtual bool Encode(std::string_view bytes, bool last, std::string* out) = 0;
};

// Null for no compression.
std::unique_ptr<Encoder> MakeEncoder(Compression compression);

}  // namespace refrain

#endif  // REFRAIN_IO_ENCODER_H_
