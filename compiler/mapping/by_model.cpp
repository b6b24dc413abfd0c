// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/by_model.h"

#include "compiler/cost/layer_cost.h"

namespace nnp::compiler {

PredictedCycles predicted_by_model(const models::ChipSpec& chip) {
  return
      [costs = LayerCosts(chip)](const MacProblem& problem, const MacTiling& tiling, ir::DType activations) {
        return costs(problem, tiling, activations).cycles;
      };
}

std::function<Mapping(const ir::Graph&, const MemoryPlan&, const CodegenOptions&)> map_by_model(
    const models::ChipSpec& chip) {
  return [arch = chip.arch, predict = predicted_by_model(chip)](
             const ir::Graph& graph, const MemoryPlan& plan, const CodegenOptions& options) {
    const SearchOptions search{Effort::model, predict, nullptr, 1};
    return best_of(search_mappings(graph, plan, arch, options, search), options.mapping);
  };
}

}  // namespace nnp::compiler
