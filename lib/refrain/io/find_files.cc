#include "refrain/io/find_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"

namespace refrain {
namespace {

enum class EntryType { kFile, kFolder, kLinkedFolder, kOther };

using Folder = std::unique_ptr<DIR, int (*)(DIR*)>;

absl::Status CannotSearch(const std::string& folder, int error) {
  const std::string message = absl::StrCat(folder, ": cannot be searched: ", strerror(error));
  const bool denied = error == EACCES || error == EPERM;
  return denied ? absl::PermissionDeniedError(message) : absl::UnavailableError(message);
}

EntryType TypeOf(int folder_fd, const dirent& entry) {
  if (entry.d_type == DT_REG) return EntryType::kFile;
  if (entry.d_type == DT_DIR) return EntryType::kFolder;
  if (entry.d_type != DT_LNK && entry.d_type != DT_UNKNOWN) return EntryType::kOther;
  struct stat st;
  struct stat target;
  if (fstatat(folder_fd, entry.d_name, &st, AT_SYMLINK_NOFOLLOW) != 0) return EntryType::kOther;
  if (fstatat(folder_fd, entry.d_name, &target, 0) != 0) return EntryType::kOther;
  if (S_ISREG(target.st_mode)) return EntryType::kFile;
  if (!S_ISDIR(target.st_mode)) return EntryType::kOther;
  return S_ISLNK(st.st_mode) ? EntryType::kLinkedFolder : EntryType::kFolder;
}

class Search {
 public:
  absl::Status Run(const std::string& folder) {
    to_do_.push_back(folder);
    while (!to_do_.empty() || !linked_.empty()) {
      if (to_do_.empty()) TakeFirstLink();
      const std::string next = std::move(to_do_.back());
      to_do_.pop_back();
      REFRAIN_RETURN_IF_ERROR(SearchOne(next));
    }
    std::sort(found.paths.begin(), found.paths.end());
    return absl::OkStatus();
  }

  FoundFiles found;

 private:
  // Links wait until all that is reached without them is done.
  void TakeFirstLink() {
    const auto first = std::min_element(linked_.begin(), linked_.end());
    to_do_.push_back(std::move(*first));
    linked_.erase(first);
  }

  absl::Status SearchOne(const std::string& path) {
    const Folder folder(opendir(path.empty() ? "/" : path.c_str()), &closedir);
    if (folder == nullptr) return CannotSearch(path, errno);
    struct stat st;
    if (fstat(dirfd(folder.get()), &st) != 0) return CannotSearch(path, errno);
    if (!searched_.insert({st.st_dev, st.st_ino}).second) return absl::OkStatus();
    while (true) {
      errno = 0;
      const dirent* entry = readdir(folder.get());
      if (entry == nullptr && errno != 0) return CannotSearch(path, errno);
      if (entry == nullptr) return absl::OkStatus();
      if (entry->d_name[0] != '.') Add(path, dirfd(folder.get()), *entry);
    }
  }

  void Add(const std::string& folder, int folder_fd, const dirent& entry) {
    const EntryType type = TypeOf(folder_fd, entry);
    if (type == EntryType::kOther) {
      ++found.not_regular;
      return;
    }
    std::string path = absl::StrCat(folder, "/", entry.d_name);
    if (type == EntryType::kFile)
      found.paths.push_back(std::move(path));
    else if (type == EntryType::kFolder)
      to_do_.push_back(std::move(path));
    else
      linked_.push_back(std::move(path));
  }

  std::vector<std::string> to_do_;
  std::vector<std::string> linked_;
  absl::flat_hash_set<std::pair<dev_t, ino_t>> searched_;
};

}  // namespace

absl::StatusOr<FoundFiles> FindFiles(const std::string& folder) {
  std::string start = folder;
  while (!start.empty() && start.back() == '/') start.pop_back();
  Search search;
  search.found.prefix_size = start.size();
  REFRAIN_RETURN_IF_ERROR(search.Run(start));
  return std::move(search.found);
}

bool HasGlobCharacters(const std::string& word) {
  return word.find_first_of("*?[") != std::string::npos;
}

absl::StatusOr<std::vector<std::string>> ExpandGlob(const std::string& word) {
  glob_t matches{};
  const int result = glob(word.c_str(), GLOB_NOSORT, nullptr, &matches);
  std::vector<std::string> paths;
  for (size_t i = 0; i < matches.gl_pathc; ++i) paths.emplace_back(matches.gl_pathv[i]);
  globfree(&matches);
  if (result == GLOB_NOSPACE) {
    return absl::ResourceExhaustedError(absl::StrCat(word, ": too many files match"));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string RealPath(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr),
                                                         &std::free);
  return real != nullptr ? std::string(real.get()) : path;
}

}  // namespace refrain
