// SPDX-License-Identifier: Apache-2.0
// A graph that is only executed needs few of its constants: the chip has its own, in the program.
#pragma once

#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::executor {

/// By value: whether a node of the host reads it or it is an output. With the bytes of these constants alone
/// the Executor runs a graph as it runs the whole one. A reference, or whoever else reads weights, cannot.
std::vector<bool> host_values(const ir::Graph&);

}  // namespace nnp::executor
