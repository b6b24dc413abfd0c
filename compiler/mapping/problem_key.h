// SPDX-License-Identifier: Apache-2.0
// Two layers with the same key have the same code but for addresses, contents and names.
#pragma once

#include <string>

#include "compiler/tiling/mac_tiling.h"

namespace nnp::compiler {

std::string problem_key(const ir::Graph&, const ir::Node&, const MacProblem&);

}  // namespace nnp::compiler
