// SPDX-License-Identifier: Apache-2.0
// What a layer costs, in closed form: for a search that has no time to simulate. docs/guide/cost-model.md has
// the terms, docs/validation/cost-model.md how far they are off.
#pragma once

#include "compiler/cost/chip_rates.h"
#include "compiler/tiling/mac_tiling.h"

namespace nnp::compiler {

/// What a Conv, Gemm or MatMul costs that runs alone: from doorbell to interrupt, core cycles.
struct LayerCost {
  double cycles = 0;  // predicted
  double matrix = 0, weights = 0, loads = 0, stores = 0, drain = 0, memory = 0,
         front_end = 0;                   // each resource's occupied cycles
  double fill = 0;                        // start and end that nothing hides
  Bytes read_bytes = 0, write_bytes = 0;  // device memory, without the instructions
  const char* bound = "";                 // the resource with the most cycles
};

/// Costs on one chip; what the chip alone decides is worked out once.
class LayerCosts {
 public:
  /// Throws std::invalid_argument where the chip's memory does not fit together.
  explicit LayerCosts(const models::ChipSpec&);
  /// `tiling` is one of the problem's: fault_of() says nothing.
  LayerCost operator()(const MacProblem&, const MacTiling&, ir::DType activations) const;
  /// The same without the walk, at a small part of its work: `cycles` is what the busiest unit needs at least,
  /// and `fill` is not known.
  LayerCost least(const MacProblem&, const MacTiling&, ir::DType activations) const;
  /// Of device memory, in core cycles.
  double bytes_per_cycle() const { return rates_.bytes_per_cycle; }

 private:
  models::ChipSpec chip_;
  ChipRates rates_, without_refresh_;
};

LayerCost layer_cost(const MacProblem&, const MacTiling&, ir::DType activations, const models::ChipSpec&);

}  // namespace nnp::compiler
