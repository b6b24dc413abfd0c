// SPDX-License-Identifier: Apache-2.0
// Which values are 16 bit, and which must share one scale.
#include "compiler/quantize/plan.h"

#include <algorithm>
#include <numeric>

#include "compiler/ir/recurrent.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/integer_choice.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Values of the node that carry codes, results last.
std::vector<ValueId> activations(const Graph& graph, const Node& node) {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (is_activation_input(graph, node, i)) ids.push_back(node.inputs[i]);
  }
  for (const ValueId id : node.outputs) {
    if (id != ir::kNoValue) ids.push_back(id);
  }
  return ids;
}

/// What a layer's precision asks of the values it makes, and of floats that it reads.
std::vector<bool> asked_widths(const Graph& graph, const std::vector<bool>& integer,
                               const LayerPrecisions& precisions) {
  std::vector<bool> wide(graph.values.size());
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const LayerPrecision precision = precisions.of(node);
    if (!integer[i]) continue;
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (is_activation_input(graph, node, k) && precision != LayerPrecision::int8)
        wide[node.inputs[k]] = true;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    for (const ValueId id : graph.nodes[i].outputs)
      if (integer[i] && id != ir::kNoValue) wide[id] = precisions.of(graph.nodes[i]) != LayerPrecision::int8;
  return wide;
}

/// The far side of a conversion between the scale of an LSTM's cell and others (cell_states.h): of an LSTM,
/// what its initial state is made of; of a Clip behind an LSTM's last state, its result.
ValueId converted_cell(const Graph& graph, const Node& node, const std::vector<std::size_t>& makers) {
  using namespace ir::recurrent_input;
  using namespace ir::recurrent_output;
  const auto maker = [&](ValueId id) -> const Node* {
    return id == ir::kNoValue || makers[id] == kNoNode ? nullptr : &graph.nodes[makers[id]];
  };
  if (node.op == Op::lstm && node.inputs.size() > kInitialC) {
    const Node* conversion = maker(node.inputs[kInitialC]);
    return conversion != nullptr && is_clamp(conversion->op) ? conversion->inputs[0] : ir::kNoValue;
  }
  if (!is_clamp(node.op)) return ir::kNoValue;
  const Node* lstm = maker(node.inputs[0]);
  const bool is_cell = lstm != nullptr && lstm->op == Op::lstm && lstm->outputs.size() > kLastC &&
                       lstm->outputs[kLastC] == node.inputs[0];
  return is_cell ? node.outputs[0] : ir::kNoValue;
}

/// RNNs, GRUs and LSTMs work on s16; Conv and Gemm of s16 give s16; every other operation has one width for
/// all its values. What the model prescribes stays.
std::vector<bool> wide_values(const Graph& graph, const std::vector<bool>& integer,
                              const LayerPrecisions& precisions, const Prescription& prescription) {
  std::vector<bool> wide = asked_widths(graph, integer, precisions);
  for (ValueId id = 0; id < wide.size(); ++id)
    if (prescription.has(id)) wide[id] = prescription.values[id]->type == ir::DType::s16;
  const auto makers = producers(graph);
  for (bool changed = true; changed;) {
    changed = false;
    const auto widen = [&](ValueId id) {
      if (prescription.has(id)) return;
      changed |= !wide[id];
      wide[id] = true;
    };
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      if (!integer[i] || precisions.of(node) == LayerPrecision::as_model) continue;
      const std::vector<ValueId> ids = activations(graph, node);
      if (node.op == Op::matmul) continue;  // 8 bit, or it is refused
      if (node.op == Op::conv || node.op == Op::gemm) {
        if (wide[node.inputs[0]]) widen(node.outputs[0]);
        continue;
      }
      // What becomes an initial cell state is 16 bit before it is converted too, a last one behind it.
      if (const ValueId id = converted_cell(graph, node, makers); id != ir::kNoValue) widen(id);
      if (mixes_widths(node.op)) continue;
      bool any = ir::is_recurrent(node.op);
      for (const ValueId id : ids) any |= wide[id];
      for (const ValueId id : ids) {
        if (any) widen(id);
      }
    }
  }
  return wide;
}

/// Union-find over values; the smallest id represents.
class Classes {
 public:
  explicit Classes(std::size_t size) : parent_(size) {
    std::iota(parent_.begin(), parent_.end(), ValueId{0});
  }
  ValueId find(ValueId id) const {
    while (parent_[id] != id) id = parent_[id];
    return id;
  }
  void join(ValueId a, ValueId b) {
    const ValueId x = find(a), y = find(b);
    parent_[std::max(x, y)] = std::min(x, y);
  }

