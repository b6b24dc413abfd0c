// SPDX-License-Identifier: Apache-2.0
// ws_array.sv, verilated, behind the interface of all register-level arrays. The example of how to plug in an
// array of one's own: docs/howto/rtl-array.md.
#pragma once

#include <memory>
#include <vector>

#include "sim/units/matrix/registers/register_array.h"

namespace nnp::rtl {

/// The sizes that were verilated; Verilator fixes parameters when it translates.
std::vector<sim::ArrayDesign> ws_rtl_designs();

/// Throws std::invalid_argument unless rows, columns and lanes are those of one of ws_rtl_designs().
std::unique_ptr<sim::RegisterArray> make_ws_rtl_array(const sim::ArrayDesign&);

}  // namespace nnp::rtl
