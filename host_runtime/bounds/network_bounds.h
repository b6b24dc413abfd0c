// SPDX-License-Identifier: Apache-2.0
// A whole run beside what its network takes at least on its chip.
#pragma once

#include <string>

#include "host_runtime/bounds/gap.h"
#include "isa/program/program.h"

namespace nnp::bounds {

struct NetworkBounds {
  std::vector<LayerBounds> layers;  // as Program::layers
  LayerBounds sum;                  // of all layers, each resource for itself
  double host_link_cycles = 0;      // inputs or results at the link's rate, whichever take longer
  double messages = 0;              // doorbells and interrupts: beside nothing else
  Cycles cycles = 0;                // no run takes fewer
  bool by_host_link = false;        // else by sum.bound_by
  std::string bound_by() const { return by_host_link ? "host_link" : to_string(sum.bound_by); }
};
NetworkBounds bounds_of(const ir::Graph&, const isa::Program&, const models::ChipSpec&);

struct NetworkGap {
  std::vector<Gap> layers;
  Gap all;  // count: the run's cycles
};
NetworkGap gap_of(const NetworkBounds&, const device::RunStatistics&, const models::ChipSpec&);

}  // namespace nnp::bounds
