// SPDX-License-Identifier: Apache-2.0
// ReduceSum, ReduceMean, ReduceMax, ...: one REDUCE for all elements that become one, so that it rounds once.
#include <algorithm>

#include "compiler/codegen/vector/bands.h"
#include "compiler/codegen/vector/vector_code.h"
#include "compiler/ir/vector_functions.h"

namespace nnp::compiler {
namespace {

struct Reduce {
  BandSpec spec;
  std::vector<std::size_t> axes;
  std::int64_t count = 1;  // elements that become one
};

Reduce reduce_of(const ir::Graph& graph, const ir::Node& node) {
  const auto& attributes = std::get<ir::ReduceAttributes>(node.attributes);
  const ir::Shape& from = graph.values[node.inputs[0]].shape;
  Reduce reduce;
  reduce.spec.frame = from;
  reduce.spec.independent.assign(from.size(), true);
  BandOperand source{node.inputs[0], false, same_axes(from.size()), {}, {}};
  BandOperand result{node.outputs[0], true, {}, {}, {}};
  for (std::size_t axis = 0, own = 0; axis < from.size(); ++axis) {
    const bool reduced = std::find(attributes.axes.begin(), attributes.axes.end(),
                                   static_cast<std::int64_t>(axis)) != attributes.axes.end();
    if (reduced)
      reduce.axes.push_back(axis), reduce.count *= from[axis], reduce.spec.independent[axis] = false;
    result.axis_of.push_back(reduced && !attributes.keepdims ? -1 : static_cast<int>(own++));
  }
  reduce.spec.operands = {source, result};
  const Bytes element = ir::size_of(graph.values[node.inputs[0]].type);
  reduce.spec.temporaries = [element](const ir::Shape& band) {
    return static_cast<Bytes>(ir::element_count(band)) * element;
  };
  return reduce;
}

}  // namespace

StagingNeed reduce_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  return band_staging(reduce_of(graph, node).spec, graph, arch);
}

void emit_reduce(LayerEmitter& e) {
  VectorCode code(e);
  const Reduce reduce = reduce_of(e.graph, e.node);
  const ir::ReduceCall call = *ir::reduce_call(e.node);
  const double divisor = call.divides ? static_cast<double>(reduce.count) : 1;
  for_each_band(e, reduce.spec, [&](const Band& band) {
    code.reduce(call.reduction, band.views[1], band.views[0], reduce.axes, divisor, band.temporaries);
  });
}

}  // namespace nnp::compiler
