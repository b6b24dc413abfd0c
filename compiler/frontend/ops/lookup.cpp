// SPDX-License-Identifier: Apache-2.0
// Gather: slices of any axis by integer ids, an embedding as a rule. It runs on the host.
#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {

void import_gather(GraphBuilder& builder, const OnnxNode& node) {
  const std::size_t axis = resolve_axis(node, node.integer("axis", 0), builder.input_shape(node, 0).size());
  builder.expect_integer(node, 1);
  builder.emit(node, ir::Op::gather, {builder.input(node, 0), builder.input(node, 1)},
               ir::AxisAttributes{static_cast<std::int64_t>(axis)});
}

}  // namespace nnp::compiler
