// SPDX-License-Identifier: Apache-2.0
// Small graphs for the tests of compiler/ir; each helper names only what matters.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::ir {

inline ValueId add_plain(Graph& graph, const std::string& name, DType type, Shape shape) {
  return graph.add_value({name, type, std::move(shape), std::nullopt, std::nullopt});
}
inline ValueId add_codes(Graph& graph, const std::string& name, DType type, Shape shape, float scale,
                         std::int32_t zero = 0) {
  return graph.add_value({name, type, std::move(shape), QuantParams{{scale}, zero, -1}, std::nullopt});
}
template <typename T>
ValueId add_constant(Graph& graph, const std::string& name, Shape shape, const std::vector<T>& values,
                     std::optional<QuantParams> quant = std::nullopt) {
  return graph.add_value({name, kDTypeOf<T>, shape, std::move(quant), Tensor::of<T>(shape, values)});
}
inline Node& add_node(Graph& graph, Op op, std::vector<ValueId> inputs, std::vector<ValueId> outputs,
                      Attributes attributes = {}) {
  Node node;
  node.op = op;
  node.name = std::string(to_string(op)) + std::to_string(graph.nodes.size());
  node.inputs = std::move(inputs), node.outputs = std::move(outputs), node.attributes = std::move(attributes);
  graph.nodes.push_back(std::move(node));
  return graph.nodes.back();
}
template <typename T>
std::vector<T> counting(std::int64_t count, int modulus) {
  std::vector<T> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<T>(static_cast<int>(i * 7) % modulus - modulus / 2);
  return values;
}

/// f32 x -> QuantizeLinear -> Conv 3x3 (2 groups, pads, clamp) -> MaxPool -> Add with itself -> Flatten ->
/// Gemm -> DequantizeLinear.
inline Graph integer_network() {
  Graph g;
  g.name = "integer";
  const auto x = add_plain(g, "x", DType::f32, {1, 4, 6, 5});
  const auto q = add_codes(g, "q", DType::u8, {1, 4, 6, 5}, 0.02F, 7);
  const auto w = add_constant(g, "w", {6, 2, 3, 3}, counting<std::int8_t>(6 * 2 * 9, 101),
                              QuantParams{{.01F, .02F, .03F, .04F, .05F, .06F}, 0, 0});
  const auto bias = add_constant(g, "bias", {6}, std::vector<std::int32_t>{1, -2, 3, -4, 5, -6});
  const auto y = add_codes(g, "y", DType::u8, {1, 6, 6, 5}, 0.05F, 3);
  const auto pooled = add_codes(g, "pooled", DType::u8, {1, 6, 3, 2}, 0.05F, 3);
  const auto sum = add_codes(g, "sum", DType::u8, {1, 6, 3, 2}, 0.09F, 1);
  const auto flat = add_codes(g, "flat", DType::u8, {1, 36}, 0.09F, 1);
  const auto b = add_constant(g, "b", {36, 10}, counting<std::int8_t>(360, 77), QuantParams{{0.004F}, 0, -1});
  const auto logits = add_codes(g, "logits", DType::s8, {1, 10}, 0.3F, -5);
  const auto out = add_plain(g, "out", DType::f32, {1, 10});
  g.inputs = {x}, g.outputs = {out};
  ConvAttributes conv;
  conv.kernel[0] = conv.kernel[1] = 3, conv.group = 2;
  for (auto& pad : conv.pads) pad = 1;
  PoolAttributes pool;
  pool.kernel[0] = pool.kernel[1] = pool.strides[0] = pool.strides[1] = 2;
  add_node(g, Op::quantize_linear, {x}, {q});
  add_node(g, Op::conv, {q, w, bias}, {y}, conv).clamp = {0.0F, 6.0F};
  add_node(g, Op::max_pool, {y}, {pooled}, pool);
  add_node(g, Op::add, {pooled, pooled}, {sum});
  add_node(g, Op::flatten, {sum}, {flat}, AxisAttributes{1});
  add_node(g, Op::gemm, {flat, b}, {logits}, GemmAttributes{});
  add_node(g, Op::dequantize_linear, {logits}, {out}).onnx_nodes = {"one", "two"};
  return g;
}

