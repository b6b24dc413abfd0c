// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/executor/host_constants.h"

namespace nnp::executor {

std::vector<bool> host_values(const ir::Graph& graph) {
  std::vector<bool> read(graph.values.size(), false);
  for (const ir::ValueId id : graph.outputs) read[id] = true;
  for (const ir::Node& node : graph.nodes)
    if (node.on_host)
      for (const ir::ValueId id : node.inputs)
        if (id != ir::kNoValue) read[id] = true;
  return read;
}

}  // namespace nnp::executor
