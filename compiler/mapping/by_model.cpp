// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/by_model.h"

#include "compiler/cost/layer_cost.h"
#include "models/chips/chip_file.h"

namespace nnp::compiler {

namespace {

LayerCosts costs_of(const models::ChipSpec& chip) try {
  return LayerCosts(chip);
} catch (const std::invalid_argument& error) {
  throw models::ChipError(error.what());
}

}  // namespace

Predictor predicted_by_model(const models::ChipSpec& chip) {
  return [costs = costs_of(chip)](const MacProblem& problem, const MacTiling& tiling, ir::DType activations) {
    const LayerCost cost = costs(problem, tiling, activations);
    return Prediction{cost.cycles, cost.memory};
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
