// SPDX-License-Identifier: Apache-2.0
// Gather as an embedding: rows of a float table by integer ids. It runs on the host.
#include <fmt/format.h>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {

void import_gather(GraphBuilder& builder, const OnnxNode& node) {
  builder.expect_float(node, 0);
  const std::size_t axis = resolve_axis(node, node.integer("axis", 0), builder.input_shape(node, 0).size());
  if (axis != 0) refuse(node, fmt::format("axis {} is not supported; only 0 (rows of a table)", axis));
  builder.expect_integer(node, 1);
  builder.emit(node, ir::Op::gather, {builder.input(node, 0), builder.input(node, 1)}, ir::AxisAttributes{0});
}

}  // namespace nnp::compiler
