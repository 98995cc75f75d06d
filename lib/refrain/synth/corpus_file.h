// One file written from beginning to end, complete or not there: a temporary name beside it, then a
// rename.
//
// Compressed by extension (.gz: gzip level 6, .zst: zstd level 3). "-" is standard output. A path
// that exists and is no regular file (a pipe, a device) is written directly. Calls must match: Open
// Write* (Close | ~CorpusFile). Without Close the temporary file is removed. Errors: the Status
// names the file and the cause (no space, broken pipe, ...); a process that writes to pipes must
//   ignore SIGPIPE to get one.
// Memory: 1 MiB, and zstd's window. Threads: one.
#ifndef REFRAIN_SYNTH_CORPUS_FILE_H_
#define REFRAIN_SYNTH_CORPUS_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refrain {

class CorpusFile {
 public:
  static absl::StatusOr<std::unique_ptr<CorpusFile>> Open(const std::string& path);
  ~CorpusFile();

  absl::Status Write(std::string_view bytes);
  absl::Status Close();

 private:
  struct Impl;
  explicit CorpusFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// False for "-" and for what exists and is no regular file (nor folder).
bool IsReplaceableFile(const std::string& path);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_CORPUS_FILE_H_
