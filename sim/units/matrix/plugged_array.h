// SPDX-License-Identifier: Apache-2.0
// How an array of one's own gets into a chip: a name, the dataflow it has, and a function that builds it.
// `core.array.model = "rtl"` (and `core.array.kind = "rtl"`) run it. docs/howto/rtl-array.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sim/units/matrix/registers/register_array.h"

namespace nnp::sim {

/// Throws std::invalid_argument, which names what there is instead, for a design that cannot be built.
using ArrayFactory = std::function<std::unique_ptr<RegisterArray>(const ArrayDesign&)>;

struct PluggedArray {
  std::string name;  // for messages and reports
  Dataflow dataflow = Dataflow::weight_stationary;
  ArrayFactory make;
};

/// The array of this build. Defined by nnp::rtl_array, which builds with NNPSIM_RTL link: the folder
/// NNPSIM_RTL_ARRAY, sim/rtl unless you name your own.
PluggedArray plugged_array();

}  // namespace nnp::sim
