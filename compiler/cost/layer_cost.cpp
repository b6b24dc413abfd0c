// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_cost.h"

#include "compiler/cost/layer_walk.h"

namespace nnp::compiler {

LayerCosts::LayerCosts(const models::ChipSpec& chip) : chip_(chip), rates_(chip_rates(chip)) {}

LayerCost LayerCosts::operator()(const MacProblem& problem, const MacTiling& tiling,
                                 ir::DType activations) const {
  const LayerWork work = layer_work(problem, tiling, chip_.arch);
  LayerWalk walk(problem, tiling, activations, chip_, rates_, work);
  LayerCost cost;
  cost.cycles = walk.cycles();
  cost.fill = walk.fill();
  cost.read_bytes = work.read_bytes, cost.write_bytes = work.write_bytes;
  return cost;
}

LayerCost layer_cost(const MacProblem& problem, const MacTiling& tiling, ir::DType activations,
                     const models::ChipSpec& chip) {
  return LayerCosts(chip)(problem, tiling, activations);
}

}  // namespace nnp::compiler
