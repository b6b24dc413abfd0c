// SPDX-License-Identifier: Apache-2.0
// Gemm, MatMul and LSTM in float by oneDNN's matmul; the LSTM's gates are our own lines.
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/recurrent/recurrent.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/onednn/float_run.h"

namespace nnp::reference::onednn {
namespace {

// A matrix with elements at [row][column], or the transpose of one.
dnnl::memory::desc matrix(dnnl::memory::dim rows, dnnl::memory::dim columns, bool stored_transposed,
                          dnnl::memory::data_type type = kF32) {
  if (stored_transposed) return {{rows, columns}, type, dnnl::memory::dims{1, rows}};
  return row_major({rows, columns}, type);
}

dnnl::matmul multiplication(Device& device, const dnnl::memory::desc& a, const dnnl::memory::desc& b,
                            const dnnl::memory::desc& bias, const dnnl::memory::desc& y,
                            const dnnl::primitive_attr& attribute) {
  const dnnl::matmul::desc description =
      bias.data.ndims == 0 ? dnnl::matmul::desc(a, b, y) : dnnl::matmul::desc(a, b, bias, y);
  return dnnl::matmul({description, attribute, device.engine});
}

float sigmoid(float x) { return 1.0f / (1.0f + std::exp(-x)); }

// One step's gates (i, o, f, c; sums complete) into cell and hidden state.
void pass_gates(const float* gates, const std::vector<float>& peepholes, std::size_t H, float* c, float* h) {
  for (std::size_t j = 0; j < H; ++j) {
    const float before = c[j], *p = peepholes.data() + j;
    c[j] = sigmoid(gates[2 * H + j] + p[2 * H] * before) * before +
           sigmoid(gates[j] + p[0] * before) * std::tanh(gates[3 * H + j]);
    h[j] = sigmoid(gates[H + j] + p[H] * c[j]) * std::tanh(c[j]);
  }
}

}  // namespace

bool run_gemm(FloatCall& call) {
  const auto& attributes = call.operands().attributes<ir::GemmAttributes>();
  if (attributes.alpha != 1 || (call.has(2) && attributes.beta != 1)) return false;
  const ir::Shape &a = call.shape(0), &b = call.shape(1), &y = call.result_shape();
  if (a.empty() || b.size() != 2 || (a.size() != 2 && attributes.transpose_a)) return false;
  const dnnl::memory::dim K = attributes.transpose_a ? a[0] : a.back(), M = ir::element_count(a) / K,
                          N = b[attributes.transpose_b ? 0 : 1];  // leading axes count as rows
  if (b[attributes.transpose_b ? 1 : 0] != K || y.empty() || y.back() != N || ir::element_count(y) != M * N)
    return false;
  ir::Shape bias = call.has(2) ? call.shape(2) : ir::Shape{};
  if (call.has(2)) {
    if (bias.size() > 2) return false;
    bias.insert(bias.begin(), 2 - bias.size(), 1);
    if (naive::broadcast_shape(bias, {M, N}) != ir::Shape{M, N} || (y.size() != 2 && bias[0] != 1))
      return false;
  }
  const auto a_layout = matrix(M, K, attributes.transpose_a, call.type),
             b_layout = matrix(K, N, attributes.transpose_b, call.type);
  dnnl::memory result = call.device.make(row_major(y, call.type));
  const auto y_layout = row_major({M, N}, call.type);
  std::unordered_map<int, dnnl::memory> arguments = {
      {DNNL_ARG_SRC, call.device.over(a_layout, call.values.plain(call.node.inputs[0]).get_data_handle())},
      {DNNL_ARG_WEIGHTS,
       call.device.over(b_layout, call.values.plain(call.node.inputs[1]).get_data_handle())},
      {DNNL_ARG_DST, call.device.over(y_layout, result.get_data_handle())}};
  if (call.has(2)) arguments[DNNL_ARG_BIAS] = call.values.plain(call.node.inputs[2], bias);
  const dnnl::memory::desc bias_layout = call.has(2) ? row_major(bias, kF32) : dnnl::memory::desc{};
  call.device.run(multiplication(call.device, a_layout, b_layout, bias_layout, y_layout,
                                 clamp_attribute(call.node.clamp)),
                  arguments);
  call.values.set(call.node.outputs[0], result);
  return true;
}

bool run_matmul(FloatCall& call) {
  ir::Shape a = call.shape(0), b = call.shape(1), y = call.result_shape();
  if (ir::transposes_right(call.node)) return false;
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2]) return false;
  const std::size_t rank = std::max(a.size(), b.size());
  const auto batch = naive::broadcast_shape({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  if (!batch || y.size() != rank || !std::equal(batch->begin(), batch->end(), y.begin()) ||
      y[rank - 2] != a[a.size() - 2] || y.back() != b.back())
    return false;
  a.insert(a.begin(), rank - a.size(), 1), b.insert(b.begin(), rank - b.size(), 1);
  const dnnl::memory left = call.values.plain(call.node.inputs[0], a),
                     right = call.values.plain(call.node.inputs[1], b);
  dnnl::memory result = call.device.make(row_major(y, call.type));
  call.device.run(multiplication(call.device, left.get_desc(), right.get_desc(), {}, result.get_desc(),
                                 clamp_attribute(call.node.clamp)),
                  {{DNNL_ARG_SRC, left}, {DNNL_ARG_WEIGHTS, right}, {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

bool run_lstm(FloatCall& call) {
  const ir::Shape sums_shape = naive::recurrent_sums_shape(call.operands());  // checks the shapes
  const ir::Shape& x = call.shape(0);
  const dnnl::memory::dim T = x[0], B = x[1], I = x[2], G = sums_shape[1];
  const auto H = static_cast<std::size_t>(G) / 4, rows = static_cast<std::size_t>(B);
  for (std::size_t i = 0; i < call.node.inputs.size(); ++i)
    if (call.has(i)) call.values.settle(call.node.inputs[i]);
  // 1. x W^T + Wb + Rb for all steps at once.
  const std::vector<float> bias = naive::recurrent_bias(call.operands());
  std::vector<float> sums(static_cast<std::size_t>(T * B * G));
  const auto x_layout = row_major({T * B, I}, kF32), w_layout = matrix(I, G, true),
             bias_layout = row_major({1, G}, kF32), y_layout = row_major({T * B, G}, kF32);
  call.device.run(multiplication(call.device, x_layout, w_layout, bias_layout, y_layout, {}),
                  {{DNNL_ARG_SRC, call.values.plain(call.node.inputs[0], {T * B, I})},
                   {DNNL_ARG_WEIGHTS,
                    call.device.over(w_layout, call.values.plain(call.node.inputs[1]).get_data_handle())},
                   {DNNL_ARG_BIAS, call.device.over(bias_layout, bias.data())},
                   {DNNL_ARG_DST, call.device.over(y_layout, sums.data())}});
  // 2. Step by step: add h R^T, pass the gates.
  const auto operand_or_zeros = [&](std::size_t input, std::size_t size) {
    std::vector<float> values(size, 0.0f);
    if (call.has(input))
      std::copy_n(static_cast<const float*>(call.values.plain(call.node.inputs[input]).get_data_handle()),
                  values.size(), values.begin());
    return values;
  };
  const bool reverse = call.operands().attributes<ir::LstmAttributes>().reverse;
  const std::vector<float> peepholes = operand_or_zeros(7, 3 * H);
  std::vector<float> h = operand_or_zeros(5, rows * H), c = operand_or_zeros(6, rows * H),
                     all_h(static_cast<std::size_t>(T) * rows * H);
  dnnl::post_ops add_to_sums;
  add_to_sums.append_sum(1.0f);
  dnnl::primitive_attr attribute;
  attribute.set_post_ops(add_to_sums);
  const auto h_layout = row_major({B, G / 4}, kF32), r_layout = matrix(G / 4, G, true),
             step_layout = row_major({B, G}, kF32);
  const dnnl::matmul step = multiplication(call.device, h_layout, r_layout, {}, step_layout, attribute);
  const dnnl::memory recurrent =
      call.device.over(r_layout, call.values.plain(call.node.inputs[2]).get_data_handle());
  for (std::size_t s = 0; s < static_cast<std::size_t>(T); ++s) {
    const std::size_t t = reverse ? static_cast<std::size_t>(T) - 1 - s : s;
    float* gates = sums.data() + t * rows * 4 * H;
    call.device.run(step, {{DNNL_ARG_SRC, call.device.over(h_layout, h.data())},
                           {DNNL_ARG_WEIGHTS, recurrent},
                           {DNNL_ARG_DST, call.device.over(step_layout, gates)}});
    for (std::size_t row = 0; row < rows; ++row)
      pass_gates(gates + row * 4 * H, peepholes, H, &c[row * H], &h[row * H]);
    if (call.see_cell) call.see_cell(c);
    std::copy(h.begin(), h.end(), all_h.begin() + static_cast<std::ptrdiff_t>(t * rows * H));
  }
  // 3. Outputs.
  const std::vector<float>* results[] = {&all_h, &h, &c};
  for (std::size_t i = 0; i < std::min<std::size_t>(call.node.outputs.size(), 3); ++i)
    if (const ir::ValueId id = call.node.outputs[i]; id != ir::kNoValue)
      call.values.tensors()[id] = ir::Tensor::of<float>(call.graph.values[id].shape, *results[i]);
  return true;
}

}  // namespace nnp::reference::onednn
