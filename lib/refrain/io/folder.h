// Names inside one folder: links, removals and sub-folders that never lead out of it.
//
// Every name is relative and plain (no "..", no empty part), and the folders on its way are real
// folders, not links. Functions return 0 or an errno. Threads: one.
#ifndef REFRAIN_IO_FOLDER_H_
#define REFRAIN_IO_FOLDER_H_

#include <string>
#include <vector>

#include "refrain/io/file.h"

namespace refrain {

bool IsPlainName(const std::string& name);

class Folder {
 public:
  int Open(const std::string& path);
  int fd() const { return file_.fd(); }
  bool is_open() const { return file_.open(); }

  bool Exists(const std::string& name) const;
  int MakeParents(const std::string& name);
  // Gives a file without a name its name. EEXIST if there is one already.
  int Link(int fd, const std::string& name) const;
  // Moves; EEXIST if there is one already.
  int Rename(const std::string& from, const std::string& to) const;
  // Removes a file, and then the folders above it that are empty.
  int Remove(const std::string& name) const;
  // Removes the folders that MakeParents made, as far as they are empty.
  void RemoveMade();

 private:
  int CheckParents(const std::string& name) const;

  File file_;
  std::vector<std::string> made_;
};

}  // namespace refrain

#endif  // REFRAIN_IO_FOLDER_H_