/// Float LSTM (T=5, B=2, I=3, H=4) with initial states, then Transpose and Softmax.
inline Graph float_lstm() {
  Graph g;
  g.name = "lstm";
  const auto x = add_plain(g, "x", DType::f32, {5, 2, 3});
  const auto w = add_constant(g, "W", {1, 16, 3}, std::vector<float>(48, 0.5F));
  const auto r = add_constant(g, "R", {1, 16, 4}, std::vector<float>(64, 0.25F));
  const auto h0 = add_plain(g, "h0", DType::f32, {1, 2, 4});
  const auto y = add_plain(g, "Y", DType::f32, {5, 2, 4});
  const auto c = add_plain(g, "Yc", DType::f32, {1, 2, 4});
  const auto t = add_plain(g, "t", DType::f32, {2, 5, 4});
  const auto p = add_plain(g, "p", DType::f32, {2, 5, 4});
  g.inputs = {x, h0}, g.outputs = {p, c};
  add_node(g, Op::lstm, {x, w, r, kNoValue, kNoValue, h0}, {y, kNoValue, c}, LstmAttributes{4, 0});
  add_node(g, Op::transpose, {y}, {t}, TransposeAttributes{{1, 0, 2}});
  add_node(g, Op::softmax, {t}, {p}, AxisAttributes{-1});
  return g;
}

/// The integer LSTM of docs/guide/numerics.md: T=3, B=2, I=2, H=3; bias in two halves.
inline Graph integer_lstm() {
  Graph g;
  g.name = "lstm16";
  std::vector<float> scales;
  for (int i = 0; i < 12; ++i) scales.push_back(0.001F * static_cast<float>(i + 1));
  const auto x = add_codes(g, "x", DType::s16, {3, 2, 2}, 1.0F / 16384);
  const auto w = add_constant(g, "W", {1, 12, 2}, counting<std::int8_t>(24, 99), QuantParams{scales, 0, 1});
  const auto r = add_constant(g, "R", {1, 12, 3}, counting<std::int8_t>(36, 99), QuantParams{scales, 0, 1});
  const auto bias = add_constant(g, "bias", {1, 24}, counting<std::int32_t>(24, 9999));
  const auto y = add_codes(g, "Y", DType::s16, {3, 2, 3}, 1.0F / 16384);
  g.inputs = {x}, g.outputs = {y};
  add_node(g, Op::lstm, {x, w, r, bias}, {y}, LstmAttributes{3, 1.0F / 2048});
  return g;
}

/// The integer GRU of the same page with a late reset, reversed: T=3, B=2, I=2, H=3; an initial h, no Y but
/// Y_h.
inline Graph integer_gru() {
  Graph g;
  g.name = "gru16";
  std::vector<float> scales;
  for (int i = 0; i < 9; ++i) scales.push_back(0.001F * static_cast<float>(i + 1));
  const auto x = add_codes(g, "x", DType::s16, {3, 2, 2}, 1.0F / 16384);
  const auto w = add_constant(g, "W", {1, 9, 2}, counting<std::int8_t>(18, 99), QuantParams{scales, 0, 1});
  const auto r = add_constant(g, "R", {1, 9, 3}, counting<std::int8_t>(27, 99), QuantParams{scales, 0, 1});
  const auto bias = add_constant(g, "bias", {1, 18}, counting<std::int32_t>(18, 9999));
  const auto h =
      add_constant(g, "h", {1, 2, 3}, counting<std::int16_t>(6, 999), QuantParams{{1.0F / 16384}, 0, -1});
  const auto y = add_codes(g, "Yh", DType::s16, {1, 2, 3}, 1.0F / 16384);
  g.inputs = {x}, g.outputs = {y};
  add_node(g, Op::gru, {x, w, r, bias, kNoValue, h}, {kNoValue, y}, RecurrentAttributes{3, true, true});
  return g;
}

}  // namespace nnp::ir
