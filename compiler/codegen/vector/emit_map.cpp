// SPDX-License-Identifier: Apache-2.0
// Functions of one and two operands, element by element, with NumPy's broadcasting.
#include "compiler/codegen/vector/bands.h"
#include "compiler/codegen/vector/vector_code.h"
#include "compiler/ir/vector_functions.h"

namespace nnp::compiler {
namespace {

BandSpec map_spec(const ir::Graph& graph, const ir::Node& node) {
  BandSpec spec;
  spec.frame = graph.values[node.outputs[0]].shape;
  spec.independent.assign(spec.frame.size(), true);
  const std::size_t sources = ir::binary_call(node) ? 2 : 1;  // a Clip's bounds are parameters
  for (std::size_t i = 0; i < sources; ++i)
    spec.operands.push_back(
        {node.inputs[i], false, aligned_axes(graph.values[node.inputs[i]].shape.size(), spec.frame), {}, {}});
  spec.operands.push_back({node.outputs[0], true, same_axes(spec.frame.size()), {}, {}});
  return spec;
}

}  // namespace

StagingNeed map_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  return band_staging(map_spec(graph, node), graph, arch);
}

void emit_map(LayerEmitter& e) {
  VectorCode code(e);
  const auto binary = ir::binary_call(e.node);
  const auto unary = binary ? std::nullopt : ir::unary_call(e.graph, e.node);
  for_each_band(e, map_spec(e.graph, e.node), [&](const Band& band) {
    if (binary)
      code.binary(*binary, band.views[2], band.views[0], band.views[1]);
    else
      code.unary(unary->function, band.views[1], band.views[0], unary->alpha, unary->beta);
  });
}

}  // namespace nnp::compiler
