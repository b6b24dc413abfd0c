// SPDX-License-Identifier: Apache-2.0
// Softmax, after an optional mask is added: exp(x - max) / sum, in f32 between, along one axis.
#include "compiler/codegen/vector/bands.h"
#include "compiler/codegen/vector/vector_code.h"

namespace nnp::compiler {
namespace {

using numerics::BinaryFunction;
using numerics::Reduction;

bool has_mask(const ir::Node& node) { return node.inputs.size() > 1 && node.inputs[1] != ir::kNoValue; }

std::size_t axis_of(const ir::Graph& graph, const ir::Node& node) {
  const std::int64_t axis = std::get<ir::AxisAttributes>(node.attributes).axis;
  const auto rank = static_cast<std::int64_t>(graph.values[node.inputs[0]].shape.size());
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

BandSpec softmax_spec(const ir::Graph& graph, const ir::Node& node) {
  BandSpec spec;
  spec.frame = graph.values[node.inputs[0]].shape;
  spec.independent.assign(spec.frame.size(), true);
  const std::size_t axis = axis_of(graph, node);
  spec.independent[axis] = false;
  spec.operands = {{node.inputs[0], false, same_axes(spec.frame.size()), {}, {}},
                   {node.outputs[0], true, same_axes(spec.frame.size()), {}, {}}};
  if (has_mask(node))
    spec.operands.push_back(
        {node.inputs[1], false, aligned_axes(graph.values[node.inputs[1]].shape.size(), spec.frame), {}, {}});
  // A band of reals, and one number for each line.
  spec.temporaries = [axis](const ir::Shape& band) {
    const Bytes all = static_cast<Bytes>(ir::element_count(band));
    return 4 * (all + all / static_cast<Bytes>(band[axis]));
  };
  return spec;
}

}  // namespace

StagingNeed softmax_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  return band_staging(softmax_spec(graph, node), graph, arch);
}

void emit_softmax(LayerEmitter& e) {
  VectorCode code(e);
  const std::size_t axis = axis_of(e.graph, e.node);
  for_each_band(e, softmax_spec(e.graph, e.node), [&](const Band& band) {
    // In the order in which the source is stored, so that loops stay long.
    View reals = VectorCode::like(band.views[0], band.temporaries);
    View line = VectorCode::like(band.views[0], band.temporaries + VectorCode::bytes_of(reals), {axis});
    View from = band.views[0];
    if (has_mask(e.node)) {
      code.binary(BinaryFunction::add, reals, from, band.views[2]);
      from = reals;
    }
    code.reduce(Reduction::max, line, from, {axis});
    code.binary(BinaryFunction::sub, reals, from, line);
    code.unary(numerics::UnaryFunction::exp, reals, reals);
    code.reduce(Reduction::sum, line, reals, {axis});
    code.binary(BinaryFunction::div, band.views[1], reals, line);
  });
}

}  // namespace nnp::compiler
