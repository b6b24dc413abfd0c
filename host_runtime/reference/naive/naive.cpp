// SPDX-License-Identifier: Apache-2.0
// From operator to function, and the run over a whole graph.
#include <fmt/format.h>

#include <cmath>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/by_reals.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::reference {
namespace naive {
namespace {

struct Row {
  ir::Op op;
  void (*run)(Call&);
  ir::Shape (*sums_shape)(const Operands&) = nullptr;  // the four operators that have sums
  ir::Tensor (*sums)(const Operands&) = nullptr;
  void (*finish)(Call&, const ir::Tensor&) = nullptr;
};

constexpr Row kTable[] = {
    {ir::Op::conv, run_conv, conv_sums_shape, conv_sums, finish_conv},
    {ir::Op::gemm, run_gemm, gemm_sums_shape, gemm_sums, finish_gemm},
    {ir::Op::matmul, run_matmul, gemm_sums_shape, gemm_sums, finish_gemm},
    {ir::Op::lstm, run_lstm, lstm_sums_shape, lstm_sums, finish_lstm},
    {ir::Op::relu, run_activation},
    {ir::Op::clip, run_activation},
    {ir::Op::sigmoid, run_activation},
    {ir::Op::tanh, run_activation},
    {ir::Op::softmax, run_softmax},
    {ir::Op::max_pool, run_pool},
    {ir::Op::average_pool, run_pool},
    {ir::Op::global_average_pool, run_pool},
    {ir::Op::batch_normalization, run_batch_normalization},
    {ir::Op::add, run_binary},
    {ir::Op::mul, run_binary},
    {ir::Op::reshape, run_reshape},
    {ir::Op::flatten, run_reshape},
    {ir::Op::squeeze, run_reshape},
    {ir::Op::unsqueeze, run_reshape},
    {ir::Op::transpose, run_transpose},
    {ir::Op::identity, run_reshape},
    {ir::Op::gather, run_gather},
    {ir::Op::quantize_linear, run_quantize},
    {ir::Op::dequantize_linear, run_dequantize},
    {ir::Op::unary, run_unary},
    {ir::Op::binary, run_binary_typed},
    {ir::Op::reduce, run_reduce},
    {ir::Op::concat, run_concat},
    {ir::Op::slice, run_slice},
    {ir::Op::pad, run_pad},
    {ir::Op::expand, run_expand},
    {ir::Op::where, run_where},
    {ir::Op::resize, run_resize},
    {ir::Op::conv_transpose, run_conv_transpose},
    {ir::Op::lrn, run_lrn},
    {ir::Op::instance_normalization, run_instance_normalization},
    {ir::Op::layer_normalization, run_layer_normalization},
    {ir::Op::rnn, run_recurrent},
    {ir::Op::gru, run_recurrent},
    {ir::Op::onnx, run_onnx},
};

const Row& row_of(const Operands& node) {
  for (const Row& row : kTable)
    if (row.op == node.node().op) return row;
  node.fail("the naive reference does not have this operator");
}

const Row& row_with_sums(const Operands& node) {
  const Row& row = row_of(node);
  if (!row.sums || !has_sums(node.graph(), node.node())) node.fail("has no integer sums");
  return row;
}

// A fused Relu or Clip. Integer nodes have it in their output range.
void clamp_float(const ir::Node& node, Tensors& values) {
  if (!node.clamp.active() || node.outputs.empty() || node.outputs[0] == ir::kNoValue) return;
  ir::Tensor& y = values[node.outputs[0]];
  if (y.type() != ir::DType::f32) return;
  for (float& element : y.data<float>())
    element = std::fmin(std::fmax(element, node.clamp.lo), node.clamp.hi);
}

void run(const ir::Graph& graph, const ir::Node& node, Tensors& values, Call::CellObserver see_cell) {
  Call call(graph, node, values, std::move(see_cell));
  if (needs_reals(graph, node)) return run_by_reals(graph, node, values, row_of(call).run);
  row_of(call).run(call);
  clamp_float(node, values);
}

}  // namespace

bool has_sums(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != ir::Op::conv && node.op != ir::Op::gemm && node.op != ir::Op::matmul &&
      node.op != ir::Op::lstm)
    return false;
  return !node.inputs.empty() && node.inputs[0] < graph.values.size() &&
         ir::is_quantized(graph.values[node.inputs[0]].type);
}

ir::Shape sums_shape(const ir::Graph& graph, const ir::Node& node) {
  const Tensors none;
  const Operands operands(graph, node, none);
  return row_with_sums(operands).sums_shape(operands);
}

void finish(const ir::Graph& graph, const ir::Node& node, const ir::Tensor& sums, Tensors& values) {
  Call call(graph, node, values);
  const Row& row = row_with_sums(call);
  const ir::Shape needed = row.sums_shape(call);
  if (sums.type() != ir::DType::i32 || sums.shape() != needed)
    call.fail(fmt::format("sums are {} {}, needed i32 {}", ir::to_string(sums.type()), to_text(sums.shape()),
                          to_text(needed)));
  row.finish(call, sums);
}

}  // namespace naive

void run_node(const ir::Graph& graph, const ir::Node& node, Tensors& values) {
  naive::run(graph, node, values, {});
}

Tensors initial_values(const ir::Graph& graph) {
  Tensors values(graph.values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (graph.values[i].constant) values[i] = *graph.values[i].constant;
  return values;
}

ir::Tensor accumulators(const ir::Graph& graph, const ir::Node& node, const Tensors& values) {
  const naive::Operands operands(graph, node, values);
  return naive::row_with_sums(operands).sums(operands);
}

Tensors Naive::run(const ir::Graph& graph, const Tensors& inputs, const Observer& observer) {
  Tensors values = values_from_inputs(graph, inputs);
  const ValueLifetimes lifetimes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    naive::Call::CellObserver see_cell;
    if (observer.see_cell) see_cell = [&](std::span<const float> cells) { observer.see_cell(i, cells); };
    naive::run(graph, node, values, std::move(see_cell));
    if (observer.see)
      for (const ir::ValueId id : node.outputs)
        if (id != ir::kNoValue) observer.see(id, values[id]);
    for (const ir::ValueId id : lifetimes.ends_at(i)) values[id] = {};
  }
  return outputs_from_values(graph, values);
}

}  // namespace nnp::reference
