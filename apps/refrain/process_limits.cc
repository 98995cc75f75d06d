#include "process_limits.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <initializer_list>

#include "refrain/simd/instruction_set.h"

namespace {

// A standard file that the caller closed must not become the first file that we open: what is printed would go into it.
// What stands in its place is open the wrong way, so that reading or writing it fails as it should.
void FillStandardFiles() {
  for (const int file : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(file, F_GETFD) == -1) open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// Batches come and go by the megabyte: memory that is given back to the system only to be asked for again costs a page
// fault for every 4 KB.
void KeepFreedMemory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

bool LimitInstructionSet() {
  const char* const name = std::getenv("REFRAIN_SIMD");
  if (name == nullptr || *name == '\0' || refrain::simd::UseAtMost(name)) return true;
  std::fprintf(
      stderr,
      "refrain: REFRAIN_SIMD=%s names no instruction set: avx512, avx2, sse4, ssse3 or scalar\n",
      name);
  return false;
}

}  // namespace

bool PrepareProcess() {
  FillStandardFiles();
  if (!LimitInstructionSet()) return false;
  KeepFreedMemory();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  return true;
}
