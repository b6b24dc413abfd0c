// SPDX-License-Identifier: Apache-2.0
// A batch that goes through the network part by part: a part's activations may find room in the buffer where
// the whole batch's do not, for weights that are fetched once a part.
#pragma once

#include <string>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Why `batch` inferences cannot go through the scheduled graph's chip nodes in parts, in words; empty where
/// they can: there is one launch, the first axis of every activation counts inferences (or, in order, pieces
/// of them), and no operator has elements of two inferences meet.
std::string fault_of_parts(const ir::Graph& scheduled, std::int64_t batch);

/// The graph of `part` of `batch` inferences: the first axes of what the chip's nodes make and read are that
/// much shorter; nodes of the host, attributes and constants stay. `part` divides `batch`.
ir::Graph graph_of_part(ir::Graph scheduled, std::int64_t batch, std::int64_t part);

}  // namespace nnp::compiler
