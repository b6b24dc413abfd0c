// SPDX-License-Identifier: Apache-2.0
// LSTM of codes, forward direction: the four steps of docs/guide/numerics.md by numerics' functions.
#include "host_runtime/reference/naive/lstm.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/sums.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

enum Input : std::size_t { kX, kW, kR, kBias, kSequenceLengths, kInitialH, kInitialC };

// [1, 4H], Wb + Rb already; ONNX has [1, 8H].
bool has_joined_bias(const Operands& node) {
  const std::int64_t rows = 4 * node.attributes<ir::LstmAttributes>().hidden_size;
  return node.has(kBias) && node.input_value(kBias).shape == ir::Shape{1, rows};
}

}  // namespace

LstmSizes lstm_sizes(const Operands& node) {
  const auto& attributes = node.attributes<ir::LstmAttributes>();
  const ir::Shape& x = node.input_value(kX).shape;
  if (x.size() != 3) node.fail(fmt::format("x {} must be [T, B, I]", to_text(x)));
  const std::int64_t T = x[0], B = x[1], I = x[2], H = attributes.hidden_size;
  const auto need = [&](std::size_t input, const ir::Shape& shape) {
    if (node.has(input) && node.input_value(input).shape != shape)
      node.fail(fmt::format("input {} is {}, needed {}", input, to_text(node.input_value(input).shape),
                            to_text(shape)));
  };
  const auto need_elements = [&](std::size_t output, std::int64_t elements) {
    if (node.wants(output) && ir::element_count(node.output_value(output).shape) != elements)
      node.fail(fmt::format("output {} is {}, needed {} elements", output,
                            to_text(node.output_value(output).shape), elements));
  };
  if (H < 1) node.fail(fmt::format("hidden_size {}; it must be at least 1", H));
  if (node.has(kSequenceLengths)) node.fail("sequence_lens is not supported");
  if (!node.has(kW) || !node.has(kR)) node.fail("W and R are needed");
  need(kW, {1, 4 * H, I}), need(kR, {1, 4 * H, H});
  if (!has_joined_bias(node)) need(kBias, {1, 8 * H});
  need(kInitialH, {1, B, H}), need(kInitialC, {1, B, H});
  need_elements(0, T * B * H), need_elements(1, B * H), need_elements(2, B * H);
  return {static_cast<std::size_t>(T), static_cast<std::size_t>(B), static_cast<std::size_t>(I),
          static_cast<std::size_t>(H)};
}

namespace {

template <typename T>
std::vector<T> state_or_zero(const Operands& node, std::size_t input, std::size_t elements) {
  if (!node.has(input)) return std::vector<T>(elements);
  const auto data = node.data<T>(input);
  return {data.begin(), data.end()};
}

template <typename T>
void store(Call& call, std::size_t output, const std::vector<T>& data) {
  if (!call.wants(output)) return;
  std::ranges::copy(data, call.output_data<T>(output).begin());
}

}  // namespace

std::vector<float> lstm_joined_bias(const Operands& node) {
  const std::size_t rows = 4 * lstm_sizes(node).H;
  std::vector<float> bias(rows, 0.0f);
  if (!node.has(kBias)) return bias;
  const auto given = node.data<float>(kBias);
  for (std::size_t i = 0; i < given.size(); ++i) bias[i % rows] += given[i];
  return bias;
}

namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

}  // namespace

LstmState lstm_initial_state(const Operands& node, const ir::LstmParams& p) {
  return {state_or_zero<std::int16_t>(node, kInitialH, size(p.batch * p.hidden)),
          state_or_zero<std::int16_t>(node, kInitialC, size(p.batch * p.hidden))};
}

void lstm_step(const ir::LstmParams& p, std::span<const std::int32_t> sums, LstmState& state) {
  constexpr numerics::OutputRange kWhole{0, -32768, 32767};
  const std::size_t H = size(p.hidden);
  std::vector<std::int16_t> gates(4 * H), f_c(H), i_g(H), tanh_c(H);
  for (std::size_t b = 0; b < size(p.batch); ++b) {
    std::int16_t *i = gates.data(), *o = i + H, *f = o + H, *g = f + H, *c = &state.c[b * H],
                 *h = &state.h[b * H];
    numerics::best().requantize_s16(sums.data() + b * 4 * H, p.gates.data(), gates.data(), 4 * H, kWhole);
    numerics::lookup16(i, p.sigmoid.data(), i, 3 * H);
    numerics::lookup16(g, p.tanh_gate.data(), g, H);
    numerics::mul<std::int16_t, std::int16_t, std::int16_t>(f, {p.cell_from_forget, 0}, c, {1.0f, 0},
                                                            f_c.data(), H, kWhole);
    numerics::mul<std::int16_t, std::int16_t, std::int16_t>(i, {p.cell_from_input, 0}, g, {1.0f, 0},
                                                            i_g.data(), H, kWhole);
    numerics::add<std::int16_t, std::int16_t, std::int16_t>(f_c.data(), {1.0f, 0}, i_g.data(), {1.0f, 0}, c,
                                                            H, kWhole);
    numerics::lookup16(c, p.tanh_cell.data(), tanh_c.data(), H);
    numerics::mul<std::int16_t, std::int16_t, std::int16_t>(o, {p.hidden_scale, 0}, tanh_c.data(), {1.0f, 0},
                                                            h, H, kWhole);
  }
}

ir::Tensor lstm_joined_weights(const Operands& node, const ir::LstmParams& p) {
  const std::size_t I = size(p.input), H = size(p.hidden);
  ir::Tensor joined(ir::DType::s8, {p.input + p.hidden, 4 * p.hidden});
  std::int8_t* rows = joined.data<std::int8_t>().data();
  transpose(node.data<std::int8_t>(kW).data(), 4 * H, I, rows);
  transpose(node.data<std::int8_t>(kR).data(), 4 * H, H, rows + I * 4 * H);
  return joined;
}

ir::Tensor lstm_joined_input(const Operands& node, const ir::LstmParams& p, const ir::Tensor& sums) {
  const std::size_t I = size(p.input), H = size(p.hidden), B = size(p.batch);
  ir::Tensor joined(ir::DType::s16, {p.steps * p.batch, p.input + p.hidden});
  const std::int16_t* x = node.data<std::int16_t>(kX).data();
  std::int16_t* row = joined.data<std::int16_t>().data();
  LstmState state = lstm_initial_state(node, p);
  for (std::size_t t = 0; t < size(p.steps); ++t) {
    for (std::size_t b = 0; b < B; ++b, x += I, row += I + H) {
      std::copy_n(x, I, row);
      std::copy_n(state.h.data() + b * H, H, row + I);
    }
    lstm_step(p, sums.data<std::int32_t>().subspan(t * B * 4 * H, B * 4 * H), state);
  }
  return joined;
}

ir::Shape lstm_sums_shape(const Operands& node) {
  const LstmSizes s = lstm_sizes(node);
  return {static_cast<std::int64_t>(s.T * s.B), static_cast<std::int64_t>(4 * s.H)};
}

ir::Tensor lstm_sums(const Operands& node) {
  const auto [T, B, I, H] = lstm_sizes(node);
  const ir::LstmParams params = ir::lstm_params(node.graph(), node.node());
  const ir::Tensor joined = lstm_joined_weights(node, params);
  const std::int8_t* weights = joined.data<std::int8_t>().data();
  ir::Tensor tensor(ir::DType::i32, lstm_sums_shape(node));
  const auto sums = tensor.data<std::int32_t>();
  const auto gemm = numerics::best().gemm_s16s8;
  gemm(node.data<std::int16_t>(kX).data(), I, weights, 4 * H, sums.data(), 4 * H, T * B, 4 * H, I, false);
  LstmState state = lstm_initial_state(node, params);
  for (std::size_t t = 0; t < T; ++t) {
    const auto step = sums.subspan(t * B * 4 * H, B * 4 * H);
    gemm(state.h.data(), H, weights + I * 4 * H, 4 * H, step.data(), 4 * H, B, 4 * H, H, true);
    lstm_step(params, step, state);
  }
  return tensor;
}

void finish_lstm(Call& call, const ir::Tensor& sums) {
  const auto [T, B, I, H] = lstm_sizes(call);
  const ir::LstmParams params = ir::lstm_params(call.graph(), call.node());
  LstmState state = lstm_initial_state(call, params);
  std::vector<std::int16_t> y;
  for (std::size_t t = 0; t < T; ++t) {
    lstm_step(params, sums.data<std::int32_t>().subspan(t * B * 4 * H, B * 4 * H), state);
    y.insert(y.end(), state.h.begin(), state.h.end());
  }
  store(call, 0, y), store(call, 1, state.h), store(call, 2, state.c);
}

void run_lstm(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_lstm(call, lstm_sums(call));
  finish_real_lstm(call, real_lstm_sums(call));
}

}  // namespace nnp::reference::naive
