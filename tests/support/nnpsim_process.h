// SPDX-License-Identifier: Apache-2.0
// The real program as a child process. Zoo networks are cached in the build folder.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace nnp::test {

struct Outcome {
  int exit = -1;  // exit code, or 128 + the signal that ended it
  std::string out, err;
};

/// Runs to its end.
Outcome run_nnpsim(const std::vector<std::string>& arguments);

/// Runs until `ready` says so (asked every few milliseconds), then sends `signal`.
Outcome signal_nnpsim(const std::vector<std::string>& arguments, const std::function<bool()>& ready,
                      int signal);

/// The call as one line for a shell.
std::string reproducer(const std::vector<std::string>& arguments);

}  // namespace nnp::test
