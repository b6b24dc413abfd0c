// SPDX-License-Identifier: Apache-2.0
// Casts where layers of different precision, or values of different scale, meet.
#include "compiler/quantize/borders.h"

#include <algorithm>

#include "compiler/ir/recurrent.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/plan.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Whose operands and results must be of one width (Add, Mul, Sigmoid and Tanh work by reals where they
/// differ).
bool has_one_width(const Node& node) {
  return keeps_codes(node) || node.op == Op::average_pool || node.op == Op::global_average_pool;
}

bool is_wide(LayerPrecision precision) {
  return precision == LayerPrecision::int8x16 || precision == LayerPrecision::as_model;
}

class Inserter {
 public:
  Inserter(Graph& graph, QuantizationTask& task) : task_(task), graph_(graph) {}

  void run() {
    note_makers();
    copy_floats_of_two_widths();
    std::vector<Node> old = std::move(graph_.nodes);
    graph_.nodes.clear();
    later_ = &old;
    for (Node& node : old) {
      casts_behind_.clear();
      if (task_.precisions.of(node) != LayerPrecision::real) treat(node);
      graph_.nodes.push_back(std::move(node));
      std::ranges::move(casts_behind_, std::back_inserter(graph_.nodes));
    }
  }

 private:
  LayerPrecision of(const Node& node) const { return task_.precisions.of(node); }
  const std::optional<CodeFormat>& format(ValueId id) const { return task_.prescription.values[id]; }
  bool is_constant(ValueId id) const { return graph_.values[id].constant.has_value(); }

  void note_makers() {
    for (const Node& node : graph_.nodes)
      for (const ValueId id : node.outputs)
        if (id != ir::kNoValue) maker_of_[id] = {node.op, of(node)};
  }

  /// Whether a value's codes will have 16 bits; nothing where it is float (or nobody knows).
  std::optional<bool> wide(ValueId id) const {
    if (format(id)) return format(id)->type == ir::DType::s16;
    const auto maker = maker_of_.find(id);
    if (maker == maker_of_.end() || maker->second.second == LayerPrecision::real) return std::nullopt;
    if (ir::is_recurrent(maker->second.first))
      return std::nullopt;  // 16 bits, which its neighbours take over
    return is_wide(maker->second.second);
  }

  /// A float that layers of both widths read, one of them a copy.
  void copy_floats_of_two_widths() {
    const auto makers = producers(graph_);
    for (ValueId id = 0, count = static_cast<ValueId>(graph_.values.size()); id < count; ++id) {
      const bool is_float = makers[id] == kNoNode || of(graph_.nodes[makers[id]]) == LayerPrecision::real;
      if (!is_float || format(id) || is_constant(id)) continue;
      bool wide_reader = false, narrow_reader = false;
      for (const Node& node : graph_.nodes) {
        if (std::ranges::find(node.inputs, id) == node.inputs.end()) continue;
        wide_reader |= of(node) == LayerPrecision::int8x16, narrow_reader |= of(node) == LayerPrecision::int8;
      }
      if (wide_reader && narrow_reader) copy_for_wide_readers(id, makers[id]);
    }
  }

  void copy_for_wide_readers(ValueId id, std::size_t maker) {
    const std::string name = unique_name(graph_, graph_.values[id].name + ".copy");
    const ValueId copy = add_value(name, id);
    for (Node& node : graph_.nodes)
      if (of(node) == LayerPrecision::int8x16) std::ranges::replace(node.inputs, id, copy);
    task_.precisions.layers[name] = LayerPrecision::real;
    const auto place = maker == kNoNode ? 0 : static_cast<std::ptrdiff_t>(maker) + 1;
    graph_.nodes.insert(graph_.nodes.begin() + place, {Op::identity, name, {id}, {copy}, {}, {}, false, {}});
  }

  // ---- one node

  void treat(Node& node) {
    if (node.inputs.empty() || node.op == Op::quantize_linear || node.op == Op::dequantize_linear) return;
    if (ir::is_recurrent(node.op) && of(node) == LayerPrecision::as_model)
      return;  // the model has it in floats
    if (keeps_codes(node))
      treat_move(node);
    else if (node.op == Op::matmul)
      treat_product(node);
    else if (has_one_width(node) || is_16_bit(node))
      treat_width(node);
    else if (of(node) == LayerPrecision::int8 && !mixes_widths(node.op))
      narrow_operands(node);
  }

