// SPDX-License-Identifier: Apache-2.0
// Float graph -> the graph that a chip of real numbers runs.
#include <algorithm>

#include "compiler/ir/real.h"
#include "compiler/ir/recurrent.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Puts bf16 values in the place of floats wherever the chip works on them.
class ToBf16 {
 public:
  using Wanted = std::function<bool(const Node&)>;
  ToBf16(const Graph& source, const Wanted& wanted)
      : source_(source), wanted_(wanted), halves_(source.values.size(), ir::kNoValue) {}

  Graph run() {
    result_ = source_;
    result_.nodes.clear();
    for (const Node& node : source_.nodes) {
      if (on_chip(node))
        add_chip_node(node);
      else
        result_.nodes.push_back(node);
    }
    return std::move(result_);
  }

 private:
  bool on_chip(const Node& node) const {
    const bool renames = is_reshape_like(node.op) || node.op == Op::transpose;
    if (renames && halves_[node.inputs[0]] == ir::kNoValue) return false;  // follows its input
    return wanted_(node) && chip_has_operation(source_, node) &&
           chip_takes_types(source_, node, isa::Precision::fp32);
  }

  /// The bias, and what says how (bounds, shapes), stays as it is.
  bool is_operand(const Node& node, std::size_t input) const {
    switch (node.op) {
      case Op::concat:
        return true;
      case Op::binary:  // the vector unit takes constants as floats
      case Op::softmax:
        return input < 2 && !source_.values[node.inputs[input]].constant;
      case Op::lstm:
      case Op::gru:
      case Op::rnn:
        return input != ir::recurrent_input::kBias && input != ir::recurrent_input::kPeepholes;
      case Op::conv:
      case Op::gemm:
      case Op::matmul:
      case Op::add:
      case Op::mul:
        return input < 2;
      default:
        return input == 0;
    }
  }

  void add_chip_node(Node node) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (node.inputs[i] != ir::kNoValue && is_operand(node, i)) node.inputs[i] = half_of(node.inputs[i]);
    std::vector<ValueId> floats;
    for (ValueId& id : node.outputs) {
      if (id == ir::kNoValue) continue;
      floats.push_back(id);
      id = halves_[id] = add_half(id);
    }
    result_.nodes.push_back(std::move(node));
    for (const ValueId id : floats) cast(halves_[id], id);  // dead where nobody wants floats
  }

  ValueId add_half(ValueId id) {
    const ir::Value& value = source_.values[id];
    const ValueId half = add_float(result_, value.name + ".bf16", value.shape);
    result_.values[half].type = DType::bf16;
    return half;
  }

  ValueId half_of(ValueId id) {
    if (halves_[id] != ir::kNoValue) return halves_[id];
    if (const auto& constant = source_.values[id].constant)
      return halves_[id] = add_constant(result_, source_.values[id].name + ".bf16", ir::to_bf16(*constant));
    halves_[id] = add_half(id);
    cast(id, halves_[id]);
    return halves_[id];
  }

  void cast(ValueId from, ValueId to) {
    result_.nodes.push_back(
        {Op::cast, unique_name(result_, result_.values[to].name + ".cast"), {from}, {to}, {}, {}, false, {}});
  }

  const Graph& source_;
  const Wanted& wanted_;
  Graph result_;
  std::vector<ValueId> halves_;  // by source value: where it is bf16
};

}  // namespace

void lower_to_bf16(Graph& graph, const std::function<bool(const Node&)>& wanted) {
  graph = ToBf16(graph, wanted).run();
  remove_dead_nodes(graph);
}

Graph lower_to_real(const Graph& optimised, isa::Precision precision) {
  Graph graph = optimised;
  canonicalise_products(graph);  // nothing is left to do behind optimise()
  if (precision == isa::Precision::bf16) lower_to_bf16(graph, [](const Node&) { return true; });
  for (ir::Value& value : graph.values)  // what codes a constant was made of is past
    if (value.type == DType::f32 || (value.type == DType::i32 && value.constant)) value.quant.reset();
  remove_dead_nodes(graph);
  return graph;
}

}  // namespace nnp::compiler
