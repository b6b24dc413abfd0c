// SPDX-License-Identifier: Apache-2.0
// MatMul and Gemm with a constant right side become one form: Gemm, alpha = beta = 1, nothing transposed, b
// [K, N], bias [N]. An Add of a constant per column behind it joins the bias. A left side of rank 4 is
// flattened to rows first: the device takes axis 1 of rank 4 for the channels, a Gemm's channels are its last
// axis.
#include <algorithm>

#include "compiler/passes/constant_evaluator.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Tensor;
using ir::ValueId;

bool has_constant_matrix(const Graph& graph, const Node& node) {
  if (node.op != Op::gemm && node.op != Op::matmul) return false;
  const Tensor* b = constant_input(graph, node, 1);
  return b != nullptr && b->shape().size() == 2 && graph.values[node.inputs[0]].shape.size() >= 2;
}

Tensor scaled(Tensor tensor, float factor) {
  for (float& value : tensor.data<float>()) value *= factor;
  return tensor;
}

/// One value per column, or nothing when the tensor differs between rows.
std::optional<std::vector<float>> per_column(const Tensor& tensor, std::int64_t columns) {
  const auto data = tensor.data<float>();
  if (data.size() == 1) return std::vector<float>(static_cast<std::size_t>(columns), data[0]);
  if (static_cast<std::int64_t>(data.size()) != columns || tensor.shape().back() != columns)
    return std::nullopt;
  return std::vector<float>(data.begin(), data.end());
}

class Canonicaliser {
 public:
  explicit Canonicaliser(Graph& graph) : graph_(graph) {}

  void run() {
    std::vector<Node> old = std::move(graph_.nodes);
    graph_.nodes.clear();
    names_ = &old;
    for (Node& node : old) {
      if (has_constant_matrix(graph_, node))
        rewrite(node);
      else
        graph_.nodes.push_back(std::move(node));
    }
  }

 private:
  void rewrite(Node& node) {
    ir::GemmAttributes attributes;
    if (node.op == Op::gemm) attributes = std::get<ir::GemmAttributes>(node.attributes);
    if (attributes.transpose_a) transpose_left(node);
    if (attributes.transpose_b || attributes.alpha != 1) replace_right(node, attributes);
    node.op = Op::gemm;
    node.attributes = ir::GemmAttributes{};
    if (node.inputs.size() > 2 && node.inputs[2] != ir::kNoValue) {
      set_bias(node, attributes.beta);
    } else {
      node.inputs.resize(2);
      graph_.nodes.push_back(std::move(node));
    }
  }

  void transpose_left(Node& node) {
    const ir::Shape& a = graph_.values[node.inputs[0]].shape;
    const ValueId turned =
        add_float(graph_, graph_.values[node.inputs[0]].name + ".transposed", {a[1], a[0]});
    graph_.nodes.push_back({Op::transpose,
                            name(node.name + ".transpose_a"),
                            {node.inputs[0]},
                            {turned},
                            ir::TransposeAttributes{{1, 0}},
                            {},
                            false,
                            node.onnx_nodes});
    node.inputs[0] = turned;
  }

  void replace_right(Node& node, const ir::GemmAttributes& attributes) {
    const Tensor& b = *constant_input(graph_, node, 1);
    Tensor canonical = attributes.transpose_b ? transposed(b, {1, 0}) : b;
    const ValueId weights =
        add_constant(graph_, node.name + ".weights", scaled(std::move(canonical), attributes.alpha));
    using Axes = std::vector<std::int64_t>;
    carry_quant(graph_, node.inputs[1], weights, attributes.transpose_b ? Axes{1, 0} : Axes{0, 1},
                attributes.alpha);
    node.inputs[1] = weights;
  }

  /// The bias per column; where c differs between rows or is not constant, an Add behind the Gemm.
  void set_bias(Node& node, float beta) {
    const ValueId c = node.inputs[2], out = node.outputs[0];
    const ir::Shape shape = graph_.values[out].shape;
    const Tensor* constant = constant_input(graph_, node, 2);
    const auto bias = constant != nullptr ? per_column(*constant, shape.back()) : std::nullopt;
    node.inputs.resize(2);
    if (bias) {
      Tensor tensor = scaled(Tensor::of<float>({shape.back()}, *bias), beta);
      const bool as_it_is = beta == 1 && constant->shape() == tensor.shape();
      node.inputs.push_back(as_it_is ? c : add_constant(graph_, node.name + ".bias", std::move(tensor)));
      graph_.nodes.push_back(std::move(node));
      return;
    }
    const ValueId product = add_float(graph_, node.name + ".product", shape);
    ValueId addend = c;
    Node sum{Op::add, name(node.name + ".add"), {}, {out}, {}, node.clamp, false, node.onnx_nodes};
    if (beta != 1) {
      const ValueId factor = add_constant(graph_, node.name + ".beta", Tensor::of<float>({}, {&beta, 1}));
      addend = add_float(graph_, node.name + ".scaled_c", graph_.values[c].shape);
      graph_.nodes.push_back(
          {Op::mul, name(node.name + ".mul"), {c, factor}, {addend}, {}, {}, false, node.onnx_nodes});
    }
    sum.inputs = {product, addend};
    node.outputs[0] = product;
    node.clamp = {};
    graph_.nodes.push_back(std::move(node));
    graph_.nodes.push_back(std::move(sum));
  }

