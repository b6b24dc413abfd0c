// SPDX-License-Identifier: Apache-2.0
// MatMuls of two activations as the weight DMA and the array take them: no batch axis or one, of the same
// size on both sides, a right side that may lie transposed.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::ValueId;

/// Of a Transpose that gives every line of the last axis to a column: what it would be if it left them rows.
std::optional<ir::TransposeAttributes> with_rows(const Node& node) {
  if (node.op != Op::transpose) return std::nullopt;
  ir::TransposeAttributes moved = std::get<ir::TransposeAttributes>(node.attributes);
  std::vector<std::int64_t>& permutation = moved.permutation;
  const std::size_t rank = permutation.size();
  if (rank < 2 || permutation[rank - 2] != static_cast<std::int64_t>(rank) - 1) return std::nullopt;
  std::swap(permutation[rank - 2], permutation[rank - 1]);
  return moved;
}

/// A Transpose of the right side's last two axes becomes the MatMul's flag: the weight DMA reads columns. One
/// that moves other axes too keeps those alone, so that whole rows move and not one element after the other.
void fold_right_transposes(Graph& graph) {
  const auto makers = producers(graph);
  const auto readers = use_counts(graph);
  for (Node& product : graph.nodes) {
    if (product.op != Op::matmul || graph.values[product.inputs[1]].shape.size() < 2) continue;
    const ValueId right = product.inputs[1];
    const auto rows = makers[right] == kNoNode ? std::nullopt : with_rows(graph.nodes[makers[right]]);
    if (!rows) continue;
    Node& turn = graph.nodes[makers[right]];
    if (std::ranges::is_sorted(rows->permutation)) {
      product.inputs[1] = turn.inputs[0];
    } else if (readers[right] == 1) {
      turn.attributes = *rows;
      Shape& shape = graph.values[right].shape;
      std::swap(shape[shape.size() - 2], shape.back());
    } else {
      continue;  // others want it turned
    }
    ir::GemmAttributes attributes;
    attributes.transpose_b = !ir::transposes_right(product);
    product.attributes = attributes;
  }
}

/// Rewrites one MatMul after the other to two operands of two axes, or of three with one batch axis.
class Batches {
 public:
  explicit Batches(Graph& graph) : graph_(graph) {}

  void run() {
    std::vector<Node> old = std::move(graph_.nodes);
    graph_.nodes.clear();
    for (Node& node : old) {
      if (node.op == Op::matmul && !is_plain(node) && can_be(node))
        one_batch(node);
      else
        graph_.nodes.push_back(std::move(node));
    }
  }

 private:
  const Shape& shape(ValueId id) const { return graph_.values[id].shape; }

  bool is_plain(const Node& node) const {
    const Shape &a = shape(node.inputs[0]), &b = shape(node.inputs[1]);
    return a.size() == b.size() && (a.size() == 2 || (a.size() == 3 && a[0] == b[0]));
  }

  /// Floats, and elements at all; a constant is not repeated.
  bool can_be(const Node& node) const {
    const Shape right = batch_of(shape(node.inputs[1])),
                batch = common(batch_of(shape(node.inputs[0])), right);
    const bool is_rows = ir::element_count(right) == 1;
    return std::ranges::all_of(node.inputs, [&](ValueId id) {
      const ir::Value& value = graph_.values[id];
      const bool repeats = !is_rows && ir::element_count(batch_of(value.shape)) != ir::element_count(batch);
      return value.type == ir::DType::f32 && ir::element_count(value.shape) > 0 &&
             !(value.constant && repeats);
    });
  }

