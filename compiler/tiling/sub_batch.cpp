// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/sub_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/ir/reshaping.h"

namespace nnp::compiler {
namespace {

using ir::Op;

/// The axis that counts inferences, or in order pieces of them; nothing where none does. It is the first, or,
/// in more axes than images have, the first of more than one element. Rank 1 has its only axis as channels.
std::optional<std::size_t> axis_of_batch(const ir::Shape& shape, std::int64_t batch) {
  if (shape.size() < 2) return std::nullopt;
  constexpr std::size_t kImageAxes = 4;
  std::size_t axis = 0;
  while (shape.size() > kImageAxes && axis + 2 < shape.size() && shape[axis] == 1) ++axis;
  if (shape[axis] <= 0 || shape[axis] % batch != 0) return std::nullopt;
  return axis;
}

/// Of what an operator's attributes say.
class BatchRule {
 public:
  BatchRule(const ir::Graph& graph, const ir::Node& node, std::int64_t batch)
      : graph_(graph), node_(node), batch_(batch) {}

  bool holds() const {
    const auto of_batch = [this](ir::ValueId id) {
      return id == ir::kNoValue || graph_.values[id].constant || (axis(id) && (*axis(id) == 0 || any_axis()));
    };
    return std::ranges::all_of(node_.inputs, of_batch) && std::ranges::all_of(node_.outputs, of_batch) &&
           stays_apart();
  }

 private:
  const ir::Shape& shape_of(ir::ValueId id) const { return graph_.values[id].shape; }
  std::optional<std::size_t> axis(ir::ValueId id) const { return axis_of_batch(shape_of(id), batch_); }
  std::int64_t first_axis(ir::ValueId id) const { return shape_of(id)[0]; }

  /// Operators for which an axis before the batch's, of one element, is nothing.
  bool any_axis() const {
    switch (node_.op) {
      case Op::transpose:
      case Op::add:
      case Op::mul:
      case Op::binary:
      case Op::relu:
      case Op::clip:
      case Op::sigmoid:
      case Op::tanh:
      case Op::unary:
      case Op::cast:
      case Op::softmax:
        return true;
      default:
        return ir::is_reshape_like(node_.op);
    }
  }

  /// Operands whose elements meet in the result's place: as many inferences in each, or the same for all.
  bool broadcasts_apart() const {
    const ir::Shape& result = shape_of(node_.outputs[0]);
    const std::size_t batch_axis = axis(node_.outputs[0]).value();
    return std::ranges::all_of(node_.inputs, [&](ir::ValueId id) {
      if (id == ir::kNoValue) return true;
      const ir::Shape& shape = shape_of(id);
      if (!graph_.values[id].constant)
        return shape.size() == result.size() &&
               std::equal(shape.begin(), shape.begin() + batch_axis + 1, result.begin());
      if (shape.size() > result.size()) return false;
      const std::size_t missing = result.size() - shape.size();  // axes in front
      for (std::size_t i = missing; i <= batch_axis; ++i)
        if (shape[i - missing] != 1) return false;
      return true;
    });
  }

  bool same_first_axis() const {
    const ir::ValueId x = node_.inputs[0], y = node_.outputs[0];
    return !graph_.values[x].constant && axis(x) == axis(y) && shape_of(x)[*axis(x)] == shape_of(y)[*axis(y)];
  }

  /// Every inference's own, or the same matrix for all.
  bool right_side_is_apart() const {
    const ir::ValueId right = node_.inputs[1];
    const std::size_t rank = shape_of(right).size();
    if (graph_.values[right].constant) return rank == 2;
    return rank > 2 && first_axis(right) == first_axis(node_.outputs[0]);
  }

  /// A Transpose leaves the axes up to that of the batch where they are.
  bool keeps_front() const {
    const auto& order = std::get<ir::TransposeAttributes>(node_.attributes).permutation;
    const std::size_t last = axis(node_.inputs[0]).value();
    for (std::size_t i = 0; i <= last; ++i)
      if (order[i] != static_cast<std::int64_t>(i)) return false;
    return true;
  }

  bool axis_is_behind(std::int64_t given) const {
    const auto rank = static_cast<std::int64_t>(shape_of(node_.inputs[0]).size());
    return same_first_axis() &&
           (given < 0 ? given + rank : given) > static_cast<std::int64_t>(*axis(node_.inputs[0]));
  }

  bool stays_apart() const {
    if (ir::is_reshape_like(node_.op)) return true;
    switch (node_.op) {
      case Op::conv:
      case Op::max_pool:
      case Op::average_pool:
      case Op::lrn:
      case Op::instance_normalization:
      case Op::relu:
      case Op::clip:
      case Op::sigmoid:
      case Op::tanh:
      case Op::unary:
      case Op::cast:
        return same_first_axis();
      case Op::gemm:
        return same_first_axis() && graph_.values[node_.inputs[1]].constant.has_value();
      case Op::matmul:
        return same_first_axis() && right_side_is_apart();
      case Op::add:
      case Op::mul:
      case Op::binary:
        return broadcasts_apart();
      case Op::softmax:  // and the mask that it adds
        return broadcasts_apart() && axis_is_behind(std::get<ir::AxisAttributes>(node_.attributes).axis);
      case Op::layer_normalization:
        return axis_is_behind(std::get<ir::NormalizationAttributes>(node_.attributes).axis);
      case Op::concat:
        return broadcasts_apart() && axis_is_behind(std::get<ir::AxisAttributes>(node_.attributes).axis);
      case Op::reduce: {
        const auto& axes = std::get<ir::ReduceAttributes>(node_.attributes).axes;
        return same_first_axis() && std::ranges::find(axes, 0) == axes.end();
      }
      case Op::transpose:
        return keeps_front();
      case Op::slice: {
        const auto& slice = std::get<ir::SliceAttributes>(node_.attributes);
        return same_first_axis() && slice.starts[0] == 0 && slice.steps[0] == 1;
      }
      case Op::pad: {
        const auto& pad = std::get<ir::PadAttributes>(node_.attributes);
        return pad.begin[0] == 0 && pad.end[0] == 0;
      }
      case Op::resize:
      case Op::expand:
        return same_first_axis() && shape_of(node_.inputs[0]).size() == shape_of(node_.outputs[0]).size();
      default:
        return false;
    }
  }

  const ir::Graph& graph_;
  const ir::Node& node_;
  std::int64_t batch_;
};

}  // namespace

std::string fault_of_parts(const ir::Graph& graph, std::int64_t batch) {
  int launches = 0;
  bool on_host = true;
  for (const ir::Node& node : graph.nodes) {
    launches += on_host && !node.on_host ? 1 : 0;
    on_host = node.on_host;
    if (!on_host && !BatchRule(graph, node, batch).holds())
      return fmt::format("{} ({}) does not keep the inferences of a batch of {} apart", node.name,
                         ir::operator_name(node), batch);
  }
  if (launches != 1) return fmt::format("the chip is launched {} times", launches);
  return "";
}

ir::Graph graph_of_part(ir::Graph graph, std::int64_t batch, std::int64_t part) {
  std::vector<bool> touched(graph.values.size(), false);
  for (const ir::Node& node : graph.nodes)
    if (!node.on_host)
      for (const auto* ids : {&node.inputs, &node.outputs})
        for (const ir::ValueId id : *ids)
          if (id != ir::kNoValue) touched[id] = true;
  for (std::size_t id = 0; id < touched.size(); ++id)
    if (ir::Value& value = graph.values[id]; touched[id] && !value.constant) {
      std::int64_t& pieces = value.shape[axis_of_batch(value.shape, batch).value()];
      pieces = pieces / batch * part;
    }
  return graph;
}

}  // namespace nnp::compiler
