// SPDX-License-Identifier: Apache-2.0
// Finds how each Conv, Gemm and MatMul of a network is cut: a closed-form cost ranks all candidates; where an
// evaluator is given, it times the best few, each layer alone, and has the last word.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/mapping/candidates.h"
#include "compiler/mapping/effort.h"
#include "compiler/mapping/evaluator.h"

namespace nnp::compiler {

/// Predicted core cycles of a layer that runs alone.
using PredictedCycles = std::function<double(const MacProblem&, const MacTiling&, ir::DType activations)>;

struct SearchOptions {
  Effort effort = Effort::model;
  PredictedCycles predict;
  Evaluator* evaluator = nullptr;  // for simulate and thorough; called from `jobs` threads at once
  unsigned jobs = 1;
};

/// A tiling that was looked at.
struct Candidate {
  MacTiling tiling;
  double predicted = 0;             // core cycles
  std::optional<Cycles> simulated;  // where it was timed
};

/// What the search found for a layer: the choice first, then the runners-up by what they cost.
struct LayerChoice {
  std::string layer;
  std::vector<Candidate> ranking;
  std::size_t looked_at = 0;
};

/// Deterministic: the same graph, chip and effort give the same choices, whatever `jobs` is. Layers of the
/// same problem are searched once. `mapping` of `fixed` layers is kept.
std::vector<LayerChoice> search_mappings(const ir::Graph& scheduled, const MemoryPlan&, const isa::ArchSpec&,
                                         const CodegenOptions& fixed, const SearchOptions&);

/// `fixed` and for every other layer its first choice.
Mapping best_of(const std::vector<LayerChoice>&, Mapping fixed);

}  // namespace nnp::compiler
