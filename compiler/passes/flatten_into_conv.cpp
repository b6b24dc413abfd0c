// SPDX-License-Identifier: Apache-2.0
// Flatten([N, C, H, W]) + Gemm becomes a Conv whose kernel covers the image. The device keeps channels last,
// so flattening there would be a move of data; a kernel of H x W reads the same elements where they lie. Left
// alone where the elements lie in the same order anyway (H = W = 1) and where the image is a graph input,
// which the host flattens for nothing.
#include "compiler/passes/constant_evaluator.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;

/// The image [N, C, H, W] that this Gemm reads as [N, C * H * W], or kNoValue.
ir::ValueId flattened_image(const Graph& graph, const Node& gemm, const std::vector<std::size_t>& makers) {
  const std::size_t maker = makers[gemm.inputs[0]];
  if (maker == kNoNode || !is_reshape_like(graph.nodes[maker].op)) return ir::kNoValue;
  const ir::ValueId image = graph.nodes[maker].inputs[0];
  const Shape &from = graph.values[image].shape, &to = graph.values[gemm.inputs[0]].shape;
  const bool flattens = from.size() == 4 && to.size() == 2 && from[0] == to[0];
  return flattens && from[2] * from[3] > 1 && !is_graph_input(graph, image) ? image : ir::kNoValue;
}

bool is_canonical(const Graph& graph, const Node& node) {
  if (node.op != Op::gemm || constant_input(graph, node, 1) == nullptr) return false;
  const auto& attributes = std::get<ir::GemmAttributes>(node.attributes);
  const bool bias_fits = node.inputs.size() < 3 || constant_input(graph, node, 2) != nullptr;
  return attributes.alpha == 1 && attributes.beta == 1 && !attributes.transpose_a &&
         !attributes.transpose_b && bias_fits;
}

}  // namespace

void flatten_into_conv(Graph& graph) {
  const auto makers = producers(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_canonical(graph, graph.nodes[i])) continue;
    const ir::ValueId image = flattened_image(graph, graph.nodes[i], makers);
    if (image == ir::kNoValue) continue;
    const Shape shape = graph.values[image].shape;
    const ir::ValueId out = graph.nodes[i].outputs[0];
    const std::int64_t filters = graph.values[out].shape[1];

    ir::Tensor weights = transposed(*constant_input(graph, graph.nodes[i], 1), {1, 0});  // [N, C * H * W]
    weights.reshape({filters, shape[1], shape[2], shape[3]});
    const std::string name = graph.nodes[i].name;
    const ir::ValueId kernel = add_constant(graph, name + ".kernel", std::move(weights));
    carry_quant(graph, graph.nodes[i].inputs[1], kernel, {1, 0});
    const ir::ValueId pixels = add_float(graph, name + ".pixels", {shape[0], filters, 1, 1});

    Node& conv = graph.nodes[i];
    ir::ConvAttributes attributes;
    attributes.kernel[0] = shape[2];
    attributes.kernel[1] = shape[3];
    conv.op = Op::conv;
    conv.attributes = attributes;
    conv.inputs[0] = image;
    conv.inputs[1] = kernel;
    conv.outputs[0] = pixels;
    Node flatten{Op::flatten,
                 unique_name(graph, name + ".flatten"),
                 {pixels},
                 {out},
                 ir::AxisAttributes{1},
                 {},
                 false,
                 conv.onnx_nodes};
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i) + 1, std::move(flatten));
    return flatten_into_conv(graph);  // indices moved
  }
}

}  // namespace nnp::compiler
