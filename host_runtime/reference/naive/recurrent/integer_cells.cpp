// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/naive/recurrent/integer_cells.h"

namespace nnp::reference::naive {
namespace {

using numerics::OutputRange;
using numerics::Scaled;

constexpr OutputRange kWhole{0, -32768, 32767};
constexpr std::int32_t kOne = 32768;  // 1 as a code of ir::kGateOutScale

void mul(const std::int16_t* a, Scaled scale, const std::int16_t* b, std::int16_t* y, std::size_t n) {
  numerics::mul<std::int16_t, std::int16_t, std::int16_t>(a, scale, b, {1.0f, 0}, y, n, kWhole);
}

void add(const std::int16_t* a, const std::int16_t* b, std::int16_t* y, std::size_t n, OutputRange range) {
  numerics::add<std::int16_t, std::int16_t, std::int16_t>(a, {1.0f, 0}, b, {1.0f, 0}, y, n, range);
}

std::vector<std::int16_t> state_or_zero(const Operands& node, std::size_t input, std::size_t elements) {
  if (!node.has(input)) return std::vector<std::int16_t>(elements);
  const auto data = node.data<std::int16_t>(input);
  return {data.begin(), data.end()};
}

}  // namespace

IntegerCell::IntegerCell(const Operands& node, const ir::RecurrentShape& shape)
    : node_(node), shape_(shape), s_(shape), params_(ir::recurrent_params(node.graph(), node.node())) {}

RecurrentState<IntegerCell> IntegerCell::initial_state() const {
  RecurrentState<IntegerCell> state{state_or_zero(node_, ir::recurrent_input::kInitialH, s_.B * s_.H), {}};
  if (shape_.op == ir::Op::lstm) state.c = state_or_zero(node_, ir::recurrent_input::kInitialC, s_.B * s_.H);
  return state;
}

void IntegerCell::step(const Sum* sums, Value* h, Kept* c) const {
  std::vector<std::int16_t> gates(s_.columns);
  numerics::best().requantize_s16(sums, params_.sums.data(), gates.data(), s_.columns, kWhole);
  switch (shape_.op) {
    case ir::Op::lstm:
      return lstm(gates.data(), h, c);
    case ir::Op::gru:
      return gru(gates.data(), h);
    default:
      numerics::lookup16(gates.data(), params_.tanh_gate.data(), h, s_.H);
  }
}

void IntegerCell::peep(std::size_t which, const Kept* c, Value* gate) const {
  if (!node_.has(ir::recurrent_input::kPeepholes)) return;
  const std::int16_t* weights =
      node_.data<std::int16_t>(ir::recurrent_input::kPeepholes).data() + which * s_.H;
  std::vector<std::int16_t> seen(s_.H);
  mul(weights, {params_.peephole, 0}, c, seen.data(), s_.H);
  add(gate, seen.data(), gate, s_.H, kWhole);
}

void IntegerCell::lstm(Value* gates, Value* h, Kept* c) const {
  const std::size_t H = s_.H;
  std::int16_t *i = gates, *o = i + H, *f = o + H, *g = f + H;
  peep(0, c, i), peep(2, c, f);
  numerics::lookup16(i, params_.sigmoid.data(), i, H);
  numerics::lookup16(f, params_.sigmoid.data(), f, H);
  numerics::lookup16(g, params_.tanh_gate.data(), g, H);
  mul(f, {params_.gate, 0}, c, f, H);
  mul(i, {params_.cell_from_input, 0}, g, i, H);
  add(f, i, c, H, kWhole);
  peep(1, c, o);
  numerics::lookup16(o, params_.sigmoid.data(), o, H);
  numerics::lookup16(c, params_.tanh_cell.data(), g, H);
  mul(o, {params_.hidden, 0}, g, h, H);
}

void IntegerCell::gru(Value* gates, Value* h) const {
  const std::size_t H = s_.H;
  std::int16_t *z = gates, *r = z + H, *n = r + H, *linear = n + H;
  numerics::lookup16(z, params_.sigmoid.data(), z, 2 * H);
  if (shape_.resets_after) {
    mul(r, {params_.gate, 0}, linear, linear, H);
    add(n, linear, n, H, kWhole);
  }
  numerics::lookup16(n, params_.tanh_gate.data(), n, H);
  mul(z, {-params_.hidden, kOne}, n, n, H);  // (1 - z) n
  mul(z, {params_.gate, 0}, h, z, H);
  add(n, z, h, H, params_.hidden_range);
}

void IntegerCell::reset(const Sum* sums, const Value* h, Value* out) const {
  std::vector<std::int16_t> r(s_.H);
  numerics::best().requantize_s16(sums + s_.H, params_.sums.data() + s_.H, r.data(), s_.H, kWhole);
  numerics::lookup16(r.data(), params_.sigmoid.data(), r.data(), s_.H);
  mul(r.data(), {params_.gate, 0}, h, out, s_.H);
}

}  // namespace nnp::reference::naive
