// SPDX-License-Identifier: Apache-2.0
// From operator to function, and the run over a whole graph.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/naive/by_reals.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::reference {
namespace naive {
namespace {

struct Row {
  ir::Op op;
  void (*run)(Call&);
  ir::Shape (*sums_shape)(const Operands&) = nullptr;  // operators that have sums
  ir::Tensor (*sums)(const Operands&) = nullptr;
  void (*finish)(Call&, const ir::Tensor&) = nullptr;
  ir::Tensor (*real_sums)(const Operands&) = nullptr;
  void (*finish_real)(Call&, const ir::Tensor&) = nullptr;
};

constexpr Row kTable[] = {
    {ir::Op::conv, run_conv, conv_sums_shape, conv_sums, finish_conv, real_conv_sums, finish_real_conv},
    {ir::Op::gemm, run_gemm, gemm_sums_shape, gemm_sums, finish_gemm, real_gemm_sums, finish_real_gemm},
    {ir::Op::matmul, run_matmul, gemm_sums_shape, gemm_sums, finish_gemm, real_gemm_sums, finish_real_gemm},
    {ir::Op::lstm, run_recurrent, recurrent_sums_shape, recurrent_sums, finish_recurrent, recurrent_sums,
     finish_recurrent},
    {ir::Op::gru, run_recurrent, recurrent_sums_shape, recurrent_sums, finish_recurrent, recurrent_sums,
     finish_recurrent},
    {ir::Op::rnn, run_recurrent, recurrent_sums_shape, recurrent_sums, finish_recurrent, recurrent_sums,
     finish_recurrent},
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
    {ir::Op::cast, run_cast},
    {ir::Op::onnx, run_onnx},
};

const Row& row_of(const Operands& node) {
  for (const Row& row : kTable)
    if (row.op == node.node().op) return row;
  node.fail("the naive reference does not have this operator");
}

const Row& row_with_sums(const Operands& node) {
  const Row& row = row_of(node);
  if (!row.sums || !(has_sums(node.graph(), node.node()) || has_real_sums(node.graph(), node.node())))
    node.fail("has no sums");
  return row;
}

// A fused Relu or Clip. Integer nodes have it in their output range.
void clamp_float(const ir::Node& node, Tensors& values) {
  if (!node.clamp.active() || node.outputs.empty() || node.outputs[0] == ir::kNoValue) return;
  ir::Tensor& y = values[node.outputs[0]];
  if (y.type() != ir::DType::f32) return;
  numerics::store_real(y.data<float>().data(), ir::real_range(node), y.data<float>().data(), y.size());
}

/// Operators that take bf16 as it is.
bool takes_bf16(ir::Op op) {
  switch (op) {
    case ir::Op::reshape:
    case ir::Op::flatten:
    case ir::Op::squeeze:
    case ir::Op::unsqueeze:
    case ir::Op::identity:
    case ir::Op::transpose:
    case ir::Op::gather:
    case ir::Op::concat:
    case ir::Op::slice:
    case ir::Op::pad:
    case ir::Op::expand:
    case ir::Op::where:
    case ir::Op::cast:
    case ir::Op::onnx:
      return true;
    default:
      return false;
  }
}

/// An operator that knows no bf16 runs on the widened values, and its results are rounded.
bool runs_widened(const ir::Graph& graph, const ir::Node& node) {
  if (takes_bf16(node.op) || has_real_sums(graph, node)) return false;
  const auto is_bf16 = [&](ir::ValueId id) {
    return id != ir::kNoValue && id < graph.values.size() && graph.values[id].type == ir::DType::bf16;
  };
  return std::ranges::any_of(node.inputs, is_bf16) || std::ranges::any_of(node.outputs, is_bf16);
}

void run(Call& call, Tensors& values);

void run_widened(Call& call, Tensors& values) {
  const ir::Node& node = call.node();
  ir::Graph graph;
  graph.nodes = {node};
  Tensors tensors;
  const auto add = [&](ir::ValueId& id, const ir::Tensor* tensor) {
    if (id == ir::kNoValue) return;
    ir::Value value{
        call.graph().values[id].name, call.graph().values[id].type, call.graph().values[id].shape, {}, {}};
    const bool widens = value.type == ir::DType::bf16;
    if (widens) value.type = ir::DType::f32;
    tensors.emplace_back();
    if (tensor != nullptr)
      tensors.back() = widens ? ir::Tensor::of<float>(value.shape, widened(*tensor)) : *tensor;
    if (call.graph().values[id].constant) value.constant = tensors.back();
    id = graph.add_value(std::move(value));
  };
  for (std::size_t i = 0; i < node.inputs.size(); ++i)
    add(graph.nodes[0].inputs[i], call.has(i) ? &call.input(i) : nullptr);
  for (ir::ValueId& id : graph.nodes[0].outputs) add(id, nullptr);
  Call inner(graph, graph.nodes[0], tensors);
  run(inner, tensors);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (!call.wants(i)) continue;
    const ir::Tensor& result = tensors[graph.nodes[0].outputs[i]];
    values[node.outputs[i]] = call.output_value(i).type == ir::DType::bf16 ? ir::to_bf16(result) : result;
  }
}

void run(Call& call, Tensors& values) {
  if (needs_reals(call.graph(), call.node()))
    return run_by_reals(call.graph(), call.node(), values, row_of(call).run);
  if (runs_widened(call.graph(), call.node())) return run_widened(call, values);
  row_of(call).run(call);
  clamp_float(call.node(), values);
}

}  // namespace

