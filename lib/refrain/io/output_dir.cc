#include "refrain/io/output_dir.h"

#include <fcntl.h>
#include <simdjson.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "refrain/base/status_macros.h"
#include "refrain/io/find_files.h"
#include "refrain/io/folder.h"
#include "refrain/io/json_writer.h"
#include "refrain/io/output_file_impl.h"

namespace refrain {
namespace {

namespace fs = std::filesystem;

// Files without a name each need a descriptor until Commit; beyond this many, files have hidden
// names.
constexpr rlim_t kMaxUnnamed = 64;

size_t UnnamedFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return static_cast<size_t>(std::min(kMaxUnnamed, limit.rlim_cur / 8));
}

std::string FolderPath(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

// Makes the folder and those above it; lists the ones made, outermost first.
absl::Status MakeFolders(const std::string& path, std::vector<std::string>* made) {
  for (size_t end = 1; end != std::string::npos;) {
    end = path.find('/', end);
    const std::string folder = path.substr(0, end);
    if (end != std::string::npos) ++end;
    struct stat st;
    if (stat(folder.c_str(), &st) == 0) continue;  // what is no folder shows when it is opened
    if (mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) return WriteError(folder, errno);
    made->push_back(folder);
  }
  return absl::OkStatus();
}

// The names in the "files" array of an earlier run's marker; none if it is not such a file.
std::vector<std::string> ListedFiles(const std::string& marker_path) {
  std::vector<std::string> files;
  simdjson::dom::parser parser;
  simdjson::dom::array names;
  if (parser.load(marker_path)["files"].get(names) != simdjson::SUCCESS) return files;
  for (const simdjson::dom::element name : names) {
    std::string_view text;
    if (name.get(text) != simdjson::SUCCESS) continue;
    if (IsPlainName(std::string(text))) files.emplace_back(text);
  }
  return files;
}

// Absolute and without links, as far as the path exists.
fs::path Canonical(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(FolderPath(path), error);
  const fs::path canonical = fs::weakly_canonical(absolute, error);
  return error ? absolute.lexically_normal() : canonical;
}

bool Contains(const fs::path& outer, const fs::path& inner) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}  // namespace

struct OutputDir::Impl {
  ~Impl() { Discard(); }

  absl::Status Prepare();
  absl::Status TakeOverEarlierRun();
  void FindOutAboutUnnamedFiles();
  absl::StatusOr<OutputFile*> Add(const std::string& name, Compression compression);
  absl::Status MakeFile(OutputFile::Impl* file);
  absl::Status MakeHiddenFile(OutputFile::Impl* file);
  absl::Status CheckAllClosed() const;
  absl::Status WriteJournal();
  absl::Status RemoveEarlierFiles();
  absl::Status GiveName(OutputFile::Impl* file);
  absl::Status Publish();
  void Discard();
  void DiscardFiles();

  std::string PathOf(const std::string& name) const { return absl::StrCat(path, "/", name); }

  std::string path;
  OutputOptions options;
  Folder folder;
  std::vector<std::string> made;  // folders, by Create
  // The list of files to replace, under a hidden name: an earlier run's marker from Create on;
  // during Commit also the files of this run, so that a run that is killed there can be replaced
  // with force.
  std::string journal;
  bool journal_was_there = false;
  std::vector<std::string> earlier_files;
  absl::flat_hash_set<std::string> earlier;
  std::mutex adding;
  Encoder::BlockCount blocks = std::make_shared<std::atomic<int>>(0);
  std::vector<std::unique_ptr<OutputFile>> files;
  absl::flat_hash_set<std::string> names;
  size_t may_be_unnamed = 0;
  std::string hidden_folder;  // in `folder`; empty: none made yet
  std::vector<std::string> published;
  bool committed = false;
};

absl::Status OutputDir::Impl::Prepare() {
  journal = absl::StrCat(".", options.marker, ".files");
  REFRAIN_RETURN_IF_ERROR(MakeFolders(path, &made));
  if (const int error = folder.Open(path)) {
    if (error == ENOTDIR) {
      return absl::InvalidArgumentError(absl::StrCat(path, ": a file stands in its place"));
    }
    return WriteError(path, error);
  }
  std::error_code error;
  const bool empty = fs::is_empty(path, error);
  if (error) return WriteError(path, error.value());
  if (!empty && !options.force) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": the output folder is not empty (--force replaces an earlier run)"));
  }
  if (!empty) REFRAIN_RETURN_IF_ERROR(TakeOverEarlierRun());
  FindOutAboutUnnamedFiles();
  return absl::OkStatus();
}

