// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/version.h"

namespace nnp::cli {

std::string version() { return NNPSIM_VERSION; }  // defined by this room's CMakeLists.txt
std::string version_line() { return "nnpsim " + version(); }

}  // namespace nnp::cli
