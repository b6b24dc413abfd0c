// SPDX-License-Identifier: Apache-2.0
// docs/validation/gemmini.md: square matrix products on the chip gemmini16 against cycles of Gemmini's RTL.
#pragma once

#include <string>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::test {

/// A product of `size` x `size` matrices. The RTL's cycles: weight stationary, host issue and DMA included; a
/// third party's runs, the figures recalled (confidence B).
struct GemminiPoint {
  int size = 0;
  Cycles rtl = 0;
  bool fitted = false;  // the constant of the fit was chosen with it
};
const std::vector<GemminiPoint>& gemmini_points();

/// The constant of the fit, front_end.dispatch_cycles: what the host core takes for the commands that one of
/// our instructions stands for.
inline constexpr int kGemminiDispatchCycles = 158;
/// As --set takes it.
std::vector<std::string> gemmini_fit(int dispatch_cycles = kGemminiDispatchCycles);

/// Cycles from doorbell to interrupt.
Cycles gemmini_cycles(int size, const std::vector<std::string>& overrides = {});

struct GemminiRow {
  GemminiPoint point;
  Cycles zero_fit = 0, fitted = 0;
  double zero_fit_error() const;  // of the RTL's cycles
  double fitted_error() const;
};
std::vector<GemminiRow> gemmini_rows();

std::string gemmini_table();

}  // namespace nnp::test
