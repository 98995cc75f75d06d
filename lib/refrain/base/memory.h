// What this process may use and has used of memory, in bytes (Linux).
#ifndef REFRAIN_BASE_MEMORY_H_
#define REFRAIN_BASE_MEMORY_H_

#include <cstdint>

namespace refrain {

// The smaller of the machine's memory and the cgroup's limit.
uint64_t AvailableMemory();

// The peak resident size so far (VmHWM); 0 if unknown.
uint64_t PeakMemory();

// Gives memory that was freed back to the system: what a stage leaves is of little use to the next.
void ReturnFreedMemory();

}  // namespace refrain

#endif  // REFRAIN_BASE_MEMORY_H_
