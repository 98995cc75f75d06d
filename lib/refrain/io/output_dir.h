// The folder of a run's results. Nothing in it has its final name before everything is written.
//
// Calls must match: Create Open* Commit ; each OutputFile must be closed before Commit. Files are
//   written without a name (O_TMPFILE) where the file system can, else under a hidden temporary
//   name, and linked in the order in which they were opened; Commit writes the completeness marker
//   last. If Commit is not reached, no file of the run remains, and the folder itself goes too if
//   Create made it.
// --force: Create removes `marker` (so the old results count as incomplete) and Commit then
//   replaces the files of the earlier run: those that its marker's "files" array lists, and nothing
//   else; a name that is taken by any other file is refused by Open. The list outlives a run that
//   fails or is killed, as a hidden file (.summary.json.files), so that the next one can use it.
// Errors: InvalidArgument when the folder is not empty and force is off (or a file stands in its
//   place); PermissionDenied, ResourceExhausted (disk full, over a limit) naming the file and the
//   cause.
// Threads: one thread per OutputFile; Open is concurrent-safe; Commit by one thread, when the others have ended.
#ifndef REFRAIN_IO_OUTPUT_DIR_H_
#define REFRAIN_IO_OUTPUT_DIR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "refrain/io/source.h"

namespace refrain {

// A file being written. Buffered; compressed as asked, in independent blocks by all threads (encoder.h): gzip members of
// 2 MiB or zstd frames of 8 MiB of what is written.
class OutputFile {
 public:
  ~OutputFile();
  // Says before the first write how many bytes will come, about. Where it makes writing cheaper (by a third on ext4) room is
  // set aside for them at once, and Close gives back what was not used; never if that were more than half of what is free.
  void Expect(uint64_t bytes);
  absl::Status Write(std::string_view bytes);
  // One after the other; many bytes go to the file from where they stand, at once.
  absl::Status Write(std::span<const std::string_view> parts);
  absl::Status Close();
  uint64_t bytes_written() const;  // before compression

 private:
  friend class OutputDir;
  struct Impl;
  explicit OutputFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

struct OutputOptions {
  bool force = false;
  std::string marker = "summary.json";
};

class OutputDir {
 public:
  static absl::StatusOr<std::unique_ptr<OutputDir>> Create(const std::string& path,
                                                           const OutputOptions& options);
  ~OutputDir();

  // `name` may hold folders ("kept/a/b.jsonl.gz"); they are made at Commit. REQUIRES: each name
  // once, no "..".
  absl::StatusOr<OutputFile*> Open(const std::string& name, Compression compression);

  // Names opened so far, for the marker's "files" array.
  std::vector<std::string> names() const;

  // Gives all files their names, then writes `marker_content` under the marker's name.
  absl::Status Commit(std::string_view marker_content);

 private:
  struct Impl;
  explicit OutputDir(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// InvalidArgument if `dir` is one of the input words or lies inside a directory among them (after
// resolving links).
absl::Status CheckOutputOutsideInputs(const std::string& dir,
                                      const std::vector<std::string>& words);

}  // namespace refrain

#endif  // REFRAIN_IO_OUTPUT_DIR_H_
