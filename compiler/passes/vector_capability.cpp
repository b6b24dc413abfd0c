// SPDX-License-Identifier: Apache-2.0
// What the vector unit has code for: functions of reals, reductions, normalisations, moves.
#include <algorithm>
#include <cmath>

#include "compiler/ir/places.h"
#include "compiler/ir/reshaping.h"
#include "compiler/ir/vector_functions.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;

const Shape& shape_of(const Graph& graph, ir::ValueId id) { return graph.values[id].shape; }

bool has_value(const Node& node, std::size_t i) {
  return i < node.inputs.size() && node.inputs[i] != ir::kNoValue;
}

bool only_first_output(const Node& node) {
  return std::all_of(node.outputs.begin() + 1, node.outputs.end(),
                     [](ir::ValueId id) { return id == ir::kNoValue; });
}

/// Scale, and shift where there is one, known at compile time.
bool has_constant_parameters(const Graph& graph, const Node& node) {
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (has_value(node, i) && constant_input(graph, node, i) == nullptr) return false;
  return node.inputs.size() > 1;
}

bool is_constant_pad(const Node& node) {
  const auto& pad = std::get<ir::PadAttributes>(node.attributes);
  const auto grows = [](std::int64_t elements) { return elements >= 0; };
  return pad.mode == ir::PadMode::constant && std::isfinite(pad.value) &&
         std::all_of(pad.begin.begin(), pad.begin.end(), grows) &&
         std::all_of(pad.end.begin(), pad.end.end(), grows);
}

}  // namespace

bool vector_has_operation(const Graph& graph, const Node& node) {
  switch (node.op) {
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::cast:
    case Op::unary:
      return ir::unary_call(graph, node).has_value();
    case Op::add:
    case Op::mul:
    case Op::binary:
      return ir::binary_call(node).has_value();
    case Op::reduce:
      return ir::reduce_call(node).has_value() &&
             !std::get<ir::ReduceAttributes>(node.attributes).axes.empty();
    case Op::softmax:
      return true;
    case Op::layer_normalization:
      return has_constant_parameters(graph, node) && only_first_output(node);
    case Op::instance_normalization:
      return has_constant_parameters(graph, node) && shape_of(graph, node.inputs[0]).size() > 2;
    case Op::lrn:
      return shape_of(graph, node.inputs[0]).size() > 1;
    case Op::transpose:
    case Op::slice:
    case Op::concat:
    case Op::expand:
      return true;
    case Op::pad:
      return is_constant_pad(node) || ir::source_places(graph, node).has_value();
    case Op::resize:
      return ir::source_places(graph, node).has_value();
    default:
      return ir::is_reshape_like(node.op) &&
             (ir::channel_preserving(graph, node) ||
              ir::common_refinement(shape_of(graph, node.inputs[0]), shape_of(graph, node.outputs[0]))
                  .has_value());
  }
}

}  // namespace nnp::compiler
