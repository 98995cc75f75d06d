#include "refrain/io/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/find_files.h"

namespace refrain {
namespace {

struct Kind {
  std::optional<Format> format;  // none: no known extension
  Compression compression = Compression::kNone;
};

bool EndsWith(std::string_view path, std::string_view extension) {
  return path.size() > extension.size() &&
         absl::EqualsIgnoreCase(ToAbsl(path.substr(path.size() - extension.size())),
                                ToAbsl(extension));
}

Kind KindOf(std::string_view path) {
  Kind kind;
  if (EndsWith(path, ".gz")) kind.compression = Compression::kGzip;
  if (EndsWith(path, ".zst")) kind.compression = Compression::kZstd;
  if (kind.compression != Compression::kNone) path = path.substr(0, path.rfind('.'));
  for (const std::string_view extension : {".jsonl", ".ndjson", ".json"}) {
    if (EndsWith(path, extension)) kind.format = Format::kJsonl;
  }
  for (const std::string_view extension : {".txt", ".text", ".md"}) {
    if (EndsWith(path, extension)) kind.format = Format::kText;
  }
  return kind;
}

absl::Status CannotOpen(const std::string& path, int error) {
  const std::string message = absl::StrCat(path, ": cannot be opened: ", strerror(error));
  if (error == EACCES || error == EPERM) return absl::PermissionDeniedError(message);
  if (error == ENOENT || error == ENOTDIR) {
    return absl::NotFoundError(absl::StrCat(path, ": no such file or directory"));
  }
  return absl::UnavailableError(message);
}

// Collects the sources of one word after the other.
class Finder {
 public:
  Finder(const SourceOptions& options, bool check_twice)
      : options_(options), check_twice_(check_twice) {}

  absl::Status AddWord(const std::string& word);
  SourceList Take() && { return std::move(list_); }

 private:
  absl::Status AddStandardInput();
  absl::Status AddFile(const std::string& path);
  absl::Status AddDirectory(const std::string& path);
  absl::Status AddGlob(const std::string& word);
  absl::Status AddPath(const std::string& path, bool directory);
  absl::Status AddOnce(std::string path, const Kind& kind, const std::string& real_path);

  const SourceOptions& options_;
  const bool check_twice_;
  SourceList list_;
  absl::flat_hash_set<std::string> seen_;  // real paths
};

absl::Status Finder::AddWord(const std::string& word) {
  if (word.empty()) return absl::InvalidArgumentError("an empty input word");
  if (word == "-") return AddStandardInput();
  struct stat st;
  if (stat(word.c_str(), &st) == 0) return AddPath(word, S_ISDIR(st.st_mode));
  const int error = errno;
  const bool missing = error == ENOENT || error == ENOTDIR || error == ENAMETOOLONG;
  if (missing && HasGlobCharacters(word)) return AddGlob(word);
  return CannotOpen(word, error);
}

absl::Status Finder::AddStandardInput() {
  if (!seen_.insert("-").second) {
    return absl::InvalidArgumentError("-: standard input is given twice");
  }
  list_.sources.push_back({"-", options_.format.value_or(Format::kJsonl), Compression::kNone});
  return absl::OkStatus();
}

absl::Status Finder::AddPath(const std::string& path, bool directory) {
  return directory ? AddDirectory(path) : AddFile(path);
}

absl::Status Finder::AddFile(const std::string& path) {
  if (faccessat(AT_FDCWD, path.c_str(), R_OK, AT_EACCESS) != 0) return CannotOpen(path, errno);
  Kind kind = KindOf(path);
  if (!kind.format) kind.format = Format::kText;
  return AddOnce(path, kind, check_twice_ ? RealPath(path) : "");
}

absl::Status Finder::AddDirectory(const std::string& path) {
  REFRAIN_ASSIGN_OR_RETURN(FoundFiles found, FindFiles(path));
  std::string real = check_twice_ ? RealPath(path) : "";
  if (real == "/") real.clear();
  const size_t before = list_.sources.size();
  uint64_t unknown = found.not_regular;
  for (std::string& file : found.paths) {
    const Kind kind = KindOf(file);
    const bool taken = kind.format || options_.format;
    if (!taken) ++unknown;
    if (!taken) continue;
    const std::string real_file = check_twice_ ? real + file.substr(found.prefix_size) : "";
    REFRAIN_RETURN_IF_ERROR(AddOnce(std::move(file), kind, real_file));
  }
  list_.skipped += unknown;
  if (list_.sources.size() > before) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(path, ": no usable files in this directory (", unknown,
                                          " of other kinds were skipped)"));
}

absl::Status Finder::AddGlob(const std::string& word) {
  REFRAIN_ASSIGN_OR_RETURN(const std::vector<std::string> paths, ExpandGlob(word));
  if (paths.empty()) return absl::NotFoundError(absl::StrCat(word, ": no file matches"));
  const size_t before = list_.sources.size();
  for (const std::string& path : paths) {
    struct stat st;
    if (stat(path.c_str(), &st) != 0) return CannotOpen(path, errno);
    const absl::Status added = AddPath(path, S_ISDIR(st.st_mode));
    if (!added.ok() && !absl::IsNotFound(added)) return added;  // one empty folder is no error
  }
  // Again, since a folder's files may belong behind a file that matches: a-b.txt < a/c.txt.
  std::sort(list_.sources.begin() + static_cast<std::ptrdiff_t>(before), list_.sources.end(),
            [](const Source& a, const Source& b) { return a.path < b.path; });
  if (list_.sources.size() > before) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat(word, ": no usable files among what matches"));
}

