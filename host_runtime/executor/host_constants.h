// SPDX-License-Identifier: Apache-2.0
// A graph that is only executed needs few of its constants: the chip has its own, in the program.
#pragma once

#include "compiler/ir/graph.h"

namespace nnp::executor {

/// Constants that no node of the host reads and that are no output lose their bytes; they keep type and
/// shape. The Executor runs such a graph as before. A reference, or whoever else reads weights, cannot.
void keep_host_constants(ir::Graph&);

}  // namespace nnp::executor
