// SPDX-License-Identifier: Apache-2.0
// argv -> the command to call.
#pragma once

#include <functional>

namespace nnp::cli {

/// The command with its options bound; help and version texts are such commands too. Throws UsageError.
std::function<int()> parse_command_line(int argc, const char* const* argv);

}  // namespace nnp::cli
