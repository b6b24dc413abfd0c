// SPDX-License-Identifier: Apache-2.0
// LSTM of reals: sums by ascending k, the x part first; gates, cell and hidden state by the functions of
// isa/numerics, each result rounded to float32. h is kept in the network's type, f32 or bf16, the cell in
// f32.
#include <algorithm>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/lstm.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/sums.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

enum Input : std::size_t { kX, kW, kR, kBias, kSequenceLengths, kInitialH, kInitialC };

template <typename T>
struct State {
  std::vector<T> h;
  std::vector<float> c;
};

template <typename T>
void store(const std::vector<float>& x, std::vector<T>& y) {
  numerics::store_real(x.data(), ir::real_range({}), y.data(), x.size());
}

template <typename T>
State<T> initial_state(const Operands& node, const LstmSizes& s) {
  State<T> state{std::vector<T>(s.B * s.H), std::vector<float>(s.B * s.H)};
  if (node.has(kInitialH)) store(widened(node.input(kInitialH)), state.h);
  if (node.has(kInitialC)) state.c = widened(node.input(kInitialC));
  return state;
}

/// One time step of the state, from its sums [B, 4H]; gates i, o, f, c.
template <typename T>
void pass_gates(const LstmSizes& s, const std::vector<numerics::RealChannelParam>& params, const float* sums,
                State<T>& state) {
  using numerics::BinaryFunction;
  using numerics::UnaryFunction;
  const std::size_t H = s.H;
  std::vector<float> gates(4 * H), h(H);
  float *i = gates.data(), *o = i + H, *f = o + H, *g = f + H;
  for (std::size_t b = 0; b < s.B; ++b) {
    float* c = &state.c[b * H];
    finish_row(sums + b * 4 * H, params, ir::real_range({}), gates.data());
    numerics::unary(UnaryFunction::sigmoid, i, i, 3 * H);
    numerics::unary(UnaryFunction::tanh, g, g, H);
    numerics::binary(BinaryFunction::mul, f, 1, c, 1, c, H);
    numerics::binary(BinaryFunction::mul, i, 1, g, 1, i, H);
    numerics::binary(BinaryFunction::add, c, 1, i, 1, c, H);
    numerics::unary(UnaryFunction::tanh, c, g, H);
    numerics::binary(BinaryFunction::mul, o, 1, g, 1, h.data(), H);
    numerics::store_real(h.data(), ir::real_range({}), &state.h[b * H], H);
  }
}

void write(Call& call, std::size_t output, const std::vector<float>& data) {
  if (!call.wants(output)) return;
  ir::Tensor& y = call.output(output);
  with_real_type(y.type(), [&](auto type) {
    numerics::store_real(data.data(), ir::real_range({}), y.data<decltype(type)>().data(), data.size());
  });
}

template <typename T>
void append(std::vector<float>& to, const std::vector<T>& from) {
  to.resize(to.size() + from.size());
  numerics::make_real(from.data(), {}, to.data() + to.size() - from.size(), from.size());
}

/// Time step i of the walk: the last one first where the node says so.
std::size_t step(const Operands& node, const LstmSizes& s, std::size_t i) {
  return node.attributes<ir::LstmAttributes>().reverse ? s.T - 1 - i : i;
}

std::int64_t dim(std::size_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

ir::Tensor real_lstm_joined_weights(const Operands& node) {
  const LstmSizes s = lstm_sizes(node);
  ir::Tensor joined(node.input(kW).type(), {dim(s.I + s.H), dim(4 * s.H)});
  with_real_type(joined.type(), [&](auto type) {
    using T = decltype(type);
    T* rows = joined.data<T>().data();
    transpose(node.data<T>(kW).data(), 4 * s.H, s.I, rows);
    transpose(node.data<T>(kR).data(), 4 * s.H, s.H, rows + s.I * 4 * s.H);
  });
  return joined;
}

ir::Tensor real_lstm_joined_input(const Operands& node, const ir::Tensor& sums) {
  const LstmSizes s = lstm_sizes(node);
  const auto params = channel_params(node, kBias, 4 * s.H);
  ir::Tensor joined(node.input(kX).type(), {dim(s.T * s.B), dim(s.I + s.H)});
  with_real_type(joined.type(), [&](auto type) {
    using T = decltype(type);
    auto state = initial_state<T>(node, s);
    for (std::size_t i = 0; i < s.T; ++i) {
      const std::size_t t = step(node, s, i);
      const T* x = node.data<T>(kX).data() + t * s.B * s.I;
      T* row = joined.data<T>().data() + t * s.B * (s.I + s.H);
      for (std::size_t b = 0; b < s.B; ++b, x += s.I, row += s.I + s.H) {
        std::copy_n(x, s.I, row);
        std::copy_n(state.h.data() + b * s.H, s.H, row + s.I);
      }
      pass_gates(s, params, sums.data<float>().data() + t * s.B * 4 * s.H, state);
    }
  });
  return joined;
}

ir::Tensor real_lstm_sums(const Operands& node) {
  const LstmSizes s = lstm_sizes(node);
  const auto params = channel_params(node, kBias, 4 * s.H);
  const ir::Tensor joined = real_lstm_joined_weights(node);
  ir::Tensor tensor(ir::DType::f32, lstm_sums_shape(node));
  with_real_type(node.input(kX).type(), [&](auto type) {
    using T = decltype(type);
    const auto gemm = real_gemm_kernel(type);
    const T* weights = joined.data<T>().data();
    float* sums = tensor.data<float>().data();
    const std::size_t gates = 4 * s.H;
    gemm(node.data<T>(kX).data(), s.I, weights, gates, sums, gates, s.T * s.B, gates, s.I, false);
    auto state = initial_state<T>(node, s);
    for (std::size_t i = 0; i < s.T; ++i) {
      float* of_step = sums + step(node, s, i) * s.B * gates;
      gemm(state.h.data(), s.H, weights + s.I * gates, gates, of_step, gates, s.B, gates, s.H, true);
      pass_gates(s, params, of_step, state);
    }
  });
  return tensor;
}

void finish_real_lstm(Call& call, const ir::Tensor& sums) {
  const LstmSizes s = lstm_sizes(call);
  const auto params = channel_params(call, kBias, 4 * s.H);
  std::vector<float> y, last, cell;
  with_real_type(call.input(kX).type(), [&](auto type) {
    auto state = initial_state<decltype(type)>(call, s);
    y.resize(s.T * s.B * s.H);
    for (std::size_t i = 0; i < s.T; ++i) {
      const std::size_t t = step(call, s, i);
      pass_gates(s, params, sums.data<float>().data() + t * s.B * 4 * s.H, state);
      call.see_cell(state.c);
      numerics::make_real(state.h.data(), {}, y.data() + t * s.B * s.H, s.B * s.H);
    }
    append(last, state.h);
    cell = state.c;
  });
  write(call, 0, y), write(call, 1, last), write(call, 2, cell);
}

}  // namespace nnp::reference::naive