 private:
  std::vector<ValueId> parent_;
};

/// What a DequantizeLinear makes of the codes of an integer layer's result are that result.
void join_codes(const Graph& graph, const std::vector<bool>& integer, const Prescription& prescription,
                Classes& classes) {
  const auto makers = producers(graph);
  for (const Node& node : graph.nodes) {
    if (node.op != Op::dequantize_linear || makers[node.inputs[0]] == kNoNode) continue;
    const ValueId x = graph.nodes[makers[node.inputs[0]]].inputs[0];
    if (makers[x] != kNoNode && integer[makers[x]] && prescription.has(x)) classes.join(x, node.outputs[0]);
  }
}

bool shares_scale(Op op) { return moves_codes(op) || op == Op::max_pool; }

/// x and h share one scale, the states of an LSTM's cell another.
void join_recurrent(const Node& node, Classes& classes) {
  const auto at = [](const std::vector<ValueId>& ids, std::size_t i) {
    return i < ids.size() ? ids[i] : ir::kNoValue;
  };
  using namespace ir::recurrent_input;
  using namespace ir::recurrent_output;
  for (const ValueId h : {at(node.inputs, kInitialH), at(node.outputs, kY), at(node.outputs, kLastH)})
    if (h != ir::kNoValue) classes.join(node.inputs[kX], h);
  const ValueId before = at(node.inputs, kInitialC), after = at(node.outputs, kLastC);
  if (before != ir::kNoValue && after != ir::kNoValue) classes.join(before, after);
}

}  // namespace

bool mixes_widths(Op op) {
  return op == Op::unary || op == Op::binary || op == Op::reduce || op == Op::softmax ||
         op == Op::layer_normalization || op == Op::instance_normalization || op == Op::lrn ||
         op == Op::cast || is_clamp(op);
}

bool is_activation_input(const Graph& graph, const Node& node, std::size_t input) {
  if (node.inputs[input] == ir::kNoValue) return false;
  const auto constant = [&](std::size_t i) { return graph.values[node.inputs[i]].constant.has_value(); };
  switch (node.op) {
    case Op::concat:
      return true;
    case Op::add:
    case Op::mul: {
      const bool formula = graph.values[node.inputs[0]].shape == graph.values[node.inputs[1]].shape;
      return input < 2 && (formula || !constant(input));
    }
    case Op::matmul:
      return true;
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return input == ir::recurrent_input::kX || input >= ir::recurrent_input::kInitialH;  // peepholes too
    case Op::binary:
    case Op::softmax:
      return input < 2 && !constant(input);
    default:
      return input == 0;
  }
}

Plan make_plan(const Graph& graph, const LayerPrecisions& precisions, const Prescription& prescription) {
  Plan plan;
  std::vector<bool> refused(graph.nodes.size());
  for (bool again = true; again;) {  // a product of activations has no 16-bit form
    plan.integer = integer_nodes(graph, precisions, prescription, refused);
    plan.wide = wide_values(graph, plan.integer, precisions, prescription);
    again = false;
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      const Node& node = graph.nodes[i];
      if (!plan.integer[i] || node.op != Op::matmul || refused[i]) continue;
      if (plan.wide[node.inputs[0]] || plan.wide[node.inputs[1]]) refused[i] = again = true;
    }
  }
  plan.symmetric.assign(graph.values.size(), false), plan.stationary = plan.symmetric;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!plan.integer[i] || graph.nodes[i].op != Op::matmul) continue;
    plan.symmetric[graph.nodes[i].inputs[0]] = true;
    plan.stationary[graph.nodes[i].inputs[1]] = true;
  }
  Classes classes(graph.values.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (plan.integer[i] && ir::is_recurrent(node.op)) join_recurrent(node, classes);
    if (!plan.integer[i] || !shares_scale(node.op)) continue;
    for (std::size_t k = 0; k < (node.op == Op::concat ? node.inputs.size() : 1); ++k)
      classes.join(node.inputs[k], node.outputs[0]);
  }
  join_codes(graph, plan.integer, prescription, classes);
  for (ValueId id = 0; id < graph.values.size(); ++id) plan.scale_of.push_back(classes.find(id));
  return plan;
}

}  // namespace nnp::compiler
