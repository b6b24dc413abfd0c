// SPDX-License-Identifier: Apache-2.0
// RNN and GRU in float; the LSTM is in lstm.cpp. Sums over [x | h] ascend by fused multiply-adds, then the
// bias; every operation after is one binary32 operation.
#include <algorithm>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

enum Input : std::size_t { kX, kW, kR, kBias, kInitialH = 5 };

float sigmoid(float x) { return numerics::unary(numerics::UnaryFunction::sigmoid, x); }
float tanh(float x) { return numerics::unary(numerics::UnaryFunction::tanh, x); }

/// Sizes, weights turned to [K][rows], and both halves of the bias.
struct Cell {
  std::size_t T, B, I, H, rows;
  std::vector<float> W, R, bias_w, bias_r;
};

Cell cell_of(const Operands& node) {
  const auto& attributes = node.attributes<ir::RecurrentAttributes>();
  const ir::Shape& x = node.input(kX).shape();
  if (x.size() != 3 || attributes.hidden_size < 1) node.fail("x must be [T, B, I]");
  Cell cell{};
  cell.T = static_cast<std::size_t>(x[0]), cell.B = static_cast<std::size_t>(x[1]),
  cell.I = static_cast<std::size_t>(x[2]);
  cell.H = static_cast<std::size_t>(attributes.hidden_size);
  cell.rows = cell.H * (node.node().op == ir::Op::gru ? 3 : 1);
  const auto W = node.data<float>(kW), R = node.data<float>(kR);
  if (W.size() != cell.rows * cell.I || R.size() != cell.rows * cell.H) node.fail("W or R has another size");
  cell.W.resize(W.size()), cell.R.resize(R.size());
  transpose(W.data(), cell.rows, cell.I, cell.W.data());
  transpose(R.data(), cell.rows, cell.H, cell.R.data());
  cell.bias_w.resize(cell.rows), cell.bias_r.resize(cell.rows);
  if (node.has(kBias)) {
    const auto bias = node.data<float>(kBias);
    if (bias.size() != 2 * cell.rows) node.fail("the bias has another size");
    std::ranges::copy(bias.first(cell.rows), cell.bias_w.begin());
    std::ranges::copy(bias.last(cell.rows), cell.bias_r.begin());
  }
  return cell;
}

/// sums[B][count] (+)= a[B][K] * columns [first, first + count) of m[K][rows].
void multiply(const Cell& cell, const float* a, std::size_t K, const std::vector<float>& m, std::size_t first,
              std::size_t count, float* sums, bool accumulate) {
  numerics::best().gemm_f32(a, K, m.data() + first, cell.rows, sums, count, cell.B, count, K, accumulate);
}

void rnn_step(const Cell& cell, const float* x, std::vector<float>& h) {
  std::vector<float> sums(cell.B * cell.H);
  multiply(cell, x, cell.I, cell.W, 0, cell.H, sums.data(), false);
  multiply(cell, h.data(), cell.H, cell.R, 0, cell.H, sums.data(), true);
  for (std::size_t i = 0; i < h.size(); ++i) {
    const float bias = cell.bias_w[i % cell.H] + cell.bias_r[i % cell.H];
    h[i] = tanh(sums[i] + bias);
  }
}

/// Gates z, r, h. linear_before_reset applies r to R h + its bias, otherwise to h before the product.
void gru_step(const Cell& cell, bool linear_before_reset, const float* x, std::vector<float>& h) {
  const std::size_t H = cell.H, n = cell.B * H;
  std::vector<float> gates(2 * n), z(n), r(n), fresh(n), reset(n);
  multiply(cell, x, cell.I, cell.W, 0, 2 * H, gates.data(), false);
  multiply(cell, h.data(), H, cell.R, 0, 2 * H, gates.data(), true);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t at = i / H * 2 * H + i % H, j = i % H;
    const float bias_z = cell.bias_w[j] + cell.bias_r[j], bias_r = cell.bias_w[H + j] + cell.bias_r[H + j];
    z[i] = sigmoid(gates[at] + bias_z), r[i] = sigmoid(gates[at + H] + bias_r);
  }
  multiply(cell, x, cell.I, cell.W, 2 * H, H, fresh.data(), false);
  if (linear_before_reset) {
    multiply(cell, h.data(), H, cell.R, 2 * H, H, reset.data(), false);
  } else {
    for (std::size_t i = 0; i < n; ++i) reset[i] = r[i] * h[i];
    multiply(cell, reset.data(), H, cell.R, 2 * H, H, fresh.data(), true);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const float bias_w = cell.bias_w[2 * H + i % H], bias_r = cell.bias_r[2 * H + i % H];
    float sum = 0;
    if (linear_before_reset) {
      const float linear = reset[i] + bias_r, part = r[i] * linear, input = fresh[i] + bias_w;
      sum = input + part;
    } else {
      const float bias = bias_w + bias_r;
      sum = fresh[i] + bias;
    }
    const float candidate = tanh(sum), keep = 1 - z[i], added = keep * candidate, kept = z[i] * h[i];
    h[i] = added + kept;
  }
}

}  // namespace

void run_recurrent(Call& call) {
  const Cell cell = cell_of(call);
  const auto& attributes = call.attributes<ir::RecurrentAttributes>();
  const std::size_t step = cell.B * cell.H;
  std::vector<float> h(step), y(cell.T * step);
  if (call.has(kInitialH)) std::ranges::copy(call.data<float>(kInitialH), h.begin());
  for (std::size_t i = 0; i < cell.T; ++i) {
    const std::size_t t = attributes.reverse ? cell.T - 1 - i : i;
    const float* x = call.data<float>(kX).data() + t * cell.B * cell.I;
    if (call.node().op == ir::Op::gru)
      gru_step(cell, attributes.linear_before_reset, x, h);
    else
      rnn_step(cell, x, h);
    std::ranges::copy(h, y.begin() + static_cast<std::ptrdiff_t>(t * step));
  }
  if (call.wants(0)) std::ranges::copy(y, call.output_data<float>(0).begin());
  if (call.wants(1)) std::ranges::copy(h, call.output_data<float>(1).begin());
}

}  // namespace nnp::reference::naive
