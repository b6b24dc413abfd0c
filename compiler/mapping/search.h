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

/// Predicted core cycles of a layer that runs alone, and how many of them device memory is busy.
struct Prediction {
  double cycles = 0, memory = 0;
};
using Predictor = std::function<Prediction(const MacProblem&, const MacTiling&, ir::DType activations)>;

/// What a cycle of device memory costs beside a cycle of the layer: neighbours want the memory too, so of two
/// mappings that are as fast alone the one with less traffic is better. ResNet-50 and SqueezeNet on five
/// chips take up to 3 % fewer cycles than with no price, none takes more; from 0.05 to 0.25 little changes.
inline constexpr double kMemoryPrice = 0.1;

struct SearchOptions {
  Effort effort = Effort::model;
  Predictor predict;
  Evaluator* evaluator = nullptr;  // for simulate and thorough; called from `jobs` threads at once
  unsigned jobs = 1;
  double bytes_per_cycle = 0;  // of device memory: where a batch may go in parts
  /// Never more cycles than `predict` and the same memory, for less work: what cannot be among the best by
  /// that is not predicted. nullptr: all are.
  Predictor least = nullptr;
};

/// A tiling that was looked at.
struct Candidate {
  MacTiling tiling;
  Prediction predicted;
  std::optional<Cycles> simulated;  // where it was timed
};

/// What the search found for a layer: the choice first, then the best runners-up by what they cost.
struct LayerChoice {
  std::string layer;
  std::vector<Candidate> ranking;
  std::size_t looked_at = 0;  // tilings that there were to choose from
};

/// Deterministic: the same graph, chip and effort give the same choices, whatever `jobs` is. Layers of the
/// same problem are searched once. `mapping` of `fixed` layers is kept.
std::vector<LayerChoice> search_mappings(const ir::Graph& scheduled, const MemoryPlan&, const isa::ArchSpec&,
                                         const CodegenOptions& fixed, const SearchOptions&);

/// `fixed` and for every other layer its first choice.
Mapping best_of(const std::vector<LayerChoice>&, Mapping fixed);

}  // namespace nnp::compiler
