// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/operator_code.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

/// What works on reals, whatever its operator.
constexpr OperatorCode kMap = {ir::Op::unary, emit_map, map_staging};
constexpr OperatorCode kOperators[] = {
    {ir::Op::conv, emit_mac, mac_staging},
    {ir::Op::gemm, emit_mac, mac_staging},
    {ir::Op::matmul, emit_mac, mac_staging},
    {ir::Op::lstm, emit_recurrent, recurrent_staging},
    {ir::Op::gru, emit_recurrent, recurrent_staging},
    {ir::Op::rnn, emit_recurrent, recurrent_staging},
    {ir::Op::max_pool, emit_pool, pool_staging},
    {ir::Op::average_pool, emit_pool, pool_staging},
    {ir::Op::add, emit_elementwise, elementwise_staging},
    {ir::Op::mul, emit_elementwise, elementwise_staging},
    {ir::Op::relu, emit_elementwise, elementwise_staging},
    {ir::Op::clip, emit_elementwise, elementwise_staging},
    {ir::Op::sigmoid, emit_elementwise, elementwise_staging},
    {ir::Op::tanh, emit_elementwise, elementwise_staging},
    kMap,
    {ir::Op::cast, emit_map, map_staging},
    {ir::Op::binary, emit_map, map_staging},
    {ir::Op::reduce, emit_reduce, reduce_staging},
    {ir::Op::softmax, emit_softmax, softmax_staging},
    {ir::Op::layer_normalization, emit_normalization, normalization_staging},
    {ir::Op::instance_normalization, emit_normalization, normalization_staging},
    {ir::Op::lrn, emit_normalization, normalization_staging},
    {ir::Op::transpose, emit_move, move_staging},
    {ir::Op::reshape, emit_move, move_staging},
    {ir::Op::flatten, emit_move, move_staging},
    {ir::Op::squeeze, emit_move, move_staging},
    {ir::Op::unsqueeze, emit_move, move_staging},
    {ir::Op::concat, emit_move, move_staging},
    {ir::Op::slice, emit_move, move_staging},
    {ir::Op::pad, emit_move, move_staging},
    {ir::Op::expand, emit_move, move_staging},
    {ir::Op::resize, emit_move, move_staging},
};

bool is_map(ir::Op op) {
  return op == ir::Op::add || op == ir::Op::mul || op == ir::Op::relu || op == ir::Op::clip ||
         op == ir::Op::sigmoid || op == ir::Op::tanh;
}

}  // namespace

const OperatorCode* code_of(const ir::Graph& graph, const ir::Node& node) {
  if (shares_storage(graph, node)) return nullptr;
  if (is_map(node.op) && ir::by_reals(graph, node)) return &kMap;
  const auto* row = std::find_if(std::begin(kOperators), std::end(kOperators),
                                 [&](const OperatorCode& code) { return code.op == node.op; });
  if (row != std::end(kOperators)) return row;
  throw CompileError(fmt::format("node {}: no code for operator {}", node.name, ir::operator_name(node)));
}

}  // namespace nnp::compiler
