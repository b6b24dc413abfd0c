// SPDX-License-Identifier: Apache-2.0
// Which nodes become integer.
#pragma once

#include <vector>

#include "compiler/quantize/layer_precision.h"
#include "compiler/quantize/prescription.h"

namespace nnp::compiler {

/// Moves, which follow the codes that they move.
bool moves_codes(ir::Op);

/// By node. `refused`: products of two activations that must stay real.
std::vector<bool> integer_nodes(const ir::Graph&, const LayerPrecisions&, const Prescription&,
                                const std::vector<bool>& refused);

}  // namespace nnp::compiler
