// SPDX-License-Identifier: Apache-2.0
// A command of this program, run inside it, with what it prints kept.
#pragma once

#include <string>
#include <vector>

namespace nnp::cli {

/// What `nnpsim ARGUMENTS` writes to stdout. Throws what the command throws, and UsageError where it returns
/// another exit code than 0.
std::string output_of_command(const std::vector<std::string>& arguments);

}  // namespace nnp::cli
