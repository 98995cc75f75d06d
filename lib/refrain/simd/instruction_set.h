// Which instruction set the vector code uses: the best that this processor has, unless it is told to make do with less.
//
// Results do not depend on it; this is for measuring and for processors that slow down under wide vectors.
// Names: "avx512", "avx2", "sse4", "ssse3", "scalar"; on other processors only the name that InstructionSet gives.
// Threads: UseAtMost before anything else of the library runs. Errors: false for a name that is not known.
// Example:
//   if (!simd::UseAtMost("avx2")) return absl::InvalidArgumentError("no such instruction set");
#ifndef REFRAIN_SIMD_INSTRUCTION_SET_H_
#define REFRAIN_SIMD_INSTRUCTION_SET_H_

#include <string>
#include <string_view>

namespace refrain::simd {

bool UseAtMost(std::string_view name);

// As Highway calls it: "AVX3_DL", "AVX3" (both AVX-512), "AVX2", "NEON".
std::string InstructionSet();

}  // namespace refrain::simd

#endif  // REFRAIN_SIMD_INSTRUCTION_SET_H_
