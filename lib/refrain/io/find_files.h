// Looks for files: in a directory and everything below it, or by a pattern.
//
// Order: bytewise by path, whatever the file system and the locale say. Hidden names are not looked
//   at.
// Links to directories are followed, but each directory is searched once, so that loops end; one
// that can also be reached without a link is searched there.
// Cost: readdir; a stat only for links and where the file system does not tell the type.
#ifndef REFRAIN_IO_FIND_FILES_H_
#define REFRAIN_IO_FIND_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace refrain {

struct FoundFiles {
  std::vector<std::string> paths;  // folder/relative path
  size_t prefix_size = 0;          // of the folder in front of "/relative path"
  uint64_t not_regular = 0;        // sockets, devices, links to nothing
};

// Errors: PermissionDenied (Unavailable for other causes) naming the directory that cannot be read.
absl::StatusOr<FoundFiles> FindFiles(const std::string& folder);

bool HasGlobCharacters(const std::string& word);
absl::StatusOr<std::vector<std::string>> ExpandGlob(const std::string& word);

// The path without links; as given if it cannot be resolved.
std::string RealPath(const std::string& path);

}  // namespace refrain

#endif  // REFRAIN_IO_FIND_FILES_H_