  /// Operands are reshaped to [batch, rows, columns]; one whose batch is another's axis by axis or 1 is
  /// repeated first. Where the right side has no batch, the left side's is rows.
  void one_batch(Node& node) {
    const bool row = shape(node.inputs[0]).size() == 1, column = shape(node.inputs[1]).size() == 1;
    if (row) node.inputs[0] = reshaped(node, ".row", node.inputs[0], {1, shape(node.inputs[0])[0]});
    if (column) node.inputs[1] = reshaped(node, ".column", node.inputs[1], column_shape(node));
    const Shape a = shape(node.inputs[0]), b = shape(node.inputs[1]);
    const Shape batch = common(batch_of(a), batch_of(b));
    const std::int64_t columns = b[b.size() - (ir::transposes_right(node) ? 2 : 1)];
    Shape flat{a[a.size() - 2], columns};
    if (ir::element_count(batch_of(b)) == 1) {
      const std::int64_t rows = ir::element_count(a) / a.back();
      node.inputs[0] = reshaped(node, ".a", node.inputs[0], {rows, a.back()});
      node.inputs[1] = reshaped(node, ".b", node.inputs[1], {b[b.size() - 2], b.back()});
      flat[0] = rows;
    } else {
      node.inputs[0] = repeated(node, ".a", node.inputs[0], batch);
      node.inputs[1] = repeated(node, ".b", node.inputs[1], batch);
      flat.insert(flat.begin(), ir::element_count(batch));
    }
    const ValueId result = node.outputs[0];
    if (shape(result) == flat) return graph_.nodes.push_back(std::move(node));
    const std::string name = unique_name(graph_, node.name + ".flat");
    node.outputs[0] = add_float(graph_, name, flat);
    graph_.nodes.push_back(std::move(node));
    graph_.nodes.push_back(
        {Op::reshape, name, {graph_.nodes.back().outputs[0]}, {result}, {}, {}, false, {}});
  }

  Shape column_shape(const Node& node) const {
    const std::int64_t k = shape(node.inputs[1])[0];
    return ir::transposes_right(node) ? Shape{1, k} : Shape{k, 1};
  }
  static Shape batch_of(const Shape& matrices) {
    return {matrices.begin(), matrices.end() - std::min<std::ptrdiff_t>(2, std::ssize(matrices))};
  }
  static Shape common(Shape a, Shape b) {
    const std::size_t rank = std::max(a.size(), b.size());
    a.insert(a.begin(), rank - a.size(), 1), b.insert(b.begin(), rank - b.size(), 1);
    for (std::size_t i = 0; i < rank; ++i)
      if (a[i] == 1) a[i] = b[i];
    return a;
  }

  ValueId added(const Node& of, const char* suffix, Op op, ValueId from, Shape to) {
    const std::string name = unique_name(graph_, of.name + suffix);
    const ValueId made = add_float(graph_, name, std::move(to));
    graph_.nodes.push_back({op, name, {from}, {made}, {}, {}, false, {}});
    return made;
  }
  ValueId reshaped(const Node& of, const char* suffix, ValueId from, Shape to) {
    return shape(from) == to ? from : added(of, suffix, Op::reshape, from, std::move(to));
  }

  /// [..., R, C] as [count(batch), R, C]. Neighbouring axes that are all there, or all to be repeated, count
  /// as one, the matrices with the batch axes before them: few axes are few ways for the device to store
  /// them.
  ValueId repeated(const Node& of, const char* suffix, ValueId from, const Shape& batch) {
    const Shape whole = shape(from);
    const Shape flat{ir::element_count(batch), whole[whole.size() - 2], whole.back()};
    Shape own = batch_of(whole), narrow, wide;
    own.insert(own.begin(), batch.size() - own.size(), 1);
    own.push_back(flat[1] * flat[2]);
    bool repeats = false;
    for (std::size_t i = 0; i < own.size(); ++i) {
      const std::int64_t to = i < batch.size() ? batch[i] : own[i];
      if (to == 1 && i + 1 < own.size()) continue;
      if (narrow.empty() || (own[i] != to) != repeats) narrow.push_back(1), wide.push_back(1);
      repeats = own[i] != to;
      narrow.back() *= own[i], wide.back() *= to;
    }
    if (narrow != wide) {
      from = reshaped(of, suffix, from, narrow);
      from = added(of, suffix, Op::expand, from, wide);
    }
    return reshaped(of, suffix, from, flat);
  }

  Graph& graph_;
};

}  // namespace

void canonicalise_products(Graph& graph) {
  fold_right_transposes(graph);
  Batches(graph).run();
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler
