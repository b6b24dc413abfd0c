// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/sub_batch.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/reshaping.h"

namespace nnp::compiler {
namespace {

using ir::Op;

/// Of what an operator's attributes say.
class BatchRule {
 public:
  BatchRule(const ir::Graph& graph, const ir::Node& node, std::int64_t batch)
      : graph_(graph), node_(node), batch_(batch) {}

  bool holds() const {
    const auto of_batch = [this](ir::ValueId id) {
      return id == ir::kNoValue || graph_.values[id].constant || counts_inferences(graph_.values[id]);
    };
    return std::ranges::all_of(node_.inputs, of_batch) && std::ranges::all_of(node_.outputs, of_batch) &&
           stays_apart();
  }

 private:
  /// Rank 1 has its only axis as channels.
  bool counts_inferences(const ir::Value& value) const {
    return value.shape.size() >= 2 && value.shape[0] > 0 && value.shape[0] % batch_ == 0;
  }
  const ir::Shape& shape_of(ir::ValueId id) const { return graph_.values[id].shape; }
  std::int64_t first_axis(ir::ValueId id) const { return shape_of(id)[0]; }

  /// Operands whose elements meet in the result's place: as many inferences in each, or the same for all.
  bool broadcasts_apart() const {
    const ir::Shape& result = shape_of(node_.outputs[0]);
    return std::ranges::all_of(node_.inputs, [&](ir::ValueId id) {
      if (id == ir::kNoValue) return true;
      const ir::Shape& shape = shape_of(id);
      if (graph_.values[id].constant) return shape.size() < result.size() || shape[0] == 1;
      return shape.size() == result.size() && shape[0] == result[0];
    });
  }

  bool same_first_axis() const {
    return !graph_.values[node_.inputs[0]].constant &&
           first_axis(node_.inputs[0]) == first_axis(node_.outputs[0]);
  }

  /// Every inference's own, or the same matrix for all.
  bool right_side_is_apart() const {
    const ir::ValueId right = node_.inputs[1];
    const std::size_t rank = shape_of(right).size();
    if (graph_.values[right].constant) return rank == 2;
    return rank > 2 && first_axis(right) == first_axis(node_.outputs[0]);
  }

  bool axis_is_behind(std::int64_t axis) const {
    return same_first_axis() && axis != 0 &&
           axis != -static_cast<std::int64_t>(shape_of(node_.inputs[0]).size());
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
      case Op::softmax:
        return axis_is_behind(std::get<ir::AxisAttributes>(node_.attributes).axis);
      case Op::layer_normalization:
        return axis_is_behind(std::get<ir::NormalizationAttributes>(node_.attributes).axis);
      case Op::concat:
        return broadcasts_apart() && axis_is_behind(std::get<ir::AxisAttributes>(node_.attributes).axis);
      case Op::reduce: {
        const auto& axes = std::get<ir::ReduceAttributes>(node_.attributes).axes;
        return same_first_axis() && std::ranges::find(axes, 0) == axes.end();
      }
      case Op::transpose:
        return std::get<ir::TransposeAttributes>(node_.attributes).permutation.front() == 0;
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
    if (ir::Value& value = graph.values[id]; touched[id] && !value.constant)
      value.shape[0] = value.shape[0] / batch * part;
  return graph;
}

}  // namespace nnp::compiler
