#include "refrain/synth/corpus_output.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "refrain/synth/corpus_file.h"

namespace refrain {

std::string WithoutSlash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

absl::Status CheckWriteOptions(const CorpusWriteOptions& options) {
  if (options.escape_share < 0 || options.escape_share > 1) {
    return absl::InvalidArgumentError("escape-share must be a share from 0 to 1");
  }
  if (options.format == CorpusFormat::kText && !IsReplaceableFile(options.output)) {
    return absl::InvalidArgumentError("text files need a folder as output");
  }
  struct stat status;
  const bool exists = options.output != "-" && stat(options.output.c_str(), &status) == 0;
  if (exists && !options.force && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
    return absl::AlreadyExistsError(absl::StrCat(options.output, " exists: --force overwrites it"));
  }
  if (exists && S_ISDIR(status.st_mode) != (options.format == CorpusFormat::kText)) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.output, " is not what this format is written to"));
  }
  return absl::OkStatus();
}

absl::Status MakeFolder(const std::string& path) {
  if (mkdir(path.c_str(), 0777) == 0 || errno == EEXIST) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot make the folder ", path, ": ", std::strerror(errno)));
}

}  // namespace refrain
