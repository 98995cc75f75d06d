#include "refrain/simd/instruction_set.h"

#include <hwy/highway.h>
#include <hwy/targets.h>

#include <cstdint>
#include <utility>

namespace refrain::simd {
namespace {

// The best first; a better one has a lower bit.
int64_t Best() {
  const int64_t targets = hwy::SupportedTargets() & HWY_TARGETS;
  return targets & -targets;
}

}  // namespace

bool UseAtMost(std::string_view name) {
  constexpr std::pair<std::string_view, int64_t> kNames[] = {{"avx512", HWY_AVX3_DL},
                                                             {"avx2", HWY_AVX2},
                                                             {"sse4", HWY_SSE4},
                                                             {"ssse3", HWY_SSSE3},
                                                             {"scalar", HWY_SCALAR}};
  if (name == InstructionSet()) return true;
  for (const auto& [known, target] : kNames) {
    if (name != known) continue;
    hwy::DisableTargets(target - 1);
    return true;
  }
  return false;
}

std::string InstructionSet() { return hwy::TargetName(Best()); }

}  // namespace refrain::simd
