// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul as they stand; passes/canonicalise_matmul gives those with constant weights their one form.
#include <fmt/format.h>

#include "compiler/frontend/ops/ops.h"

namespace nnp::compiler {

void import_gemm(GraphBuilder& builder, const OnnxNode& node) {
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < 3; ++i) {
    if (!node.has_input(i)) continue;
    builder.expect_float(node, i, i < 2 ? 2 : -1);
    inputs.push_back(builder.input(node, i));
  }
  ir::GemmAttributes attributes;
  attributes.alpha = node.number("alpha", 1);
  attributes.beta = node.number("beta", 1);
  attributes.transpose_a = node.integer("transA", 0) != 0;
  attributes.transpose_b = node.integer("transB", 0) != 0;
  builder.emit(node, ir::Op::gemm, std::move(inputs), attributes);
}

void import_matmul(GraphBuilder& builder, const OnnxNode& node) {
  for (std::size_t i = 0; i < 2; ++i) builder.expect_float(node, i);
  builder.emit(node, ir::Op::matmul, {builder.input(node, 0), builder.input(node, 1)});
}

}  // namespace nnp::compiler
