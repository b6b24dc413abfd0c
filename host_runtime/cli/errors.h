// SPDX-License-Identifier: Apache-2.0
// Faults become one message on stderr and an exit code, in one place.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nnp::cli {

/// The command line asks for something that is not there or contradicts itself.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A file that cannot be read or written, or is not what it claims. The message begins with its path.
struct FileFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A limit of the command line was reached.
struct LimitReached : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What ends a message about an unknown name: "; did you mean NAME?" or, when no candidate is near, ". WHAT:
/// A, B, C".
std::string instead_of(std::string_view name, const std::vector<std::string>& candidates,
                       std::string_view what);

struct ErrorReport {
  int code;          // of the exit
  std::string text;  // what stderr says, without the line's end
};
/// Inside a catch block: what the present exception means to the user.
ErrorReport describe_current_exception();

/// Inside a catch block: writes the present exception's message to stderr and returns its exit code.
int report_current_exception();

}  // namespace nnp::cli
