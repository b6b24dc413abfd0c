// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/executor/host_constants.h"

namespace nnp::executor {

void keep_host_constants(ir::Graph& graph) {
  std::vector<bool> kept(graph.values.size(), false);
  for (const ir::ValueId id : graph.outputs) kept[id] = true;
  for (const ir::Node& node : graph.nodes)
    if (node.on_host)
      for (const ir::ValueId id : node.inputs)
        if (id != ir::kNoValue) kept[id] = true;
  for (std::size_t id = 0; id < graph.values.size(); ++id) {
    ir::Value& value = graph.values[id];
    if (!value.constant || kept[id]) continue;
    ir::Tensor without_bytes(value.type, {0});
    without_bytes.reshape(value.shape);
    value.constant = std::move(without_bytes);
  }
}

}  // namespace nnp::executor
