// SPDX-License-Identifier: Apache-2.0
// What it takes to run a graph on the CPU, before anything is allocated or computed.
#pragma once

#include <cstdint>

#include "compiler/ir/graph.h"

namespace nnp::reference {

struct Work {
  double operations = 0;  // multiplications, comparisons of windows, elements made; a double cannot overflow
  double bytes = 0;       // of all values but the constants
};
Work work_of(const ir::Graph&);

}  // namespace nnp::reference
