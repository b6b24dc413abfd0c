// SPDX-License-Identifier: Apache-2.0
// One or two recurrent layers in every form the chip has: RNN, GRU, LSTM with peepholes or without; one
// direction or both; initial states none, constant, from outside or from the layer before; every choice of
// outputs.
#include "compiler/ir/recurrent.h"
#include "tests/support/random_network.h"
#include "tests/support/random_real_network.h"

namespace nnp::test {
namespace {

using ir::DType;
using ir::Op;
using ir::ValueId;

constexpr Op kCells[] = {Op::rnn, Op::gru, Op::lstm};

/// What the layers have in common, whatever their numbers. Builder adds values and nodes.
struct Choice {
  Op op;
  bool reverse, resets_after, has_bias, peeps;
  std::int64_t hidden;
  std::vector<bool> wants;  // Y, Y_h, Y_c; not none of them
};

template <typename Builder>
Choice choose(Builder& b) {
  Choice c{
      kCells[b.pick(0, 2)], b.pick(0, 1) == 1, b.pick(0, 1) == 1, b.pick(0, 3) > 0, false, b.pick(1, 14), {}};
  const std::int64_t outputs = c.op == Op::lstm ? 3 : 2, kept = b.pick(0, outputs - 1);
  for (std::int64_t i = 0; i < outputs; ++i) c.wants.push_back(i == kept || b.pick(0, 1) == 1);
  c.peeps = c.op == Op::lstm && b.pick(0, 1) == 1;
  return c;
}

ir::Attributes attributes_of(const Choice& c, float cell_scale) {
  if (c.op == Op::lstm) return ir::LstmAttributes{c.hidden, cell_scale, c.reverse};
  return ir::RecurrentAttributes{c.hidden, c.reverse, c.resets_after};
}

std::int64_t gates_of(Op op) { return op == Op::lstm ? 4 : op == Op::gru ? 3 : 1; }

}  // namespace

/// Outputs of the layer, kNoValue where not wanted.
std::vector<ValueId> NetworkBuilder::recurrent(ValueId x, ValueId initial_h) {
  Choice c = choose(*this);
  const ir::Value in = graph_.values[x];
  const std::int64_t batch = in.shape[1];
  if (initial_h != ir::kNoValue) c.hidden = graph_.values[initial_h].shape[2];
  const std::int64_t rows = gates_of(c.op) * c.hidden;
  const ir::Shape state{1, batch, c.hidden};
  const float cell_scale = 1.0f / 2048;
  const auto constant_codes = [&](const ir::Shape& shape, float scale) {
    ir::Tensor tensor(DType::s16, shape);
    for (auto& code : tensor.data<std::int16_t>()) code = static_cast<std::int16_t>(pick(-8000, 8000));
    const ValueId id = value("state", shape, DType::s16, scale, 0);
    graph_.values[id].constant = std::move(tensor);
    return id;
  };
  const auto any_state = [&](float scale) {
    const std::int64_t kind = pick(0, 2);
    if (kind == 0) return ir::kNoValue;
    if (kind == 1) return constant_codes(state, scale);
    const ValueId id = input(state, DType::s16);
    graph_.values[id].quant->scale = {scale};
    return id;
  };
  std::vector<ValueId> inputs{x,
                              weights({1, rows, in.shape[2]}, 1),
                              weights({1, rows, c.hidden}, 1),
                              c.has_bias ? bias({1, 2 * rows}) : ir::kNoValue,
                              ir::kNoValue,
                              initial_h != ir::kNoValue ? initial_h : any_state(in.quant->scale[0])};
  graph_.values[inputs[2]].quant = graph_.values[inputs[1]].quant;  // joined rows share their scale
  if (c.op == Op::lstm) inputs.push_back(any_state(cell_scale));
  if (c.peeps) inputs.push_back(constant_codes({1, 3 * c.hidden}, 1.0f / 16384));
  std::vector<ValueId> outputs(c.wants.size(), ir::kNoValue);
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (c.wants[i])
      outputs[i] = value("recurrent", i == 0 ? ir::Shape{in.shape[0], batch, c.hidden} : state, DType::s16,
                         i == 2 ? cell_scale : in.quant->scale[0], 0);
  node(c.op, inputs, outputs[0]).attributes = attributes_of(c, cell_scale);
  graph_.nodes.back().outputs = outputs;
  if (c.op == Op::gru && pick(0, 3) == 0) graph_.nodes.back().clamp = {-0.5f, 0.25f};
  return outputs;
}

std::vector<ValueId> RealNetworkBuilder::recurrent(ValueId x, ValueId initial_h) {
  Choice c = choose(*this);
  const ir::Shape in = shape_of(x);
  if (initial_h != ir::kNoValue) c.hidden = shape_of(initial_h)[2];
  const std::int64_t rows = gates_of(c.op) * c.hidden;
  const ir::Shape state{1, in[1], c.hidden};
  const auto any_state = [&] {
    const std::int64_t kind = pick(0, 2);
    return kind == 0 ? ir::kNoValue : kind == 1 ? constant(state) : input(state);
  };
  std::vector<ValueId> inputs{x,
                              constant({1, rows, in[2]}),
                              constant({1, rows, c.hidden}),
                              c.has_bias ? constant({1, 2 * rows}) : ir::kNoValue,
                              ir::kNoValue,
                              initial_h != ir::kNoValue ? initial_h : any_state()};
  if (c.op == Op::lstm) inputs.push_back(any_state());
  if (c.peeps) inputs.push_back(constant({1, 3 * c.hidden}));
  std::vector<ValueId> outputs(c.wants.size(), ir::kNoValue);
  node(c.op, inputs, {in[0], in[1], c.hidden}, attributes_of(c, 0));
  outputs[0] = c.wants[0] ? last().outputs[0] : ir::kNoValue;
  for (std::size_t i = 1; i < outputs.size(); ++i)
    if (c.wants[i]) outputs[i] = value("state", state);
  last().outputs = outputs;
  return outputs;
}

namespace {

/// Both directions, or a stack in which the second layer may start from the first one's last h; what nobody
/// reads is an output, and a Gemm reads one of the results.
template <typename Builder>
void add_layers(Builder& b, ValueId x) {
  auto first = b.recurrent(x);
  const ValueId sequence = first[0], last_h = first[1];
  std::vector<ValueId> results(first.begin(), first.end());
  const std::int64_t shape = b.pick(0, 2);
  if (shape == 1) {
    const auto second = b.recurrent(x, last_h != ir::kNoValue && b.pick(0, 1) == 1 ? last_h : ir::kNoValue);
    results.insert(results.end(), second.begin(), second.end());
  } else if (shape == 2 && sequence != ir::kNoValue) {
    const auto second =
        b.recurrent(sequence, last_h != ir::kNoValue && b.pick(0, 1) == 1 ? last_h : ir::kNoValue);
    results.insert(results.end(), second.begin(), second.end());
  }
  bool reads = b.pick(0, 1) == 1;
  for (const ValueId id : results) {
    if (id == ir::kNoValue) continue;
    b.output(reads ? b.gemm(id, b.pick(1, 20)) : id);
    reads = false;
  }
}

}  // namespace

ir::Graph random_recurrent_network(std::uint64_t seed) {
  NetworkBuilder b(seed);
  const std::int64_t batch = b.pick(0, 5) == 0 ? b.pick(9, 40) : b.pick(1, 3);  // more than some accumulators
  add_layers(b, b.input({b.pick(1, 5), batch, b.pick(1, 20)}, DType::s16));
  return b.take();
}

ir::Graph random_real_recurrent_network(std::uint64_t seed) {
  RealNetworkBuilder b(seed);
  const std::int64_t batch = b.pick(0, 5) == 0 ? b.pick(9, 40) : b.pick(1, 3);
  add_layers(b, b.input({b.pick(1, 5), batch, b.pick(1, 20)}));
  return b.take();
}

}  // namespace nnp::test
