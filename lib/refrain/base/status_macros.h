// Early return for absl::Status and absl::StatusOr (the packaged Abseil has no such macros), and a bridge to
// absl::string_view, which is not std::string_view there.
//
// Example:
//   absl::Status Copy(const std::string& from, Writer* to) {
//     REFRAIN_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(from));
//     REFRAIN_RETURN_IF_ERROR(to->Write(bytes));
//     return absl::OkStatus();
//   }
#ifndef REFRAIN_BASE_STATUS_MACROS_H_
#define REFRAIN_BASE_STATUS_MACROS_H_

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#define REFRAIN_CONCAT_INNER_(a, b) a##b
#define REFRAIN_CONCAT_(a, b) REFRAIN_CONCAT_INNER_(a, b)
// Names carry the line, so that a macro inside a lambda that is an argument of another shadows nothing.
#define REFRAIN_RETURN_IF_ERROR(expression) \
  REFRAIN_RETURN_IF_ERROR_(REFRAIN_CONCAT_(status_, __LINE__), expression)
#define REFRAIN_RETURN_IF_ERROR_(status, expression)                     \
  do {                                                                   \
    if (absl::Status status = (expression); !status.ok()) return status; \
  } while (false)

#define REFRAIN_ASSIGN_OR_RETURN(declaration, expression) \
  REFRAIN_ASSIGN_OR_RETURN_(REFRAIN_CONCAT_(status_or_, __LINE__), declaration, expression)
#define REFRAIN_ASSIGN_OR_RETURN_(status_or, declaration, expression) \
  auto status_or = (expression);                                      \
  if (!status_or.ok()) return std::move(status_or).status();          \
  declaration = std::move(status_or).value()

namespace refrain {

inline absl::string_view ToAbsl(std::string_view s) { return {s.data(), s.size()}; }

}  // namespace refrain

#endif  // REFRAIN_BASE_STATUS_MACROS_H_
