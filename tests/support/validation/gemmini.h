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
  bool fitted = false;  // the two constants of the fit were chosen with it
};
const std::vector<GemminiPoint>& gemmini_points();

/// The two constants of the fit, as --set takes them.
struct GemminiFit {
  int dispatch_cycles = 0;  // front_end.dispatch_cycles: a command's way from the host core to its queue
  int memory_latency = 0;   // memory.ideal_latency, ns
  std::vector<std::string> overrides() const;
};
GemminiFit gemmini_fit();

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
