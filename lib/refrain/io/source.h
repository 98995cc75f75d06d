// Finds the files that the words of a command line mean, in a fixed order.
//
// Input: files, directories (searched recursively), globs ("*.jsonl", expanded here when the shell
//   did not), "-".
// Output: sources in the order of the words; inside a directory or a glob in bytewise order of the
//   path.
// Format and compression by extension: .jsonl .ndjson .json -> records; anything else named
//   directly -> text; in a directory only .txt .text .md and the record extensions are taken (each
//   also with .gz or .zst), the rest is counted in `skipped`; hidden files and folders are not
//   searched. `format` overrides all of this.
// Errors: NotFound for a word that names nothing, or a directory or glob without usable files (the
//   message says which); PermissionDenied for what cannot be opened; InvalidArgument for a source
//   given twice.
// Links to files and directories are followed; a directory is searched once, so that loops end.
// Cost: one stat per word and per link, none for the files of a directory.
// Threads: plain functions.
// Example:
//   REFRAIN_ASSIGN_OR_RETURN(SourceList list, FindSources({"corpus/", "-"}, {}));
#ifndef REFRAIN_IO_SOURCE_H_
#define REFRAIN_IO_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace refrain {

enum class Format { kText, kJsonl };
enum class Compression { kNone, kGzip, kZstd };

struct Source {
  std::string path;  // as given; from a directory: directory/relative path; "-" is standard input
  Format format = Format::kText;
  Compression compression = Compression::kNone;
};

struct SourceOptions {
  std::optional<Format> format;  // none: by extension, and records for standard input
};

struct SourceList {
  std::vector<Source> sources;
  uint64_t skipped = 0;  // files in directories that have no known extension
};

absl::StatusOr<SourceList> FindSources(const std::vector<std::string>& words,
                                       const SourceOptions& options);

// Paths of the record sources relative to their common folder, in the order of the list;
// "stdin.jsonl" for "-". Text sources get an empty string. InvalidArgument if two would be equal.
absl::StatusOr<std::vector<std::string>> RelativePaths(const std::vector<Source>& sources);

}  // namespace refrain

#endif  // REFRAIN_IO_SOURCE_H_
