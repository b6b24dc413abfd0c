// SPDX-License-Identifier: Apache-2.0
// Add and Mul with NumPy broadcasting.
#include "compiler/frontend/ops/ops.h"

namespace nnp::compiler {
namespace {

void import_binary(GraphBuilder& builder, const OnnxNode& node, ir::Op op) {
  builder.expect_float(node, 0);
  builder.expect_float(node, 1);
  builder.emit(node, op, {builder.input(node, 0), builder.input(node, 1)});
}

}  // namespace

void import_add(GraphBuilder& builder, const OnnxNode& node) { import_binary(builder, node, ir::Op::add); }
void import_mul(GraphBuilder& builder, const OnnxNode& node) { import_binary(builder, node, ir::Op::mul); }

}  // namespace nnp::compiler
