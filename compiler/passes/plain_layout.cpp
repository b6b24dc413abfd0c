// SPDX-License-Identifier: Apache-2.0
// Values of rank 4 that are no images get a fifth axis, of one element, in front. The device stores rank 4
// channels last, as convolutions want it; every other rank is stored as ONNX numbers it, as the heads of
// attention want it.
#include <algorithm>
#include <functional>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Operators whose operands of rank 4 must all be of one kind, and whose axes can be counted one further.
bool passes_kind_on(const Graph& graph, const Node& node) {
  switch (node.op) {
    case Op::layer_normalization:  // its parameters have axes of their own
      return std::all_of(node.inputs.begin() + 1, node.inputs.end(), [&](ValueId id) {
        return id == ir::kNoValue || graph.values[id].constant || graph.values[id].shape.size() != 4;
      });
    case Op::gemm:
    case Op::matmul:
    case Op::softmax:
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::add:
    case Op::mul:
    case Op::unary:
    case Op::binary:
    case Op::reduce:
    case Op::transpose:
    case Op::slice:
    case Op::concat:
    case Op::pad:
    case Op::expand:
    case Op::quantize_linear:
    case Op::dequantize_linear:
      return true;
    default:
      return false;
  }
}

bool is_codes(const ir::Value& value) { return value.quant && value.type != ir::DType::f32; }

class PlainLayout {
 public:
  explicit PlainLayout(Graph& graph)
      : graph_(graph), image_(graph.values.size()), walked_(graph.values.size()) {}

  void run() {
    find_images();
    std::vector<ValueId> plain;
    for (ValueId id = 0; id < image_.size(); ++id)
      if (is_plain(id)) plain.push_back(id);
    if (plain.empty()) return;
    for (Node& node : graph_.nodes)
      if (passes_kind_on(graph_, node) && touches_plain(node)) count_axes_further(node);
    std::vector<Node> before, after;
    const auto makers = producers(graph_);
    for (const ValueId id : plain) {
      const ir::Shape shape = graph_.values[id].shape;
      ir::Shape longer = shape;
      longer.insert(longer.begin(), 1);
      if (makers[id] == kNoNode) {  // a graph input keeps its shape: its readers get another value
        const ValueId made =
            add_float(graph_, unique_name(graph_, graph_.values[id].name + ".plain"), longer);
        for (Node& node : graph_.nodes) std::replace(node.inputs.begin(), node.inputs.end(), id, made);
        before.push_back(reshape(id, made));
      } else if (is_graph_output(graph_, id)) {  // so does a graph output
        const ValueId made =
            add_float(graph_, unique_name(graph_, graph_.values[id].name + ".plain"), longer);
        for (Node& node : graph_.nodes) {
          std::replace(node.inputs.begin(), node.inputs.end(), id, made);
          std::replace(node.outputs.begin(), node.outputs.end(), id, made);
        }
        after.push_back(reshape(made, id));
      } else {
        graph_.values[id].shape = longer;
      }
    }
    graph_.nodes.insert(graph_.nodes.begin(), before.begin(), before.end());
    graph_.nodes.insert(graph_.nodes.end(), after.begin(), after.end());
  }

 private:
  const ir::Shape& shape(ValueId id) const { return graph_.values[id].shape; }
  bool is_plain(ValueId id) const {
    return shape(id).size() == 4 && !graph_.values[id].constant && !image_[id] && walked_[id] &&
           (graph_.values[id].type == ir::DType::f32 || is_codes(graph_.values[id]));
  }
  void for_each_operand(const Node& node, const std::function<void(ValueId)>& f) const {
    for (const auto* ids : {&node.inputs, &node.outputs})
      for (const ValueId id : *ids)
        if (id != ir::kNoValue && shape(id).size() == 4) f(id);
  }
  bool touches_plain(const Node& node) const {
    bool found = false;
    for_each_operand(node, [&](ValueId id) { found |= is_plain(id); });
    return found;
  }

  void find_images() {
    for (const auto* ids : {&graph_.inputs, &graph_.outputs})  // codes of the caller keep their shape
      for (const ValueId id : *ids) image_[id] = image_[id] || is_codes(graph_.values[id]);
    for (const Node& node : graph_.nodes)
      if (passes_kind_on(graph_, node)) for_each_operand(node, [&](ValueId id) { walked_[id] = true; });
    for (const Node& node : graph_.nodes)
      if (!passes_kind_on(graph_, node) && !is_reshape_like(node.op))
        for_each_operand(node, [&](ValueId id) { image_[id] = true; });
    for (bool changed = true; changed;) {
      changed = false;
      for (const Node& node : graph_.nodes) {
        if (!passes_kind_on(graph_, node)) continue;
        bool any = false;
        for_each_operand(node, [&](ValueId id) { any |= !graph_.values[id].constant && image_[id]; });
        if (any) for_each_operand(node, [&](ValueId id) { changed |= !image_[id], image_[id] = true; });
      }
    }
  }

  static void count_axes_further(Node& node) {
    const auto further = [](std::int64_t& axis) { axis += axis >= 0 ? 1 : 0; };
    if (auto* a = std::get_if<ir::AxisAttributes>(&node.attributes)) further(a->axis);
    if (auto* a = std::get_if<ir::NormalizationAttributes>(&node.attributes)) further(a->axis);
    if (auto* a = std::get_if<ir::TransposeAttributes>(&node.attributes)) {
      for (std::int64_t& axis : a->permutation) ++axis;
      a->permutation.insert(a->permutation.begin(), 0);
    }
    if (auto* a = std::get_if<ir::ReduceAttributes>(&node.attributes)) {
      for (std::int64_t& axis : a->axes) ++axis;
      if (!a->keepdims) a->axes.insert(a->axes.begin(), 0);
    }
    if (auto* a = std::get_if<ir::SliceAttributes>(&node.attributes))
      a->starts.insert(a->starts.begin(), 0), a->steps.insert(a->steps.begin(), 1);
    if (auto* a = std::get_if<ir::PadAttributes>(&node.attributes))
      a->begin.insert(a->begin.begin(), 0), a->end.insert(a->end.begin(), 0);
  }

  Node reshape(ValueId from, ValueId to) {
    Node node;
    node.op = Op::reshape;
    node.name = unique_name(graph_, graph_.values[from].name + ".layout");
    node.inputs = {from}, node.outputs = {to};
    return node;
  }

  Graph& graph_;
  std::vector<bool> image_, walked_;  // by value; walked: by an operator that cares for the order
};

}  // namespace

void plain_layout(Graph& graph) { PlainLayout(graph).run(); }

}  // namespace nnp::compiler
