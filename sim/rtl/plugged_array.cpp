// SPDX-License-Identifier: Apache-2.0
// What `core.array.kind = "rtl"` runs in this build: ws_array.sv.
#include "sim/units/matrix/plugged_array.h"

#include "sim/rtl/ws_rtl_array.h"

namespace nnp::sim {

PluggedArray plugged_array() { return {"ws_array.sv", Dataflow::weight_stationary, rtl::make_ws_rtl_array}; }

}  // namespace nnp::sim
