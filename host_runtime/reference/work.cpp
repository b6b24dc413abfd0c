// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/work.h"

#include <numeric>

namespace nnp::reference {
namespace {

double elements(const ir::Value& value) {
  return std::accumulate(value.shape.begin(), value.shape.end(), 1.0, [](double product, std::int64_t size) {
    return product * static_cast<double>(size);
  });
}

/// Source elements that one result looks at, multiplications apart.
double window(const ir::Node& node) {
  if (const auto* pool = std::get_if<ir::PoolAttributes>(&node.attributes))
    return static_cast<double>(pool->kernel[0]) * static_cast<double>(pool->kernel[1]);
  if (const auto* lrn = std::get_if<ir::LrnAttributes>(&node.attributes))
    return static_cast<double>(lrn->size);
  return 1;
}

}  // namespace

Work work_of(const ir::Graph& graph) {
  Work work;
  for (const ir::Value& value : graph.values)
    if (!value.constant) work.bytes += elements(value) * static_cast<double>(ir::size_of(value.type));
  for (const ir::Node& node : graph.nodes) {
    work.operations += static_cast<double>(ir::macs(graph, node));
    for (const ir::ValueId id : node.inputs)
      if (id != ir::kNoValue) work.operations += elements(graph.values[id]);
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) work.operations += elements(graph.values[id]) * window(node);
  }
  return work;
}

}  // namespace nnp::reference
