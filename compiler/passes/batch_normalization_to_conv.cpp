// SPDX-License-Identifier: Apache-2.0
// A BatchNormalization that stands alone (in front of a Conv, behind a Concat) becomes a depthwise Conv of
// one tap: a factor and a shift for each channel, rounded once. Of values that are no images, Mul and Add.
#include "compiler/passes/batch_affine.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;

ir::ValueId constant(Graph& graph, const std::string& name, ir::Shape shape,
                     const std::vector<double>& values) {
  return add_constant(
      graph, name, ir::Tensor::of<float>(std::move(shape), std::vector<float>(values.begin(), values.end())));
}

std::vector<Node> channelwise(Graph& graph, const Node& node, const Affine& affine) {
  const ir::Shape shape = graph.values[node.inputs[0]].shape;
  const auto channels = static_cast<std::int64_t>(affine.factor.size());
  const std::string factor = node.name + ".factor", shift = node.name + ".shift";
  if (shape.size() == 4) {
    ir::ConvAttributes conv;
    conv.group = channels;
    const ir::ValueId w = constant(graph, factor, {channels, 1, 1, 1}, affine.factor),
                      b = constant(graph, shift, {channels}, affine.shift);
    return {{Op::conv,
             node.name,
             {node.inputs[0], w, b},
             node.outputs,
             conv,
             node.clamp,
             false,
             node.onnx_nodes}};
  }
  ir::Shape along(shape.size() - 1, 1);  // axis 1 of the value
  along[0] = channels;
  const ir::ValueId w = constant(graph, factor, along, affine.factor),
                    b = constant(graph, shift, along, affine.shift),
                    scaled = add_float(graph, node.name + ".scaled", shape);
  return {{Op::mul,
           unique_name(graph, node.name + ".mul"),
           {node.inputs[0], w},
           {scaled},
           {},
           {},
           false,
           node.onnx_nodes},
          {Op::add, node.name, {scaled, b}, node.outputs, {}, node.clamp, false, node.onnx_nodes}};
}

}  // namespace

void batch_normalization_to_conv(Graph& graph) {
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    const bool alone = node.op == Op::batch_normalization && graph.values[node.inputs[0]].shape.size() > 1;
    const std::optional<Affine> affine = alone ? affine_of(graph, node) : std::nullopt;
    if (!affine) {
      nodes.push_back(node);
      continue;
    }
    for (Node& made : channelwise(graph, node, *affine)) nodes.push_back(std::move(made));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace nnp::compiler