absl::Status Finder::AddOnce(std::string path, const Kind& kind, const std::string& real_path) {
  if (check_twice_ && !seen_.insert(real_path).second) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": this file is given twice"));
  }
  const Format by_name = kind.format.value_or(Format::kText);
  list_.sources.push_back({std::move(path), options_.format.value_or(by_name), kind.compression});
  return absl::OkStatus();
}

std::vector<std::string> Components(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::vector<std::string> parts;
  for (const auto& part : absolute.lexically_normal().relative_path()) {
    parts.push_back(part.string());
  }
  return parts;
}

// How many leading folders all paths share. The last component, the file's name, never counts.
size_t SharedFolders(const std::vector<std::vector<std::string>>& paths) {
  size_t shared = SIZE_MAX;
  const std::vector<std::string>* first = nullptr;
  for (const std::vector<std::string>& path : paths) {
    if (path.empty()) continue;
    if (first == nullptr) first = &path;
    shared = std::min(shared, std::min(path.size(), first->size()) - 1);
    const auto differ = std::mismatch(path.begin(), path.end(), first->begin(), first->end());
    shared = std::min(shared, static_cast<size_t>(differ.first - path.begin()));
  }
  return shared;
}

std::string Join(const std::vector<std::string>& parts, size_t from) {
  std::string joined;
  for (size_t i = from; i < parts.size(); ++i) {
    if (i > from) joined += '/';
    joined += parts[i];
  }
  return joined;
}

}  // namespace

absl::StatusOr<SourceList> FindSources(const std::vector<std::string>& words,
                                       const SourceOptions& options) {
  // A single directory cannot name a file twice; only then the million-file case pays nothing for
  // the check.
  Finder finder(options, words.size() > 1 || (words.size() == 1 && HasGlobCharacters(words[0])));
  for (const std::string& word : words) REFRAIN_RETURN_IF_ERROR(finder.AddWord(word));
  return std::move(finder).Take();
}

absl::StatusOr<std::vector<std::string>> RelativePaths(const std::vector<Source>& sources) {
  std::vector<std::vector<std::string>> parts(sources.size());
  for (size_t i = 0; i < sources.size(); ++i) {
    const bool named = sources[i].format == Format::kJsonl && sources[i].path != "-";
    if (named) parts[i] = Components(sources[i].path);
  }
  const size_t shared = SharedFolders(parts);
  std::vector<std::string> result(sources.size());
  absl::flat_hash_set<std::string> taken;
  bool standard_input = false;
  for (size_t i = 0; i < sources.size(); ++i) {
    if (sources[i].format != Format::kJsonl) continue;
    standard_input |= sources[i].path == "-";
    result[i] = sources[i].path == "-" ? "stdin.jsonl" : Join(parts[i], shared);
    if (!taken.insert(result[i]).second) {
      return absl::InvalidArgumentError(absl::StrCat(
          sources[i].path, ": another input would have the same name in the output, ", result[i]));
    }
  }
  for (const std::string& path : result) {
    if (standard_input && absl::StartsWith(path, "stdin.jsonl/")) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": its folder has the name of the records of standard input"));
    }
  }
  return result;
}

}  // namespace refrain
