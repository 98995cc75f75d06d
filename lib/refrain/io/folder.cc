#include "refrain/io/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"

namespace refrain {
namespace {

int Result(int returned) { return returned == 0 ? 0 : errno; }

}  // namespace

bool IsPlainName(const std::string& name) {
  if (name.empty() || name.find('\0') != std::string::npos) return false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string part = name.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = end + 1;
  }
  return true;
}

int Folder::Open(const std::string& path) {
  file_ = File(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file_.open() ? 0 : errno;
}

bool Folder::Exists(const std::string& name) const {
  struct stat st;
  return fstatat(fd(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

int Folder::CheckParents(const std::string& name) const {
  for (size_t end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
    struct stat st;
    const std::string parent = name.substr(0, end);
    if (fstatat(fd(), parent.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) return errno;
    if (!S_ISDIR(st.st_mode)) return ENOTDIR;
  }
  return 0;
}

int Folder::MakeParents(const std::string& name) {
  for (size_t end = name.find('/'); end != std::string::npos; end = name.find('/', end + 1)) {
    const std::string parent = name.substr(0, end);
    if (mkdirat(fd(), parent.c_str(), 0777) == 0) {
      made_.push_back(parent);
    } else if (errno != EEXIST) {
      return errno;
    }
  }
  return CheckParents(name);
}

int Folder::Link(int unnamed, const std::string& name) const {
  const std::string proc = absl::StrCat("/proc/self/fd/", unnamed);
  if (linkat(AT_FDCWD, proc.c_str(), fd(), name.c_str(), AT_SYMLINK_FOLLOW) == 0) return 0;
  if (errno != ENOENT) return errno;
  return Result(linkat(unnamed, "", fd(), name.c_str(), AT_EMPTY_PATH));  // no /proc
}

int Folder::Rename(const std::string& from, const std::string& to) const {
  if (renameat2(fd(), from.c_str(), fd(), to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (Exists(to)) return EEXIST;  // file systems without that flag
  return Result(renameat(fd(), from.c_str(), fd(), to.c_str()));
}

int Folder::Remove(const std::string& name) const {
  if (const int error = CheckParents(name)) return error;
  if (unlinkat(fd(), name.c_str(), 0) != 0) return errno;
  for (size_t end = name.rfind('/'); end != std::string::npos && end > 0;
       end = name.rfind('/', end - 1)) {
    if (unlinkat(fd(), name.substr(0, end).c_str(), AT_REMOVEDIR) != 0) break;
  }
  return 0;
}

void Folder::RemoveMade() {
  for (; !made_.empty(); made_.pop_back()) {
    unlinkat(fd(), made_.back().c_str(), AT_REMOVEDIR);
  }
}

}  // namespace refrain
