// SPDX-License-Identifier: Apache-2.0
// docs/validation/arrays.md: the register-level arrays against the closed form and SCALE-Sim's law.
#pragma once

#include <string>
#include <vector>

#include "isa/arch/units.h"
#include "sim/units/matrix/timing/array_design.h"

namespace nnp::test {

inline constexpr std::uint64_t kRandomProducts = 400;  // a dataflow

/// One random design with one random product through the register-level array.
struct ComparedProduct {
  std::size_t passes = 0, outputs = 0;
  std::string difference;  // the first one from closed form or plain loop; empty: none
};
ComparedProduct compare_product(sim::Dataflow, std::uint64_t seed);

/// Four equal passes that use the whole array, without overlap and drain phase.
struct Fold {
  sim::Dataflow dataflow;
  std::uint32_t rows, cols, streamed;  // streamed: M, N (input stationary) or K (output stationary)
};
struct MeasuredFold {
  std::vector<Cycle> begins;    // first input
  std::vector<Cycle> computed;  // after the last computation: the last sum stands at the edge
  bool values_equal = true;     // to a plain loop's
};
const std::vector<Fold>& full_folds();
/// SCALE-Sim's law (Samajdar et al., ISPASS 2020), cycles.
Cycles scale_sim_cycles(const Fold&);
MeasuredFold measure_fold(const Fold&);

std::string arrays_products_table();
std::string arrays_folds_table();

}  // namespace nnp::test