  std::string name(const std::string& wanted) const {
    std::string name = unique_name(graph_, wanted);
    const auto taken = [&] {
      return std::ranges::any_of(*names_, [&](const Node& node) { return node.name == name; });
    };
    while (taken()) name += "_";
    return name;
  }

  Graph& graph_;
  const std::vector<Node>* names_ = nullptr;  // nodes not yet moved over
};

bool is_canonical(const Graph& graph, const Node& node) {
  if (node.op != Op::gemm || constant_input(graph, node, 1) == nullptr) return false;
  const auto& attributes = std::get<ir::GemmAttributes>(node.attributes);
  return attributes.alpha == 1 && attributes.beta == 1 && !attributes.transpose_a && !attributes.transpose_b;
}

/// Gemm + Add(constant per column), the Gemm's only reader: one Gemm.
void join_added_bias(Graph& graph) {
  const auto uses = use_counts(graph);
  auto makers = producers(graph);
  std::vector<bool> dead(graph.nodes.size());
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& sum = graph.nodes[i];
    if (sum.op != Op::add) continue;
    for (std::size_t side = 0; side < 2 && !dead[i]; ++side) {
      const ValueId product = sum.inputs[side];
      const Tensor* addend = constant_input(graph, sum, 1 - side);
      const std::size_t maker = makers[product];
      if (addend == nullptr || maker == kNoNode || uses[product] != 1) continue;
      Node& gemm = graph.nodes[maker];
      const ir::Shape& shape = graph.values[product].shape;
      if (!is_canonical(graph, gemm) || gemm.clamp.active() || shape != graph.values[sum.outputs[0]].shape)
        continue;
      auto bias = per_column(*addend, shape.back());
      if (!bias) continue;
      if (gemm.inputs.size() > 2) {
        const auto old = constant_input(graph, gemm, 2)->data<float>();
        for (std::size_t n = 0; n < bias->size(); ++n) (*bias)[n] += old[n];
      }
      gemm.inputs.resize(3, ir::kNoValue);
      gemm.inputs[2] = add_constant(graph, gemm.name + ".bias", Tensor::of<float>({shape.back()}, *bias));
      gemm.clamp = sum.clamp;
      gemm.outputs[0] = sum.outputs[0];
      absorb_origin(gemm, sum);
      makers[sum.outputs[0]] = maker;
      dead[i] = true;
    }
  }
  erase_nodes(graph, dead);
}

void flatten_rank_4(Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_canonical(graph, graph.nodes[i]) || graph.values[graph.nodes[i].inputs[0]].shape.size() != 4)
      continue;
    const std::string name = graph.nodes[i].name;
    const std::vector<std::string> origin = graph.nodes[i].onnx_nodes;
    const ValueId in = graph.nodes[i].inputs[0], out = graph.nodes[i].outputs[0];
    const ir::Shape from = graph.values[in].shape, to = graph.values[out].shape;
    const std::int64_t rows = from[0] * from[1] * from[2];
    const ValueId flat = add_float(graph, name + ".rows", {rows, from[3]});
    const ValueId product = add_float(graph, name + ".product", {rows, to[3]});
    Node before{Op::reshape, unique_name(graph, name + ".flatten"), {in}, {flat}, {}, {}, false, origin};
    Node after{Op::reshape, unique_name(graph, name + ".unflatten"), {product}, {out}, {}, {}, false, origin};
    graph.nodes[i].inputs[0] = flat;
    graph.nodes[i].outputs[0] = product;
    const auto at = graph.nodes.begin() + static_cast<std::ptrdiff_t>(i);
    graph.nodes.insert(at + 1, std::move(after));
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i), std::move(before));
    i += 2;
  }
}

}  // namespace

void canonicalise_matmul(Graph& graph) {
  Canonicaliser(graph).run();
  join_added_bias(graph);
  flatten_rank_4(graph);
}

}  // namespace nnp::compiler
