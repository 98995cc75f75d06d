#include "refrain/base/page_vector.h"

#include <sys/mman.h>

#include <new>

namespace refrain {
namespace {

// From here on a last huge page that is not full does not matter.
constexpr size_t kHugeFrom = 8 << 20;

// A page fault for two megabytes and not for each four kilobytes of them, where the system has such pages.
void* Checked(void* pages, size_t bytes) {
  if (pages == MAP_FAILED) throw std::bad_alloc();
  if (bytes >= kHugeFrom) madvise(pages, bytes, MADV_HUGEPAGE);
  return pages;
}

}  // namespace

void* MapPages(size_t bytes) {
  return Checked(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
                 bytes);
}

void* RemapPages(void* pages, size_t bytes, size_t new_bytes) {
  return Checked(mremap(pages, bytes, new_bytes, MREMAP_MAYMOVE), new_bytes);
}

void UnmapPages(void* pages, size_t bytes) {
  if (bytes > 0) munmap(pages, bytes);
}

}  // namespace refrain