  /// LSTMs, and what is asked for with 16-bit activations: no prescribed 8 bits inside.
  bool is_16_bit(const Node& node) const {
    const bool sums = node.op == Op::conv || node.op == Op::gemm;  // they take 8 bits and may give 16
    return ir::is_recurrent(node.op) ||
           (of(node) == LayerPrecision::int8x16 && !sums && !mixes_widths(node.op));
  }

  void treat_move(Node& node) {
    const std::size_t operands = node.op == Op::concat ? node.inputs.size() : 1;
    const ValueId y = node.outputs[0];
    const bool at_inputs = node.op == Op::concat || node.op == Op::pad;
    for (std::size_t i = 0; i < operands; ++i) {
      const ValueId x = node.inputs[i];
      if (is_constant(x) || fits(x, y, node)) continue;
      if (at_inputs)
        cast_input(node, i, format(y));
      else
        cast_output(node, format(x));
    }
  }

  /// Whether a move may join the two values' scales.
  bool fits(ValueId x, ValueId y, const Node& node) const {
    if (format(x) || format(y)) return format(x) == format(y) || !(wide(x) && (format(y) || wide(y)));
    return !wide(x) || *wide(x) == is_wide(of(node));
  }

  void treat_width(Node& node) {
    const ValueId y = node.outputs[0];
    bool want = is_16_bit(node) || wide(y).value_or(false);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      want |= is_operand(node, i) && wide(node.inputs[i]).value_or(false);
    want &= of(node) != LayerPrecision::int8 || ir::is_recurrent(node.op);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (is_operand(node, i) && wide(node.inputs[i]).value_or(want) != want) cast_input(node, i, {});
    if (format(y) && *wide(y) != want) cast_output(node, {});
  }

  bool is_operand(const Node& node, std::size_t i) const {
    return is_activation_input(graph_, node, i) && !is_constant(node.inputs[i]);
  }

  /// int8 was asked for, the operand has 16 bits.
  void narrow_operands(Node& node) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (is_operand(node, i) && wide(node.inputs[i]).value_or(false)) cast_input(node, i, {});
  }

  void treat_product(Node& node) {
    if (of(node) != LayerPrecision::int8) return;
    for (const std::size_t i : {0u, 1u}) {
      const auto& operand = format(node.inputs[i]);
      const bool cannot = operand && !fits_product(*operand, i);
      if (cannot || wide(node.inputs[i]).value_or(false)) cast_input(node, i, {});
    }
  }

  // ---- casts

  ValueId add_value(const std::string& name, ValueId like) {
    const ValueId made = add_float(graph_, name, graph_.values[like].shape);
    task_.prescription.values.resize(graph_.values.size());
    return made;
  }

  std::string fresh(const std::string& wanted) const {
    std::string name = unique_name(graph_, wanted);
    while (std::ranges::any_of(*later_, [&](const Node& node) { return node.name == name; })) name += "_";
    return name;
  }

  Node cast(const Node& of_node, ValueId from, ValueId to) {
    const std::string name = fresh(of_node.name + ".cast");
    task_.precisions.layers[name] = of(of_node);
    return {Op::cast, name, {from}, {to}, {}, {}, false, of_node.onnx_nodes};
  }

  void cast_input(Node& node, std::size_t i, const std::optional<CodeFormat>& to) {
    const ValueId made = add_value(graph_.values[node.inputs[i]].name + ".cast", node.inputs[i]);
    task_.prescription.values[made] = to;
    maker_of_[made] = {Op::cast, of(node)};
    graph_.nodes.push_back(cast(node, node.inputs[i], made));
    node.inputs[i] = made;
  }

  void cast_output(Node& node, const std::optional<CodeFormat>& from) {
    const ValueId result = node.outputs[0];
    const ValueId made = add_value(graph_.values[result].name + ".uncast", result);
    task_.prescription.values[made] = from;
    maker_of_[made] = {node.op, of(node)};
    casts_behind_.push_back(cast(node, made, result));
    node.outputs[0] = made;
  }

  QuantizationTask& task_;
  Graph& graph_;
  std::map<ValueId, std::pair<Op, LayerPrecision>> maker_of_;
  const std::vector<Node>* later_ = nullptr;
  std::vector<Node> casts_behind_;
};

}  // namespace

void insert_borders(Graph& graph, QuantizationTask& task) { Inserter(graph, task).run(); }

}  // namespace nnp::compiler
