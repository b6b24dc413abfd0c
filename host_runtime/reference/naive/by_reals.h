// SPDX-License-Identifier: Apache-2.0
// Operators that are defined on real numbers, met with codes (ir::by_reals): codes become real, the float
// operator runs, its results are quantised.
#pragma once

#include "host_runtime/reference/naive/call.h"

namespace nnp::reference::naive {

/// Whether the node is such a one and has codes.
bool needs_reals(const ir::Graph&, const ir::Node&);
/// `run` is the float operator.
void run_by_reals(const ir::Graph&, const ir::Node&, Tensors& values, void (*run)(Call&));

}  // namespace nnp::reference::naive
