// One condition that an option must meet, one sentence if it does not.
#ifndef REFRAIN_SYNTH_CHECK_H_
#define REFRAIN_SYNTH_CHECK_H_

#include <string>

#include "absl/status/status.h"

namespace refrain::internal {

inline absl::Status Check(bool condition, const std::string& message) {
  return condition ? absl::OkStatus() : absl::InvalidArgumentError(message);
}

}  // namespace refrain::internal

#endif  // REFRAIN_SYNTH_CHECK_H_
