// SPDX-License-Identifier: Apache-2.0
// Which operator of real numbers goes to which primitive.
#include <fmt/format.h>

#include "host_runtime/reference/onednn/float_run.h"

namespace nnp::reference::onednn {
namespace {

constexpr FloatRow kTable[] = {
    {ir::Op::conv, run_conv, true},
    {ir::Op::gemm, run_gemm, true},
    {ir::Op::matmul, run_matmul, true},
    {ir::Op::lstm, run_lstm, false},
    {ir::Op::relu, run_activation, false},
    {ir::Op::clip, run_activation, false},
    {ir::Op::sigmoid, run_activation, false},
    {ir::Op::tanh, run_activation, false},
    {ir::Op::softmax, run_softmax, false},
    {ir::Op::max_pool, run_pool, false},
    {ir::Op::average_pool, run_pool, false},
    {ir::Op::global_average_pool, run_pool, false},
    {ir::Op::batch_normalization, run_batch_normalization, false},
    {ir::Op::add, run_binary, true},
    {ir::Op::mul, run_binary, true},
};

}  // namespace

const FloatRow* float_row(ir::Op op) {
  for (const FloatRow& row : kTable)
    if (row.op == op) return &row;
  return nullptr;
}

void fail(const FloatCall& call, const dnnl::error& error) {
  call.operands().fail(fmt::format("oneDNN: {}", error.what()));
}

void run_by_loops(FloatCall& call) {
  for (const ir::ValueId id : call.node.inputs)
    if (id != ir::kNoValue) call.values.settle(id);
  run_node(call.graph, call.node, call.values.tensors());
}

}  // namespace nnp::reference::onednn
