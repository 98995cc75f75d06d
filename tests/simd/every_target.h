// Runs a check on each instruction set that this machine has and the library was built for.
#ifndef REFRAIN_TESTS_SIMD_EVERY_TARGET_H_
#define REFRAIN_TESTS_SIMD_EVERY_TARGET_H_

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <cstdint>

namespace refrain::simd {

template <typename Check>
void OnEveryTarget(const Check& check) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
}

}  // namespace refrain::simd

#endif  // REFRAIN_TESTS_SIMD_EVERY_TARGET_H_
