// Highway's library measures its timer whenever it is loaded, for 3.5 of the 7 ms in which the command starts, and for
// benchmarks that are not run here. The program's function of that name goes before the library's.
#include <cstdint>

#include "hwy/nanobenchmark.h"

namespace hwy::platform {

uint64_t TimerResolution() { return 1; }

}  // namespace hwy::platform
