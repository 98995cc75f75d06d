#include "refrain/base/page_vector.h"

#include <sys/mman.h>

#include <new>

namespace refrain {
namespace {

void* OrThrow(void* pages) {
  if (pages == MAP_FAILED) throw std::bad_alloc();
  return pages;
}

}  // namespace

void* MapPages(size_t bytes) {
  return OrThrow(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
}

void* RemapPages(void* pages, size_t bytes, size_t new_bytes) {
  return OrThrow(mremap(pages, bytes, new_bytes, MREMAP_MAYMOVE));
}

void UnmapPages(void* pages, size_t bytes) {
  if (bytes > 0) munmap(pages, bytes);
}

}  // namespace refrain
