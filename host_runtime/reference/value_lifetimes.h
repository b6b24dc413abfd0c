// SPDX-License-Identifier: Apache-2.0
// What every runner of a graph does before, between and after its nodes: take the inputs, let go of values
// nobody needs any more, hand out the outputs.
#pragma once

#include "host_runtime/reference/reference.h"

namespace nnp::reference {

/// Empty tensors with the inputs at their ids (constants stay in the graph). Throws std::runtime_error for a
/// wrong count, type or shape.
Tensors values_from_inputs(const ir::Graph&, const Tensors& inputs);

/// The graph's outputs.
Tensors outputs_from_values(const ir::Graph&, const Tensors& values);

/// Which values are read for the last time by which node. Outputs and constants never end.
class ValueLifetimes {
 public:
  explicit ValueLifetimes(const ir::Graph&);
  const std::vector<ir::ValueId>& ends_at(std::size_t node) const { return ends_[node]; }

 private:
  std::vector<std::vector<ir::ValueId>> ends_;
};

}  // namespace nnp::reference
