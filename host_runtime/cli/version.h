// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace nnp::cli {

/// "0.1.0", of the CMake project.
std::string version();
/// "nnpsim 0.1.0"
std::string version_line();

}  // namespace nnp::cli
