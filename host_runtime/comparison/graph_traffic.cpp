// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/graph_traffic.h"

#include <set>

namespace nnp::comparison {
namespace {

bool renames(const ir::Node& node) {
  switch (node.op) {
    case ir::Op::reshape:
    case ir::Op::flatten:
    case ir::Op::squeeze:
    case ir::Op::unsqueeze:
    case ir::Op::identity:
      return true;
    default:
      return false;
  }
}

bool is_number(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
    case ir::DType::bf16:
    case ir::DType::u8:
    case ir::DType::s8:
    case ir::DType::s16:
      return true;
    default:
      return false;
  }
}

}  // namespace

GraphTraffic traffic_of(const ir::Graph& graph, std::uint64_t element_bytes) {
  const auto bytes_of = [&](const ir::Value& value) {
    const std::uint64_t size =
        element_bytes != 0 && is_number(value.type) ? element_bytes : ir::size_of(value.type);
    return static_cast<std::uint64_t>(ir::element_count(value.shape)) * size;
  };
  GraphTraffic traffic;
  std::set<ir::ValueId> constants;
  for (const ir::Node& node : graph.nodes) {
    if (renames(node)) continue;
    for (const ir::ValueId id : node.inputs) {
      if (id == ir::kNoValue) continue;
      const ir::Value& value = graph.values[id];
      if (!value.constant)
        traffic.activation_bytes += bytes_of(value);
      else if (constants.insert(id).second)
        traffic.weight_bytes += bytes_of(value);
    }
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) traffic.activation_bytes += bytes_of(graph.values[id]);
  }
  return traffic;
}

}  // namespace nnp::comparison
