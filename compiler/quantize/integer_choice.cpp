// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/integer_choice.h"

#include <algorithm>

#include "compiler/ir/recurrent.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/plan.h"

namespace nnp::compiler {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

bool moves_codes(Op op) {
  return is_reshape_like(op) || op == Op::transpose || op == Op::slice || op == Op::expand ||
         op == Op::concat || op == Op::pad || op == Op::resize;
}

namespace {

bool constant_operand(const Graph& graph, const Node& node) {
  return graph.values[node.inputs[0]].constant || graph.values[node.inputs[1]].constant;
}

/// Which nodes become integer.
class Choice {
 public:
  Choice(const Graph& graph, const LayerPrecisions& precisions, const Prescription& prescription,
         const std::vector<bool>& refused)
      : graph_(graph), precisions_(precisions), prescription_(prescription), refused_(refused) {}

  std::vector<bool> run() {
    const auto makers = producers(graph_);
    std::vector<bool> integer(graph_.nodes.size());
    codes_.assign(graph_.values.size(), false);
    for (ValueId id = 0; id < codes_.size(); ++id)
      codes_[id] = makers[id] != kNoNode && graph_.nodes[makers[id]].op == Op::dequantize_linear;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      integer[i] = becomes_integer(i);
      for (const ValueId id : graph_.nodes[i].outputs)
        if (integer[i] && id != ir::kNoValue) codes_[id] = true;
    }
    return integer;
  }

 private:
  bool is_constant(ValueId id) const { return graph_.values[id].constant.has_value(); }

  bool becomes_integer(std::size_t i) const {
    const Node& node = graph_.nodes[i];
    const LayerPrecision precision = precisions_.of(node);
    if (node.inputs.empty() || node.inputs[0] == ir::kNoValue || precision == LayerPrecision::real ||
        node.op == Op::quantize_linear || node.op == Op::dequantize_linear ||
        !chip_has_operation(graph_, node))
      return false;
    if (moves_codes(node.op)) return moves_integers(node);
    return precision == LayerPrecision::as_model ? as_the_model_says(node)
                                                 : may_be_integer(node, refused_[i]);
  }

  /// Moves follow their input: codes stay codes, floats floats.
  bool moves_integers(const Node& node) const {
    const auto has_codes = [&](ValueId id) { return codes_[id]; };
    if (precisions_.of(node) != LayerPrecision::as_model)
      return std::any_of(node.inputs.begin(), node.inputs.end(), has_codes);
    return codes_[node.inputs[0]] && (node.op != Op::concat || operands_have_codes(node));
  }

  /// If it has an input that is computed.
  bool may_be_integer(const Node& node, bool refused) const {
    const ValueId in = node.inputs[0];
    bool computed = false;
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      computed |= is_activation_input(graph_, node, k) && !is_constant(node.inputs[k]);
    const bool product = node.op == Op::conv || node.op == Op::gemm || ir::is_recurrent(node.op);
    if (node.op == Op::matmul && (constant_operand(graph_, node) || refused)) return false;
    return computed && !(product && is_constant(in)) && graph_.values[in].type == ir::DType::f32;
  }

  bool as_the_model_says(const Node& node) const {
    switch (node.op) {
      case Op::conv:
      case Op::gemm:
        return codes_[node.inputs[0]] && prescription_.has(node.inputs[0]) &&
               prescription_.values[node.inputs[0]]->type == ir::DType::u8 &&
               prescribed_weight_scales(graph_, node).has_value();
      case Op::matmul:
        for (const std::size_t k : {0u, 1u}) {
          const ValueId id = node.inputs[k];
          if (!codes_[id] || !prescription_.has(id) || !fits_product(*prescription_.values[id], k))
            return false;
        }
        return true;
      case Op::rnn:
      case Op::gru:
      case Op::lstm:
        return false;
      default:
        if (precisions_.results_are_real && !prescription_.has(node.outputs[0])) return false;
        return operands_have_codes(node);
    }
  }

  bool operands_have_codes(const Node& node) const {
    bool any = false;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (!is_activation_input(graph_, node, k) || is_constant(node.inputs[k])) continue;
      if (!codes_[node.inputs[k]]) return false;
      any = true;
    }
    return any;
  }

  const Graph& graph_;
  const LayerPrecisions& precisions_;
  const Prescription& prescription_;
  const std::vector<bool>& refused_;
  std::vector<bool> codes_;  // by value: as codes on the chip
};

}  // namespace

std::vector<bool> integer_nodes(const Graph& graph, const LayerPrecisions& precisions,
                                const Prescription& prescription, const std::vector<bool>& refused) {
  return Choice(graph, precisions, prescription, refused).run();
}

}  // namespace nnp::compiler
