// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM of reals: every operation one of isa/numerics, rounded to float32. h is kept in the
// network's type T, f32 or bf16, the cell state and the gates in f32.
#pragma once

#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/recurrent/recurrence.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {

template <typename T>
class RealCell {
 public:
  using Value = T;
  using Weight = T;
  using Sum = float;
  using Kept = float;

  RealCell(const Operands& node, const ir::RecurrentShape& shape)
      : node_(node), shape_(shape), s_(shape), bias_(ir::column_bias<float>(shape, bias_of(node))) {}

  RecurrentState<RealCell> initial_state() const {
    using namespace ir::recurrent_input;
    RecurrentState<RealCell> state{std::vector<T>(s_.B * s_.H), {}};
    if (node_.has(kInitialH)) store(widened(node_.input(kInitialH)), state.h.data());
    if (shape_.op != ir::Op::lstm) return state;
    state.c = node_.has(kInitialC) ? widened(node_.input(kInitialC)) : std::vector<float>(s_.B * s_.H);
    return state;
  }

  void step(const float* sums, T* h, float* c) const {
    std::vector<float> gates(s_.columns), result(s_.H);
    for (std::size_t i = 0; i < s_.columns; ++i) gates[i] = sums[i] + bias_[i];
    switch (shape_.op) {
      case ir::Op::lstm:
        lstm(gates.data(), c, result.data());
        break;
      case ir::Op::gru:
        gru(gates.data(), h, result.data());
        break;
      default:
        numerics::unary(Unary::tanh, gates.data(), result.data(), s_.H);
    }
    store(result, h);
  }

  void reset(const float* sums, const T* h, T* out) const {
    std::vector<float> r(s_.H);
    for (std::size_t i = 0; i < s_.H; ++i) r[i] = sums[s_.H + i] + bias_[s_.H + i];
    numerics::unary(Unary::sigmoid, r.data(), r.data(), s_.H);
    binary(Binary::mul, r.data(), wide(h).data(), r.data());
    store(r, out);
  }

 private:
  using Unary = numerics::UnaryFunction;
  using Binary = numerics::BinaryFunction;

  static std::span<const float> bias_of(const Operands& node) {
    constexpr std::size_t kBias = ir::recurrent_input::kBias;
    return node.has(kBias) ? node.data<float>(kBias) : std::span<const float>{};
  }
  static void store(const std::vector<float>& x, T* y) {
    numerics::store_real(x.data(), ir::real_range({}), y, x.size());
  }
  std::vector<float> wide(const T* h) const {
    std::vector<float> result(s_.H);
    numerics::make_real(h, {}, result.data(), s_.H);
    return result;
  }
  void binary(Binary function, const float* a, const float* b, float* y) const {
    numerics::binary(function, a, 1, b, 1, y, s_.H);
  }

  /// Adds to `gate` what the cell state gives it through peepholes `which` of i, o, f; nothing without.
  void peep(std::size_t which, const float* c, float* gate) const {
    if (!node_.has(ir::recurrent_input::kPeepholes)) return;
    const float* weights = node_.data<float>(ir::recurrent_input::kPeepholes).data() + which * s_.H;
    std::vector<float> seen(s_.H);
    binary(Binary::mul, weights, c, seen.data());
    binary(Binary::add, gate, seen.data(), gate);
  }

  void lstm(float* gates, float* c, float* h) const {
    const std::size_t H = s_.H;
    float *i = gates, *o = i + H, *f = o + H, *g = f + H;
    peep(0, c, i), peep(2, c, f);
    numerics::unary(Unary::sigmoid, i, i, H);
    numerics::unary(Unary::sigmoid, f, f, H);
    numerics::unary(Unary::tanh, g, g, H);
    binary(Binary::mul, f, c, c);
    binary(Binary::mul, i, g, i);
    binary(Binary::add, c, i, c);
    peep(1, c, o);
    numerics::unary(Unary::sigmoid, o, o, H);
    numerics::unary(Unary::tanh, c, g, H);
    binary(Binary::mul, o, g, h);
  }

  void gru(float* gates, const T* before, float* h) const {
    const std::size_t H = s_.H;
    float *z = gates, *r = z + H, *n = r + H, *linear = n + H;
    numerics::unary(Unary::sigmoid, z, z, 2 * H);
    if (shape_.resets_after) {
      binary(Binary::mul, r, linear, linear);
      binary(Binary::add, n, linear, n);
    }
    numerics::unary(Unary::tanh, n, n, H);
    const float one = 1;
    numerics::binary(Binary::sub, &one, 0, z, 1, r, H);
    binary(Binary::mul, r, n, n);
    binary(Binary::mul, z, wide(before).data(), z);
    binary(Binary::add, n, z, h);
  }

  const Operands& node_;
  ir::RecurrentShape shape_;
  RecurrentSizes s_;
  std::vector<float> bias_;
};

}  // namespace nnp::reference::naive
