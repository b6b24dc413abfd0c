// SPDX-License-Identifier: Apache-2.0
// Which values are 16 bit, and which must share one scale; with integer_choice.h all that is decided before
// ranges are seen.
#pragma once

#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/quantize/layer_precision.h"
#include "compiler/quantize/prescription.h"

namespace nnp::compiler {

struct Plan {
  std::vector<bool> integer;          // by node: works on codes
  std::vector<bool> wide;             // by value: s16, else u8; only meaningful where a value gets codes
  std::vector<ir::ValueId> scale_of;  // by value: the representative of the values that share its scale
  // By value: an operand of a product of activations needs zero point 0, the right one s8.
  std::vector<bool> symmetric, stationary;
};

/// An activation operand of an integer node: not its weights, bias or Clip ends, nor a
/// constant that the vector unit takes as floats.
bool is_activation_input(const ir::Graph&, const ir::Node&, std::size_t input);

/// Whose operands may differ in width: each becomes real on its own (ir::by_reals).
bool mixes_widths(ir::Op);

Plan make_plan(const ir::Graph&, const LayerPrecisions&, const Prescription&);

}  // namespace nnp::compiler
