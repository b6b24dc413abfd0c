// SPDX-License-Identifier: Apache-2.0
// A LayerNormalization that is asked for its mean and its inverse deviation keeps only Y; nodes of their own
// make the statistics: ReduceMean, and rsqrt of the mean square of what is left, plus epsilon.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

class Statistics {
 public:
  Statistics(Graph& graph, const Node& node)
      : graph_(graph), node_(node), shape_(graph.values[node.inputs[0]].shape) {
    const std::int64_t first = std::get<ir::NormalizationAttributes>(node.attributes).axis;
    row_ = shape_;
    mean_.function = ir::ReduceFunction::mean;
    for (std::int64_t axis = first; axis < std::ssize(shape_); ++axis)
      mean_.axes.push_back(axis), row_[static_cast<std::size_t>(axis)] = 1;
  }

  std::vector<Node> nodes() {
    const float epsilon = std::get<ir::NormalizationAttributes>(node_.attributes).epsilon;
    const ValueId x = node_.inputs[0], mean = wanted(1) ? node_.outputs[1] : value(".mean", row_);
    add(Op::reduce, ".reduce", {x}, mean, mean_);
    if (wanted(2)) {
      const ValueId rest = value(".rest", shape_), square = value(".square", shape_),
                    variance = value(".variance", row_), sum = value(".sum", row_),
                    constant = add_constant(graph_, node_.name + ".epsilon",
                                            ir::Tensor::of<float>({}, {&epsilon, 1}));
      add(Op::binary, ".sub", {x, mean}, rest, ir::BinaryAttributes{ir::BinaryFunction::sub});
      add(Op::mul, ".mul", {rest, rest}, square, {});
      add(Op::reduce, ".mean_square", {square}, variance, mean_);
      add(Op::add, ".add", {variance, constant}, sum, {});
      add(Op::unary, ".rsqrt", {sum}, node_.outputs[2], ir::UnaryAttributes{ir::UnaryFunction::rsqrt, 0, 0});
    }
    return std::move(made_);
  }

 private:
  bool wanted(std::size_t i) const { return i < node_.outputs.size() && node_.outputs[i] != ir::kNoValue; }
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
  ir::Shape shape_, row_;
  ir::ReduceAttributes mean_;
  std::vector<Node> made_;
};

}  // namespace

void split_normalization_statistics(Graph& graph) {
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    const bool asked = node.op == Op::layer_normalization &&
                       graph.values[node.inputs[0]].type == ir::DType::f32 &&
                       std::any_of(node.outputs.begin() + 1, node.outputs.end(),
                                   [](ValueId id) { return id != ir::kNoValue; });
    nodes.push_back(node);
    if (!asked) continue;
    nodes.back().outputs.resize(1);
    std::ranges::move(Statistics(graph, node).nodes(), std::back_inserter(nodes));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace nnp::compiler
