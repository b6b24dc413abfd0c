// SPDX-License-Identifier: Apache-2.0
// argv -> the command to call.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace nnp::cli {

/// The command with its options bound; help and version texts are such commands too. Throws UsageError.
std::function<int()> parse_command_line(int argc, const char* const* argv);

struct OptionHelp {
  std::string name, value, help;  // "--chip", "CHIP" or none, a sentence
  bool required = false;
};
struct CommandHelp {
  std::string name, summary;
  std::vector<OptionHelp> options;
};
/// All commands, as --help has them.
std::vector<CommandHelp> described_commands();

}  // namespace nnp::cli
