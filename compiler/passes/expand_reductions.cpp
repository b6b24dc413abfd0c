// SPDX-License-Identifier: Apache-2.0
// Reductions that the vector unit has not in one instruction, of floats, by those it has: ReduceL2 is the
// root of ReduceSumSquare, ReduceLogSum the logarithm of ReduceSum, ReduceLogSumExp m + log(sum(exp(x - m)))
// with m the row's maximum. Each step rounds to float32, so a sum of squares beyond its range is infinite,
// and a row of nothing but infinities gives NaN.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ReduceFunction;
using ir::UnaryFunction;
using ir::ValueId;

class Expansion {
 public:
  Expansion(Graph& graph, const Node& node)
      : graph_(graph), node_(node), reduce_(std::get<ir::ReduceAttributes>(node.attributes)) {}

  std::vector<Node> nodes() {
    const ValueId x = node_.inputs[0], result = node_.outputs[0];
    const ir::Shape row = graph_.values[result].shape;
    switch (reduce_.function) {
      case ReduceFunction::l2:
        root_of(reduced(ReduceFunction::sum_square, ".sum_square", x, row, reduce_.keepdims),
                UnaryFunction::sqrt, ".sqrt", result);
        break;
      case ReduceFunction::log_sum:
        root_of(reduced(ReduceFunction::sum, ".sum", x, row, reduce_.keepdims), UnaryFunction::log, ".log",
                result);
        break;
      default:
        log_sum_exp(x, row, result);
    }
    made_.back().clamp = node_.clamp;
    return std::move(made_);
  }

 private:
  void log_sum_exp(ValueId x, const ir::Shape& row, ValueId result) {
    const ir::Shape whole = graph_.values[x].shape;
    ir::Shape kept = whole;
    for (const std::int64_t axis : reduce_.axes) kept[static_cast<std::size_t>(axis)] = 1;
    const ValueId most = reduced(ReduceFunction::max, ".max", x, kept, true), rest = value(".rest", whole),
                  powers = value(".powers", whole), log = value(".log", kept);
    add(Op::binary, ".sub", {x, most}, rest, ir::BinaryAttributes{ir::BinaryFunction::sub});
    add(Op::unary, ".exp", {rest}, powers, ir::UnaryAttributes{UnaryFunction::exp, 0, 0});
    root_of(reduced(ReduceFunction::sum, ".sum", powers, kept, true), UnaryFunction::log, ".log", log);
    if (row == kept) return add(Op::add, ".add", {log, most}, result, {});
    const ValueId sum = value(".add", kept);
    add(Op::add, ".add", {log, most}, sum, {});
    add(Op::reshape, ".squeeze", {sum}, result, {});
  }

  ValueId reduced(ReduceFunction function, const char* suffix, ValueId x, const ir::Shape& shape,
                  bool keepdims) {
    const ValueId y = value(suffix, shape);
    add(Op::reduce, suffix, {x}, y, ir::ReduceAttributes{function, reduce_.axes, keepdims});
    return y;
  }
  void root_of(ValueId x, UnaryFunction function, const char* suffix, ValueId y) {
    add(Op::unary, suffix, {x}, y, ir::UnaryAttributes{function, 0, 0});
  }
  ValueId value(const char* suffix, ir::Shape shape) {
    return add_float(graph_, node_.name + suffix, std::move(shape));
  }
  void add(Op op, const char* suffix, std::vector<ValueId> inputs, ValueId output,
           ir::Attributes attributes) {
    made_.push_back({op,
                     unique_name(graph_, node_.name + suffix),
                     std::move(inputs),
                     {output},
                     std::move(attributes),
                     {},
                     false,
                     node_.onnx_nodes});
  }

  Graph& graph_;
  const Node& node_;
  const ir::ReduceAttributes& reduce_;
  std::vector<Node> made_;
};

bool expands(const Graph& graph, const Node& node) {
  if (node.op != Op::reduce || graph.values[node.inputs[0]].type != ir::DType::f32 ||
      ir::element_count(graph.values[node.inputs[0]].shape) == 0)
    return false;
  const auto& reduce = std::get<ir::ReduceAttributes>(node.attributes);
  return !reduce.axes.empty() &&
         (reduce.function == ReduceFunction::l2 || reduce.function == ReduceFunction::log_sum ||
          reduce.function == ReduceFunction::log_sum_exp);
}

}  // namespace

void expand_reductions(Graph& graph) {
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    if (expands(graph, node))
      std::ranges::move(Expansion(graph, node).nodes(), std::back_inserter(nodes));
    else
      nodes.push_back(node);
  }
  graph.nodes = std::move(nodes);
}

}  // namespace nnp::compiler