absl::Status OutputDir::Impl::TakeOverEarlierRun() {
  if (folder.Exists(options.marker)) {
    earlier_files = ListedFiles(PathOf(options.marker));
    if (renameat(folder.fd(), options.marker.c_str(), folder.fd(), journal.c_str()) != 0) {
      return WriteError(PathOf(options.marker), errno);
    }
  } else {
    earlier_files = ListedFiles(PathOf(journal));
  }
  journal_was_there = folder.Exists(journal);
  earlier.insert(earlier_files.begin(), earlier_files.end());
  return absl::OkStatus();
}

// Whether a file can be made without a name and named later shows only when it is tried.
void OutputDir::Impl::FindOutAboutUnnamedFiles() {
  const std::string probe = absl::StrCat(journal, ".probe");
  const File file(openat(folder.fd(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (!file.open() || folder.Link(file.fd(), probe) != 0) return;
  unlinkat(folder.fd(), probe.c_str(), 0);
  may_be_unnamed = UnnamedFiles();
}

absl::StatusOr<OutputFile*> OutputDir::Impl::Add(const std::string& name, Compression compression) {
  const std::lock_guard lock(adding);
  if (!IsPlainName(name) || !names.insert(name).second) {
    return absl::InvalidArgumentError(absl::StrCat(PathOf(name), ": no fit name for an output"));
  }
  if (folder.Exists(name) && !earlier.contains(name)) {
    return absl::InvalidArgumentError(
        absl::StrCat(PathOf(name), ": is there already and is not from an earlier run"));
  }
  auto file = std::make_unique<OutputFile::Impl>();
  file->name = name;
  file->shown_path = PathOf(name);
  if (compression != Compression::kNone) {
    file->encoder = std::make_unique<Encoder>(compression, blocks);
  }
  REFRAIN_RETURN_IF_ERROR(MakeFile(file.get()));
  files.emplace_back(new OutputFile(std::move(file)));
  return files.back().get();
}

absl::Status OutputDir::Impl::MakeFile(OutputFile::Impl* file) {
  if (may_be_unnamed == 0) return MakeHiddenFile(file);
  file->file = File(openat(folder.fd(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
  if (!file->file.open()) return MakeHiddenFile(file);
  --may_be_unnamed;
  return absl::OkStatus();
}

absl::Status OutputDir::Impl::MakeHiddenFile(OutputFile::Impl* file) {
  if (hidden_folder.empty()) {
    std::string made_path = PathOf(".partial-XXXXXX");
    if (mkdtemp(made_path.data()) == nullptr) return WriteError(file->shown_path, errno);
    hidden_folder = made_path.substr(path.size() + 1);
  }
  file->hidden_name = absl::StrCat(hidden_folder, "/", files.size());
  file->file = File(openat(folder.fd(), file->hidden_name.c_str(),
                           O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666));
  return file->file.open() ? absl::OkStatus() : WriteError(file->shown_path, errno);
}

absl::Status OutputDir::Impl::CheckAllClosed() const {
  for (const auto& file : files) {
    REFRAIN_RETURN_IF_ERROR(file->impl_->status);
    if (file->impl_->closed) continue;
    return absl::FailedPreconditionError(absl::StrCat(file->impl_->shown_path, ": not closed"));
  }
  return absl::OkStatus();
}

absl::Status OutputDir::Impl::WriteJournal() {
  std::string content;
  JsonWriter json(&content);
  json.BeginObject().Key("files").BeginArray();
  for (const std::string& name : earlier_files) json.String(name);
  for (const auto& file : files) json.String(file->impl_->name);
  json.EndArray().EndObject();
  const std::string next = absl::StrCat(journal, ".next");
  const File file(
      openat(folder.fd(), next.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666));
  if (!file.open()) return WriteError(PathOf(next), errno);
  int error = WriteAll(file.fd(), content);
  if (error == 0 && renameat(folder.fd(), next.c_str(), folder.fd(), journal.c_str()) != 0) {
    error = errno;
  }
  if (error == 0) return absl::OkStatus();
  unlinkat(folder.fd(), next.c_str(), 0);
  return WriteError(PathOf(next), error);
}

absl::Status OutputDir::Impl::RemoveEarlierFiles() {
  for (const std::string& name : earlier_files) {
    const int error = folder.Remove(name);
    const bool gone = error == 0 || error == ENOENT || error == ENOTDIR;
    if (!gone) return WriteError(PathOf(name), error);
  }
  return absl::OkStatus();
}

absl::Status OutputDir::Impl::GiveName(OutputFile::Impl* file) {
  int error = folder.MakeParents(file->name);
  if (error == 0) {
    error = file->hidden_name.empty() ? folder.Link(file->file.fd(), file->name)
                                      : folder.Rename(file->hidden_name, file->name);
  }
  if (error != 0) return WriteError(file->shown_path, error);
  published.push_back(file->name);
  file->file.Close();
  return absl::OkStatus();
}

absl::Status OutputDir::Impl::Publish() {
  REFRAIN_RETURN_IF_ERROR(WriteJournal());
  REFRAIN_RETURN_IF_ERROR(RemoveEarlierFiles());
  for (const auto& file : files) REFRAIN_RETURN_IF_ERROR(GiveName(file->impl_.get()));
  unlinkat(folder.fd(), journal.c_str(), 0);
  if (!hidden_folder.empty()) unlinkat(folder.fd(), hidden_folder.c_str(), AT_REMOVEDIR);
  committed = true;
  return absl::OkStatus();
}

// Removes what this run has made and nothing else.
void OutputDir::Impl::Discard() {
  if (committed) return;
  if (folder.is_open()) DiscardFiles();
  for (; !made.empty(); made.pop_back()) rmdir(made.back().c_str());
}

void OutputDir::Impl::DiscardFiles() {
  for (const std::string& name : published) unlinkat(folder.fd(), name.c_str(), 0);
  folder.RemoveMade();
  for (const auto& file : files) {
    const std::string& hidden = file->impl_->hidden_name;
    if (!hidden.empty()) unlinkat(folder.fd(), hidden.c_str(), 0);
  }
  if (!hidden_folder.empty()) unlinkat(folder.fd(), hidden_folder.c_str(), AT_REMOVEDIR);
  if (!journal_was_there) unlinkat(folder.fd(), journal.c_str(), 0);
}

OutputDir::OutputDir(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
OutputDir::~OutputDir() = default;

absl::StatusOr<std::unique_ptr<OutputDir>> OutputDir::Create(const std::string& path,
                                                             const OutputOptions& options) {
  if (path.empty()) return absl::InvalidArgumentError("the output folder has no name");
  auto impl = std::make_unique<Impl>();
  impl->path = FolderPath(path);
  impl->options = options;
  REFRAIN_RETURN_IF_ERROR(impl->Prepare());
  return std::unique_ptr<OutputDir>(new OutputDir(std::move(impl)));
}

absl::StatusOr<OutputFile*> OutputDir::Open(const std::string& name, Compression compression) {
  if (name == impl_->options.marker) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": is written by Commit"));
  }
  return impl_->Add(name, compression);
}

std::vector<std::string> OutputDir::names() const {
  std::vector<std::string> names;
  for (const auto& file : impl_->files) names.push_back(file->impl_->name);
  return names;
}

absl::Status OutputDir::Commit(std::string_view marker_content) {
  REFRAIN_RETURN_IF_ERROR(impl_->CheckAllClosed());
  REFRAIN_ASSIGN_OR_RETURN(OutputFile* const marker,
                           impl_->Add(impl_->options.marker, Compression::kNone));
  REFRAIN_RETURN_IF_ERROR(marker->Write(marker_content));
  REFRAIN_RETURN_IF_ERROR(marker->Close());
  return impl_->Publish();
}

absl::Status CheckOutputOutsideInputs(const std::string& dir,
                                      const std::vector<std::string>& words) {
  const fs::path output = Canonical(dir);
  for (const std::string& word : words) {
    if (word == "-") continue;
    std::error_code error;
    std::vector<std::string> paths = {word};
    if (!fs::exists(word, error) && HasGlobCharacters(word)) {
      REFRAIN_ASSIGN_OR_RETURN(paths, ExpandGlob(word));
    }
    for (const std::string& path : paths) {
      if (!Contains(Canonical(path), output)) continue;
      return absl::InvalidArgumentError(
          absl::StrCat(dir, ": the output folder is, or lies inside, the input ", path));
    }
  }
  return absl::OkStatus();
}

}  // namespace refrain
