// Where generated corpora go: checks before anything is written.
//
// Errors: InvalidArgument for options that contradict each other or the file system, AlreadyExists
// without `force`, Unavailable for a folder that cannot be made. Threads: any.
#ifndef REFRAIN_SYNTH_CORPUS_OUTPUT_H_
#define REFRAIN_SYNTH_CORPUS_OUTPUT_H_

#include <string>

#include "absl/status/status.h"
#include "refrain/synth/corpus_writer.h"

namespace refrain {

absl::Status CheckWriteOptions(const CorpusWriteOptions& options);
absl::Status MakeFolder(const std::string& path);
std::string WithoutSlash(std::string path);

}  // namespace refrain

#endif  // REFRAIN_SYNTH_CORPUS_OUTPUT_H_
