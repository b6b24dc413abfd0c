// SPDX-License-Identifier: Apache-2.0
// import_network for files that nobody vouches for: ONNX's own code runs in a child process with limits, so
// that no file can crash, exhaust or hold up the program. What is refused is refused in the same words.
#pragma once

#include "compiler/compile_error.h"
#include "compiler/frontend/frontend.h"
#include "compiler/frontend/process_apart.h"

namespace nnp::compiler {

/// The import took more time or memory than it may: a limit was reached (exit code 4).
struct ImportLimitError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline constexpr const char* kImportSeconds = "NNPSIM_IMPORT_SECONDS";
inline constexpr const char* kImportMemory = "NNPSIM_IMPORT_MIB";

/// 60 s and one more for each 8 MiB of the file; 1 GiB and eight times the file. The environment variables
/// above replace them (0: no limit); CompileError where one holds no whole number.
ProcessLimits import_limits(const std::filesystem::path&);

/// import_network's graph and exceptions; ImportLimitError, and ModelFileError where the child crashed.
/// A topology is read here: its text is parsed by code of our own that bounds what it makes.
ir::Graph import_network_apart(const std::filesystem::path&, const ImportOptions&, const ProcessLimits&);

}  // namespace nnp::compiler