bool has_real_sums(const ir::Graph& graph, const ir::Node& node) {
  if (node.inputs.size() < 2 || node.inputs[0] >= graph.values.size() ||
      node.inputs[1] >= graph.values.size() || !ir::is_real(graph.values[node.inputs[0]].type))
    return false;
  const ir::Shape &a = graph.values[node.inputs[0]].shape, &b = graph.values[node.inputs[1]].shape;
  if (node.op == ir::Op::conv || ir::is_recurrent(node.op)) return true;
  if (node.op == ir::Op::matmul) return a.size() >= 2 && b.size() >= 2;
  if (node.op != ir::Op::gemm || b.size() != 2) return false;
  const auto* attributes = std::get_if<ir::GemmAttributes>(&node.attributes);
  if (attributes == nullptr || attributes->alpha != 1 || attributes->beta != 1 || attributes->transpose_a)
    return false;
  if (node.inputs.size() < 3 || node.inputs[2] == ir::kNoValue) return true;
  const ir::Value& bias = graph.values[node.inputs[2]];
  return bias.constant && bias.type == ir::DType::f32 &&
         (bias.constant->size() == 1 ||
          (bias.shape.back() == b[attributes->transpose_b ? 0 : 1] &&
           static_cast<std::int64_t>(bias.constant->size()) == bias.shape.back()));
}

bool has_sums(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != ir::Op::conv && node.op != ir::Op::gemm && node.op != ir::Op::matmul &&
      !ir::is_recurrent(node.op))
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
  const bool real = !has_sums(graph, node);
  const ir::DType type = real ? ir::DType::f32 : ir::DType::i32;
  if (sums.type() != type || sums.shape() != needed)
    call.fail(fmt::format("sums are {} {}, needed {} {}", ir::to_string(sums.type()), to_text(sums.shape()),
                          ir::to_string(type), to_text(needed)));
  (real ? row.finish_real : row.finish)(call, sums);
}

}  // namespace naive

void run_node(const ir::Graph& graph, const ir::Node& node, Tensors& values) {
  naive::Call call(graph, node, values);
  naive::run(call, values);
}

Tensors initial_values(const ir::Graph& graph) {
  Tensors values(graph.values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    if (graph.values[i].constant) values[i] = *graph.values[i].constant;
  return values;
}

ir::Tensor accumulators(const ir::Graph& graph, const ir::Node& node, const Tensors& values) {
  const naive::Operands operands(graph, node, values);
  const naive::Row& row = naive::row_with_sums(operands);
  return (naive::has_sums(graph, node) ? row.sums : row.real_sums)(operands);
}

Tensors Naive::run(const ir::Graph& graph, const Tensors& inputs, const Observer& observer) {
  Tensors values = values_from_inputs(graph, inputs);
  const ValueLifetimes lifetimes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    naive::Call::CellObserver see_cell;
    if (observer.see_cell) see_cell = [&](std::span<const float> cells) { observer.see_cell(i, cells); };
    naive::Call call(graph, node, values, see_cell);
    naive::run(call, values);
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) observer.show(id, values[id]);
    for (const ir::ValueId id : lifetimes.ends_at(i)) values[id] = {};
  }
  return outputs_from_values(graph, values);
}

}  // namespace nnp::reference
