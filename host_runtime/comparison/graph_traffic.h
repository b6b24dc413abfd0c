// SPDX-License-Identifier: Apache-2.0
// The fewest bytes that a machine without layer fusion moves for a graph: every constant read once, every
// activation written once and read once by each reader. Nodes that only rename bytes move none.
#pragma once

#include <cstdint>

#include "compiler/ir/graph.h"

namespace nnp::comparison {

struct GraphTraffic {
  std::uint64_t weight_bytes = 0, activation_bytes = 0;
  std::uint64_t bytes() const { return weight_bytes + activation_bytes; }
};
/// With elements of the size that the graph's values have, or of `element_bytes` for all reals and codes of
/// 8 and 16 bits where that is not 0.
GraphTraffic traffic_of(const ir::Graph&, std::uint64_t element_bytes = 0);

}  // namespace nnp::comparison
