// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/by_model.h"

#include "compiler/cost/layer_cost.h"
#include "compiler/mapping/batch_search.h"
#include "models/chips/chip_file.h"

namespace nnp::compiler {

namespace {

LayerCosts costs_of(const models::ChipSpec& chip) try {
  return LayerCosts(chip);
} catch (const std::invalid_argument& error) {
  throw models::ChipError(error.what());
}

}  // namespace

SearchOptions search_by_model(const models::ChipSpec& chip, Effort effort, Evaluator* evaluator,
                              unsigned jobs) {
  const LayerCosts costs = costs_of(chip);
  const auto prediction = [](const LayerCost& cost) { return Prediction{cost.cycles, cost.memory}; };
  const Predictor predict = [costs, prediction](const MacProblem& problem, const MacTiling& tiling,
                                                ir::DType activations) {
    return prediction(costs(problem, tiling, activations));
  };
  const Predictor least = [costs, prediction](const MacProblem& problem, const MacTiling& tiling,
                                              ir::DType activations) {
    return prediction(costs.least(problem, tiling, activations));
  };
  return {effort, predict, evaluator, jobs, costs.bytes_per_cycle(), least};
}

Predictor predicted_by_model(const models::ChipSpec& chip) {
  return search_by_model(chip, Effort::model, nullptr, 1).predict;
}

std::function<Mapping(const ir::Graph&, const CodegenOptions&)> map_by_model(const models::ChipSpec& chip) {
  return [arch = chip.arch, search = search_by_model(chip, Effort::model, nullptr, 1)](
             const ir::Graph& graph, const CodegenOptions& options) {
    return map_network(graph, arch, options, search);
  };
}

}  // namespace nnp::compiler
